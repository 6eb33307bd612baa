import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectBridge } from "../../../../src/adapters/mt5/link/client.ts";
import type { BridgeClient, LinkView } from "../../../../src/adapters/mt5/link/client-type.ts";
import type { BridgePush, OrderWish } from "../../../../src/adapters/mt5/wire/messages.ts";
import { Secret } from "../../../../src/adapters/secret.ts";
import { type FakeBridge, refusal, startFakeBridge } from "../../../helpers/fake-bridge.ts";
import { FAKE_ACCOUNT, FAKE_SNAPSHOT } from "../../../helpers/fake-bridge-bodies.ts";

const PATIENCE = { timeout: 30_000, interval: 5 };
const LONG_MS = 30_000;
const CID = "01M82G8X1HN68B2S7WWKP85CQN";
const ORDER: OrderWish = {
	cid: CID,
	action: "deal",
	symbol: "EURUSD",
	type: "buy",
	volume: 0.1,
	sl: 1.1,
	magic: "77",
	ttl_ms: 20_000,
	fence: { epoch: 2, nonce: "n" },
};
const EVENT = { kind: "deal_added", at_ms: 1, before: null, after: { ticket: "1" }, cause_cid: null };

let bridge: FakeBridge;
const clients: BridgeClient[] = [];

type Heard = { readonly links: LinkView[]; readonly pushes: BridgePush[]; gaps: number };

function connect(
	options: Partial<Parameters<typeof connectBridge>[2]> = {},
	address: Partial<Parameters<typeof connectBridge>[0]> = {},
): BridgeClient & { heard: Heard } {
	const client = connectBridge({ url: bridge.url, token: bridge.token, ...address }, "control", {
		clock: { nowMs: () => 1_795_380_507_225 },
		name: "test",
		...options,
		timings: { firstPauseMs: 5, longestPauseMs: 20, ...options.timings },
	});
	clients.push(client);
	const heard: Heard = { links: [], pushes: [], gaps: 0 };
	client.listen({ onLink: (link) => heard.links.push(link), onPush: (push) => heard.pushes.push(push), onGap: () => heard.gaps++ });
	return Object.assign(client, { heard });
}

async function connected(options: Parameters<typeof connect>[0] = {}): Promise<ReturnType<typeof connect>> {
	const client = connect(options);
	await client.ready(LONG_MS);
	// The bridge sends it after every handshake; until it is there a test could take it for its own.
	await vi.waitFor(() => expect(client.heard.pushes.some((push) => push.t === "snapshot")).toBe(true), PATIENCE);
	return client;
}

beforeEach(async () => {
	bridge = await startFakeBridge();
});

afterEach(async () => {
	for (const client of clients.splice(0)) client.close();
	await bridge.stop();
});

