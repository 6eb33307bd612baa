import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { connectBridge } from "../../../../src/adapters/mt5/link/client.ts";
import type { BridgeClient, BridgeRole, LinkView } from "../../../../src/adapters/mt5/link/client-type.ts";
import type { BridgePush, OrderWish, SnapshotBody } from "../../../../src/adapters/mt5/wire/messages.ts";
import { readDeal, readPosition } from "../../../../src/adapters/mt5/wire/trade-schemas.ts";
import { Secret } from "../../../../src/adapters/secret.ts";
import { describeBridge, type SandboxBridge, startSandboxBridge } from "../../../helpers/sandbox-bridge.ts";

// The client and every message of the protocol against the real bridge program on the stand-in terminal.

const LONG_MS = 60_000;
const PATIENCE = { timeout: LONG_MS, interval: 10 };
const MAGIC = "770001";
const SYMBOLS = { symbols: ["EURUSD"], stream: "ticks" } as const;

type Heard = BridgeClient & { readonly pushes: BridgePush[]; readonly links: LinkView[]; readonly gaps: number[] };

describeBridge("the client and the real bridge", { timeout: 4 * LONG_MS }, () => {
	let bridge: SandboxBridge;
	let control: Heard;
	let cids = 0;

	function connect(role: BridgeRole, token = bridge.token): Heard {
		const client = connectBridge({ url: bridge.url, token }, role, {
			clock: { nowMs: () => Date.now() },
			name: "kinetra tests",
			timings: { firstPauseMs: 20, longestPauseMs: 200 },
		});
		const heard = { pushes: [] as BridgePush[], links: [] as LinkView[], gaps: [] as number[] };
		client.listen({ onPush: (push) => heard.pushes.push(push), onLink: (link) => heard.links.push(link), onGap: () => heard.gaps.push(1) });
		return Object.assign(client, heard);
	}

	async function ok<T extends Parameters<BridgeClient["request"]>[0]>(client: BridgeClient, type: T, d: Parameters<typeof client.request<T>>[1]) {
		const reply = await client.request(type, d, LONG_MS);
		if (reply.kind !== "ok") throw new Error(`${type}: ${JSON.stringify(reply)}`);
		return reply.d;
	}

	function order(wish: Partial<OrderWish>, fence: OrderWish["fence"]): OrderWish {
		const cid = `01M82G8X1HN68B2S7WWKP8${String(++cids).padStart(4, "0")}`;
		return { cid, action: "deal", magic: MAGIC, ttl_ms: 20_000, fence, ...wish };
	}

	function pushed<T extends BridgePush["t"]>(client: Heard, t: T): Extract<BridgePush, { t: T }>[] {
		return client.pushes.filter((push): push is Extract<BridgePush, { t: T }> => push.t === t);
	}

	beforeAll(async () => {
		bridge = await startSandboxBridge();
		control = connect("control");
		await control.ready(LONG_MS);
		await vi.waitFor(async () => expect((await ok(control, "status", {})).link).toBe("up"), PATIENCE);
	}, 4 * LONG_MS);

	afterAll(async () => {
		control?.close();
		await bridge?.stop();
	});

	it("reads account, terminal, status and snapshot", async () => {
		expect(await ok(control, "account", {})).toMatchObject({ trade_mode_name: "demo", live_lock: "not_needed", server: expect.stringContaining("Sandbox") });
		expect(await ok(control, "terminal", {})).toMatchObject({ link: "up", trouble: null, connected: true, switches_off: [] });
		expect(await ok(control, "status", {})).toMatchObject({ kills: [], unresolved: [], trouble: null, broken: null, live_lock: "not_needed" });
		const snapshot = await ok(control, "snapshot", {});
		expect(snapshot).toMatchObject({ fresh: true, positions: [], orders: [], deals_truncated: false });
		expect(snapshot.account?.login).toMatch(/^\d+$/);
	});

	it("reads a specification, bars, history and the broker's own calculation", async () => {
		const spec = await ok(control, "symbol_spec", { symbol: "EURUSD" });
		expect(spec).toMatchObject({ name: "EURUSD", spec: { digits: 5, point: 0.00001, currency_profit: "USD" }, exemode_name: expect.any(String) });
		expect(spec.tick?.ask).toBeGreaterThan(spec.tick?.bid ?? Number.POSITIVE_INFINITY);
		const { rows } = await ok(control, "bars", { symbol: "EURUSD", tf: "M1", count: 3 });
		expect(rows).toHaveLength(3);
		for (const [, open, high, low, close] of rows) expect(high >= Math.max(open, close) && low <= Math.min(open, close)).toBe(true);
		expect(await ok(control, "history", { days: 2 })).toMatchObject({ truncated: false });
		const calc = await ok(control, "calc", { what: "margin", symbol: "EURUSD", type: "buy", volume: 0.1, price: 1.17 });
		expect(calc).toMatchObject({ value: expect.any(Number), currency: "USD" });
		expect(await control.request("symbol_spec", { symbol: "NOSUCH" })).toMatchObject({ kind: "error", error: { code: "SYMBOL_UNKNOWN" } });
	});

	it("hears every batch of ticks, in order", async () => {
		expect(await ok(control, "sub", SYMBOLS)).toEqual({ symbols: [{ symbol: "EURUSD", name: "EURUSD" }] });
		await vi.waitFor(() => expect(pushed(control, "ticks").length).toBeGreaterThan(10), PATIENCE);
		const numbers = pushed(control, "ticks").map((push) => push.d.sseq);
		expect(numbers).toEqual(numbers.map((_, at) => at + 1));
		const times = pushed(control, "ticks").flatMap((push) => push.d.cols.t);
		expect(times).toEqual([...times].sort((a, b) => a - b));
		await ok(control, "unsub", SYMBOLS);
	});

	it("places an order, sees what it became, closes it, and finds the same word again by its id", async () => {
		const epoch = (await ok(control, "status", {})).fence_epoch + 1;
		const fence = { epoch, nonce: "test" };
		expect(await ok(control, "fence", fence)).toMatchObject({ epoch, in_flight: 0, unresolved: [] });
		await ok(control, "lease", { magics: [MAGIC], ms: 5000 });
		const bid = (await ok(control, "symbol_spec", { symbol: "EURUSD" })).tick?.bid ?? Number.NaN;
		const entry = order({ symbol: "EURUSD", type: "buy", volume: 0.1, sl: Math.round((bid - 0.005) * 1e5) / 1e5 }, fence);
		// The bridge wants a quote that it has seen move, which a busy machine may not have had yet.
		const filled = await vi.waitFor(async () => {
			await ok(control, "lease", { magics: [MAGIC], ms: 5000 });
			const result = await ok(control, "order", { ...entry, cid: order({}, fence).cid });
			expect(result).toMatchObject({ state: "filled", volume: 0.1, already_done: false, duplicate: false, needs_human: false });
			return result;
		}, PATIENCE);
		expect(pushed(control, "order_ack").map((push) => push.d.cid)).toContain(filled.cid);
		await vi.waitFor(() => {
			const events = pushed(control, "event").map((push) => push.d);
			const deal = readDeal(events.find((event) => event.kind === "deal_added" && event.cause_cid === filled.cid)?.after);
			expect(deal).toMatchObject({ magic: MAGIC, owner: "ours", cid: filled.cid, volume: 0.1 });
			expect(events.some((event) => event.kind === "position_opened" && event.cause_cid === filled.cid)).toBe(true);
		}, PATIENCE);
		const snapshot: SnapshotBody = await ok(control, "snapshot", {});
		expect(snapshot.positions).toEqual([expect.objectContaining({ magic: MAGIC, owner: "ours", cid: filled.cid })]);
		expect(readPosition(snapshot.positions?.[0])).not.toBeNull();
		const query = await ok(control, "order_query", { cid: filled.cid });
		expect(query).toMatchObject({ known: true, result: { state: "filled", deal: filled.deal } });
		const close = order({ symbol: "EURUSD", position: filled.position ?? "", type: "sell", volume: 0.1 }, fence);
		expect(await ok(control, "order", close)).toMatchObject({ state: "filled" });
		expect(await ok(control, "order", close)).toMatchObject({ state: "filled", duplicate: true });
	});

	it("hears of a stale fence as a rejection of the order", async () => {
		const stale = order({ symbol: "EURUSD", type: "buy", volume: 0.1, sl: 1 }, { epoch: 1, nonce: "old" });
		expect(await ok(control, "order", stale)).toMatchObject({ state: "rejected", code: "STALE_FENCE", sent_ms: null });
	});

	it("kills through a session of its own role, which everybody hears of, and the latch shows until it is released", async () => {
		const killer = connect("kill");
		await killer.ready(LONG_MS);
		expect(await ok(killer, "kill", { scope: "all", mode: "flatten", reason: "test" })).toMatchObject({ latched: true, complete: true, message: null });
		const status = await ok(control, "status", {});
		expect(status).toMatchObject({ fenced: false, kills: [{ scope: "all", mode: "flatten", reason: "test" }] });
		await vi.waitFor(() => expect(pushed(control, "event").map((push) => push.d.kind)).toContain("kill_latched"), PATIENCE);
		expect(await killer.request("lease", { magics: [MAGIC], ms: 5000 })).toMatchObject({ kind: "error", error: { code: "READ_ONLY" } });
		await ok(killer, "kill_release", { scope: "all", reason: "test" });
		expect((await ok(control, "status", {})).kills).toEqual([]);
		killer.close();
	});

	it("is refused with a token that does not fit", async () => {
		const stranger = connect("watch", new Secret("f".repeat(64)));
		await expect(stranger.ready(LONG_MS)).rejects.toThrow(/does not accept the token|refused the token/);
		stranger.close();
	});

	it("says that the account is not real money when asked to unlock it", async () => {
		expect(await control.request("live_unlock", { login: "1", server: "x" })).toMatchObject({ kind: "error", error: { code: "LIVE_LOCKED" } });
	});

	it("comes back after the bridge was killed, with the events that it missed before the snapshot", async () => {
		const watch = connect("watch");
		const hello = await watch.ready(LONG_MS);
		const before = pushed(watch, "event").length;
		await bridge.crash();
		await vi.waitFor(() => expect(watch.link().state).toBe("connecting"), PATIENCE);
		await bridge.restart();
		await vi.waitFor(() => expect(watch.links.filter((link) => link.state === "up")).toHaveLength(2), PATIENCE);
		const link = watch.link();
		expect(link).toMatchObject({ state: "up", hello: { journalId: hello.journalId } });
		expect(link.state === "up" && link.hello.bootId !== hello.bootId).toBe(true);
		// Something happens while nobody listens: another client's kill makes an event, and a third one asks for it by its number.
		const killer = connect("kill");
		const { eseq } = await killer.ready(LONG_MS);
		await ok(killer, "kill", { scope: "agent", magic: "5", mode: "block_new", reason: "test" });
		const late = connectBridge({ url: bridge.url, token: bridge.token }, "watch", {
			clock: { nowMs: () => Date.now() },
			name: "late",
			resume: { journalId: hello.journalId, eseq },
		});
		const order: string[] = [];
		late.listen({ onPush: (push) => order.push(push.t === "event" ? `event ${push.d.kind}` : push.t) });
		await late.ready(LONG_MS);
		await vi.waitFor(() => expect(order).toContain("snapshot"), PATIENCE);
		expect(order.indexOf("event kill_latched")).toBeGreaterThanOrEqual(0);
		expect(order.indexOf("event kill_latched")).toBeLessThan(order.indexOf("snapshot"));
		expect(pushed(watch, "event").length).toBeGreaterThan(before);
		await ok(killer, "kill_release", { scope: "agent", magic: "5", reason: "test" });
		for (const client of [watch, killer, late]) client.close();
	});

	it("gives way to a newer session for good", async () => {
		// The bridge was killed before: whoever comes back last controls it, so the older one has to be back first.
		await vi.waitFor(() => expect(control.link().state).toBe("up"), PATIENCE);
		const newer = connect("control");
		await newer.ready(LONG_MS);
		await vi.waitFor(() => expect(control.link()).toMatchObject({ state: "refused", refusal: { code: "replaced" } }), PATIENCE);
		newer.close();
	});

	it("never missed a frame", () => {
		expect(control.gaps).toEqual([]);
		expect(bridge.lines().filter((line) => /defect|unreadable/.test(line))).toEqual([]);
	});
});