describe("connecting", () => {
	it("proves the token, checks the bridge's proof and tells what the bridge is", async () => {
		const client = await connected();
		expect(client.link()).toMatchObject({
			state: "up",
			hello: { bridge: "fake-bridge", protocol: 1, sandbox: true, liveLock: "not_needed", leaseMaxMs: 5000 },
		});
		expect(await client.ready(1)).toMatchObject({ journalId: "00000000000000j1", limits: { max_lots_per_order: 1 } });
	});

	it.each([
		["the token is another one", "auth", /does not accept the token/],
		["there is no common version", "version", /no protocol version in common/],
	] as const)("gives up for good when %s", async (_name, handshake, message) => {
		bridge.handshake = handshake;
		const client = connect();
		await expect(client.ready(LONG_MS)).rejects.toMatchObject({ name: "Failure", exitCode: 3, message: expect.stringMatching(message) });
		expect(client.link()).toMatchObject({ state: "refused", refusal: { code: handshake } });
	});

	it("tries again when the bridge is only full", async () => {
		bridge.handshake = "busy";
		const client = connect();
		await vi.waitFor(() => expect(client.link()).toMatchObject({ state: "connecting", why: expect.stringMatching(/refused by the script/) }), PATIENCE);
		bridge.handshake = "ok";
		await client.ready(LONG_MS);
	});

	it("does not believe a bridge that cannot prove the token, and sends it nothing", async () => {
		bridge.handshake = "bad-proof";
		const client = connect();
		await expect(client.ready(LONG_MS)).rejects.toThrow(/does not know the token, so it is not your bridge/);
		expect(bridge.received).toEqual([]);
		expect(client.heard.pushes).toEqual([]);
		expect(client.link()).toMatchObject({ state: "refused", refusal: { code: "auth" } });
	});

	it.each([
		[{ protocol_min: 2, protocol_max: 4 }, /speaks protocol 2 to 4, this program 1 to 1. Update this program/],
		[{ protocol_min: 0, protocol_max: 0 }, /speaks protocol 0 to 0, this program 1 to 1. Update the bridge/],
	])("says both ranges when versions do not meet: %o", async (hello, message) => {
		bridge.hello = hello;
		await expect(connect().ready(LONG_MS)).rejects.toThrow(message);
	});

	it("says at once that something else has the port", async () => {
		bridge.hello = { nonce: 5 };
		await expect(connect().ready(LONG_MS)).rejects.toThrow(/is not a Kinetra bridge/);
	});

	it("says which address nobody listens at, and how to start a bridge", async () => {
		const { url } = bridge;
		await bridge.stop();
		const client = connect({}, { url });
		await expect(client.ready(300)).rejects.toThrow(new RegExp(`no bridge listens at ${url}.*kinetra bridge --sandbox`));
		expect(client.link()).toMatchObject({ state: "connecting" });
	});

	it.each(["silent", "no-hello"] as const)("gives up on one that says nothing (%s) and tries again", async (handshake) => {
		bridge.handshake = handshake;
		const client = connect({ timings: { handshakeMs: 50 } });
		await vi.waitFor(() => expect(client.link()).toMatchObject({ attempt: 3, why: expect.stringContaining("does not identify itself") }), PATIENCE);
		bridge.handshake = "ok";
		const patient = connect();
		expect(await patient.ready(LONG_MS)).toBeDefined();
	});

	it("tells whoever waits that the client was closed", async () => {
		bridge.handshake = "silent";
		const client = connect();
		const ready = expect(client.ready(LONG_MS)).rejects.toThrow(/was closed/);
		client.close();
		await ready;
		expect(client.link()).toEqual({ state: "closed" });
	});
});

describe("asking", () => {
	it("gives the answer that belongs to the question, in whatever order they come", async () => {
		const client = await connected();
		let release: (() => void) | undefined;
		bridge.answer("account", () => new Promise((resolve) => (release = () => resolve({ t: "account", d: FAKE_ACCOUNT }))));
		const account = client.request("account", {});
		expect(await client.request("lease", { magics: ["77"], ms: 5000 })).toEqual({ kind: "ok", d: { expires_in_ms: 5000 } });
		release?.();
		expect(await account).toMatchObject({ kind: "ok", d: { login: "90000001", equity: 10_000 } });
	});

	it("hands over the bridge's error, its text cleaned", async () => {
		const client = await connected();
		bridge.answer("account", () => refusal("TERMINAL_DOWN", "down\u001b[31m now\u202e", true, { link: "starting" }));
		expect(await client.request("account", {})).toEqual({
			kind: "error",
			error: { code: "TERMINAL_DOWN", message: "down\ufffd now\ufffd", retryable: true, details: { link: "starting" } },
		});
	});

	it("is neither yes nor no when no answer comes in time, and a late answer is news", async () => {
		const client = await connected();
		let release: (() => void) | undefined;
		bridge.answer("order", () => new Promise((resolve) => (release = () => resolve({ t: "order_result", d: { cid: CID, state: "filled", volume: 0.1 } }))));
		expect(await client.request("order", ORDER, 50)).toMatchObject({ kind: "lost", why: expect.stringContaining("within 0.05 s") });
		release?.();
		await vi.waitFor(
			() => expect(client.heard.pushes).toContainEqual({ t: "order_result", d: expect.objectContaining({ cid: CID, state: "filled" }) }),
			PATIENCE,
		);
	});

	it("is neither yes nor no when the line breaks before the answer", async () => {
		const client = await connected();
		bridge.answer("order", () => null);
		const reply = client.request("order", ORDER, LONG_MS);
		await bridge.frame("order");
		bridge.drop();
		expect(await reply).toMatchObject({ kind: "lost", why: expect.stringContaining("broke") });
	});

	it("is neither yes nor no when the answer cannot be read, and asks for a snapshot", async () => {
		const client = await connected();
		bridge.answer("order", () => ({ t: "order_result", d: { cid: CID, state: "splendid" } }));
		expect(await client.request("order", ORDER)).toMatchObject({ kind: "lost", why: expect.stringContaining("cannot be read") });
		await bridge.frame("resync");
		expect(client.heard.gaps).toBe(1);
	});

	it("says for certain that nothing was sent while the link is not up", async () => {
		const client = connect();
		expect(await client.request("order", ORDER)).toMatchObject({ kind: "error", error: { code: "NOT_SENT", retryable: true } });
		expect(client.send("lease", { magics: ["77"], ms: 5000 })).toBe(false);
		await client.ready(LONG_MS);
		await client.request("account", {});
		expect(bridge.received.some((frame) => frame.t === "order" || frame.t === "lease")).toBe(false);
	});

	it("does not send what is larger than a bridge takes, and numbers what it sends without a hole", async () => {
		const client = await connected();
		expect(await client.request("kill_release", { scope: "all", reason: "x".repeat(70_000) })).toMatchObject({ kind: "error", error: { code: "NOT_SENT" } });
		await client.request("account", {});
		expect(bridge.received.map((frame) => frame.seq)).toEqual(bridge.received.map((_, at) => at + 2));
	});

	it("takes the acknowledgement of an order for news and its result for the answer", async () => {
		const client = await connected();
		bridge.answer("order", async (_d, frame) => {
			bridge.push("order_ack", { cid: CID, state: "journaled", token: "t", name: "EURUSD" });
			return { t: "order_result", d: { cid: frame.d.cid, state: "filled", deal: "7", order: "0", volume: 0.1 } };
		});
		expect(await client.request("order", ORDER)).toMatchObject({ kind: "ok", d: { state: "filled", deal: "7", order: null, sent_ms: null, late: false } });
		expect(client.heard.pushes.at(-1)).toEqual({ t: "order_ack", d: { cid: CID, state: "journaled" } });
	});

	it("puts the result of a query into a field of its own, and an unknown one is none", async () => {
		const client = await connected();
		expect(await client.request("order_query", { cid: CID })).toEqual({ kind: "ok", d: { known: false, result: null } });
		bridge.answer("order_query", () => ({ t: "order_query", d: { known: true, cid: CID, state: "placed", journal_state: "watching" } }));
		expect(await client.request("order_query", { cid: CID })).toMatchObject({ kind: "ok", d: { known: true, result: { cid: CID, state: "placed" } } });
	});

	it("tells that events are gone when a snapshot comes in place of a replay", async () => {
		const client = await connected();
		bridge.answer("replay", () => ({ t: "snapshot", d: FAKE_SNAPSHOT }));
		expect(await client.request("replay", { eseq: 1 })).toMatchObject({ kind: "error", error: { code: "GAP" } });
		expect(client.heard.pushes.filter((push) => push.t === "snapshot")).toHaveLength(2);
	});
});

describe("listening", () => {
	it("hands over a storm of ticks whole and in order", async () => {
		const client = await connected();
		const cols = { t: [1], bid: [1.1], ask: [1.2], last: [0], vol: [0], flags: [6] };
		for (let sseq = 1; sseq <= 5000; sseq++) bridge.push("ticks", { symbol: "EURUSD", name: "EURUSD", sseq, offset_s: null, cols, gap: false });
		await vi.waitFor(() => expect(client.heard.pushes.filter((push) => push.t === "ticks")).toHaveLength(5000), PATIENCE);
		const order = client.heard.pushes.flatMap((push) => (push.t === "ticks" ? [push.d.sseq] : []));
		expect(order).toEqual(order.map((_, at) => at + 1));
	});

	it("asks for a snapshot when a number is missing, and keeps the frame after the gap", async () => {
		const client = await connected();
		bridge.skip(2);
		bridge.push("event", { eseq: 1, ...EVENT });
		expect((await bridge.frame("resync")).d).toMatchObject({ expected: expect.any(Number), got: expect.any(Number) });
		await vi.waitFor(() => expect(client.heard.pushes.filter((push) => push.t === "snapshot")).toHaveLength(2), PATIENCE);
		expect(client.heard.gaps).toBe(1);
		expect(client.heard.pushes.filter((push) => push.t === "event")).toHaveLength(1);
	});

	it("drops a frame whose number was used before", async () => {
		const client = await connected();
		bridge.raw(JSON.stringify({ v: 1, t: "event", seq: 1, ts: 1, d: { eseq: 1, ...EVENT } }));
		bridge.push("event", { eseq: 2, ...EVENT });
		await vi.waitFor(() => expect(client.heard.pushes.at(-1)?.t).toBe("event"), PATIENCE);
		expect(client.heard.pushes.flatMap((push) => (push.t === "event" ? [push.d.eseq] : []))).toEqual([2]);
		expect(client.heard.gaps).toBe(0);
	});

	it("ignores what a later version may say", async () => {
		const client = await connected();
		bridge.push("weather", { rain: true });
		bridge.push("event", { eseq: 1, ...EVENT, surprise: 1 });
		await vi.waitFor(() => expect(client.heard.pushes.at(-1)).toEqual({ t: "event", d: { eseq: 1, ...EVENT } }), PATIENCE);
		expect(client.link().state).toBe("up");
	});

	it.each([
		["not JSON", "{"],
		["empty", ""],
		["another version", `{"v":2,"t":"account","seq":9,"ts":1,"d":{}}`],
		["a whole number beyond 2^53", `{"v":1,"t":"event","seq":9007199254740993,"ts":1,"d":{}}`],
		["a prototype", `{"__proto__":{"v":1,"t":"event"},"seq":3,"ts":1,"d":{}}`],
		["nested without end", `${"[".repeat(20_000)}`],
	])("closes the link after five frames that cannot be read: %s", async (_name, text) => {
		const client = await connected();
		for (let n = 0; n < 4; n++) bridge.raw(text);
		expect(await client.request("account", {})).toMatchObject({ kind: "ok" });
		bridge.raw(text);
		await bridge.connected(2);
		const down = client.heard.links.find((link) => link.state === "connecting");
		expect(down).toMatchObject({ why: expect.stringMatching(/5 frames within 10 s that cannot be read/) });
		expect(({} as Record<string, unknown>).t).toBeUndefined();
	});

	it("no longer tells who has stopped listening", async () => {
		const client = await connected();
		const pushes: BridgePush[] = [];
		const stop = client.listen({ onPush: (push) => pushes.push(push) });
		bridge.push("event", { eseq: 1, ...EVENT });
		await vi.waitFor(() => expect(pushes).toHaveLength(1), PATIENCE);
		stop();
		bridge.push("event", { eseq: 2, ...EVENT });
		await vi.waitFor(() => expect(client.heard.pushes.filter((push) => push.t === "event")).toHaveLength(2), PATIENCE);
		expect(pushes).toHaveLength(1);
	});
});

describe("staying connected", () => {
	it("comes back after a broken line, resumes from the last event and replays what it missed before the snapshot", async () => {
		const client = await connected();
		bridge.push("event", { eseq: 7, ...EVENT });
		await vi.waitFor(() => expect(client.heard.pushes.at(-1)?.t).toBe("event"), PATIENCE);
		bridge.drop();
		await bridge.connected(2);
		await vi.waitFor(() => expect(client.link().state).toBe("up"), PATIENCE);
		expect(client.heard.links.map((link) => link.state)).toEqual(["up", "connecting", "up"]);
		bridge.push("replay", {
			events: [
				{ eseq: 8, ...EVENT },
				{ eseq: 9, ...EVENT },
			],
			next: null,
			eseq: 9,
		});
		await vi.waitFor(() => expect(client.heard.pushes.at(-1)).toMatchObject({ t: "event", d: { eseq: 9 } }), PATIENCE);
	});

	it("asks for the events after the last one that it had, not after the bridge's last", async () => {
		const client = await connected();
		bridge.push("event", { eseq: 7, ...EVENT });
		await vi.waitFor(() => expect(client.heard.pushes.at(-1)?.t).toBe("event"), PATIENCE);
		bridge.authOk = { eseq: 50 };
		for (const count of [2, 3]) {
			bridge.drop();
			await bridge.connected(count);
			await vi.waitFor(() => expect(client.link().state).toBe("up"), PATIENCE);
		}
		const resumed = { journal_id: "00000000000000j1", eseq: 7 };
		expect(bridge.auths.map((auth) => auth.d.resume)).toEqual([undefined, resumed, resumed]);
		expect(bridge.auths.map((auth) => auth.d.nonce)).toEqual([...new Set(bridge.auths.map((auth) => auth.d.nonce))]);
	});

	it("begins anew with the events of another journal", async () => {
		const client = await connected({ resume: { journalId: "another", eseq: 99 } });
		bridge.drop();
		await bridge.connected(2);
		await vi.waitFor(() => expect(client.link().state).toBe("up"), PATIENCE);
		expect(bridge.auths.map((auth) => auth.d.resume)).toEqual([
			{ journal_id: "another", eseq: 99 },
			{ journal_id: "00000000000000j1", eseq: FAKE_SNAPSHOT.eseq },
		]);
	});

	it("goes on trying where there was a bridge before, whatever answers meanwhile", async () => {
		const client = await connected();
		bridge.hello = { nonce: 5 };
		bridge.drop();
		await vi.waitFor(() => expect(client.link()).toMatchObject({ state: "connecting", why: expect.stringMatching(/not a Kinetra bridge/) }), PATIENCE);
		bridge.hello = {};
		await client.ready(LONG_MS);
	});

	it.each([
		[4003, "replaced", /Another Kinetra session took over/],
		[4005, "account-switched", /switched to another account/],
		[4002, "version", /no protocol version/],
	])("does not come back after close code %i", async (code, name, message) => {
		const client = await connected();
		bridge.close(code);
		await vi.waitFor(
			() => expect(client.link()).toMatchObject({ state: "refused", refusal: { code: name, message: expect.stringMatching(message) } }),
			PATIENCE,
		);
		expect(await client.request("account", {})).toMatchObject({ kind: "error", error: { code: "NOT_SENT" } });
		expect(bridge.connections()).toBe(1);
	});

	it.each([1001, 1009, 1011, 1013, 4000, 4004])("comes back after close code %i", async (code) => {
		const client = await connected();
		bridge.close(code);
		await bridge.connected(2);
		await vi.waitFor(() => expect(client.link().state).toBe("up"), PATIENCE);
	});

	it("waits longer and longer for a bridge whose link flaps", async () => {
		vi.spyOn(Math, "random").mockReturnValue(0.9);
		const timers = vi.spyOn(globalThis, "setTimeout");
		const client = await connected({ timings: { firstPauseMs: 20, longestPauseMs: 100_000 } });
		for (let n = 2; n <= 4; n++) {
			bridge.drop();
			await bridge.connected(n);
			await vi.waitFor(() => expect(client.link().state).toBe("up"), PATIENCE);
		}
		const pauses = timers.mock.calls.map(([, ms]) => ms).filter((ms) => ms === 20 || ms === 56 || (ms !== undefined && Math.abs(ms - 153.2) < 1e-9));
		expect(pauses).toHaveLength(3);
		vi.restoreAllMocks();
	});

	it("asks for a sign of life and measures how long it takes", async () => {
		const client = await connected({ timings: { beatMs: 10 } });
		await bridge.frame("ping", 3);
		await vi.waitFor(() => expect(client.pingMs()).toBeGreaterThan(0), PATIENCE);
		expect(client.quietMs()).toBeLessThan(30_000);
		client.close();
		expect(client.quietMs()).toBe(Number.POSITIVE_INFINITY);
	});

	it("keeps a link on which nothing but signs of life is heard", async () => {
		const client = await connected({ timings: { beatMs: 2, silenceMs: 600 } });
		await bridge.frame("ping", 400);
		expect(client.link().state).toBe("up");
		expect(bridge.connections()).toBe(1);
	});

	it("gives a link up on which nothing is heard any more", async () => {
		const client = await connected({ timings: { beatMs: 10, silenceMs: 60 } });
		bridge.answer("ping", () => null);
		await bridge.connected(2);
		expect(client.heard.links.find((link) => link.state === "connecting")).toMatchObject({ why: expect.stringMatching(/nothing was heard/) });
	});

	it("tells its listeners and its askers that it was closed, once", async () => {
		const client = await connected();
		bridge.answer("order", () => null);
		const reply = client.request("order", ORDER);
		client.close();
		client.close();
		expect(await reply).toMatchObject({ kind: "lost" });
		expect(client.heard.links.map((link) => link.state)).toEqual(["up", "closed"]);
		expect(await client.request("account", {})).toMatchObject({ kind: "error", error: { code: "NOT_SENT" } });
	});
});

describe("the token", () => {
	it("appears in no state, error, frame or look into the client", async () => {
		const canary = "CANARY-0123456789-0123456789-0123456789";
		const client = connect({}, { token: new Secret(canary) });
		const error = await client.ready(LONG_MS).catch((reason) => reason);
		const seen = [client, error, client.link(), client.heard, bridge.received, String(error), error.stack];
		const shown = seen.map((item) => `${inspect(item, { depth: 20, showHidden: true, getters: true })} ${JSON.stringify(item)}`).join("\n");
		expect(client.link().state).toBe("refused");
		expect(shown).not.toContain("CANARY");
	});
});
