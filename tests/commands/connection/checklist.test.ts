import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { homeAt } from "../../../src/adapters/home.ts";
import { writeKill } from "../../../src/adapters/kill-file.ts";
import { Secret } from "../../../src/adapters/secret.ts";
import { type ConnectionAsk, type ConnectionCheck, checkConnection } from "../../../src/commands/connection/checklist.ts";
import { CHECKS } from "../../../src/commands/connection/checks.ts";
import type { CheckRow } from "../../../src/print/check-row.ts";
import { type FakeBridge, refusal, startFakeBridge } from "../../helpers/fake-bridge.ts";
import { FAKE_ACCOUNT, FAKE_SPEC, FAKE_STATUS, FAKE_TERMINAL } from "../../helpers/fake-bridge-bodies.ts";

const IDS = CHECKS.map(({ id }) => id);
/** A Wednesday, 12:00 by the broker's clock (UTC+2), and a Saturday. */
const WEDNESDAY = Date.UTC(2026, 0, 14, 10);
const SATURDAY = Date.UTC(2026, 0, 17, 10);

let bridge: FakeBridge;
beforeEach(async () => {
	bridge = await startFakeBridge();
	// The stand-in is open at all hours; these tests are about a broker that is not.
	bridge.authOk = { sandbox: false, package: "MetaTrader5 5.0.5260" };
	bridge.answer("calc", (d) => ({ t: "calc", d: { what: d.what, value: 11.7, currency: "USD" } }));
});
afterEach(() => bridge.stop());

async function check(change: Partial<ConnectionAsk> = {}): Promise<ConnectionCheck & { row(id: string): CheckRow; told: readonly CheckRow[] }> {
	const told: CheckRow[] = [];
	const done = await checkConnection({
		address: { url: bridge.url, token: bridge.token },
		symbol: "EURUSD",
		clock: { nowMs: () => Date.now() },
		onRow: (row) => told.push(row),
		...change,
	});
	return {
		...done,
		told,
		row(id) {
			const found = done.rows.find((row) => row.id === id);
			if (found === undefined) throw new Error(`no row ${id}`);
			return found;
		},
	};
}

describe("the checklist of a bridge that is well", () => {
	it("has every row in its order, told as it happens, all of them ok", async () => {
		const done = await check();
		expect(done.rows.map(({ id, state }) => [id, state])).toEqual(IDS.map((id) => [id, "ok"]));
		expect(done.told).toEqual(done.rows);
		expect(done.ok).toBe(true);
		expect(done).toMatchObject({ account: { server: "Kinetra-Sandbox" }, terminal: { link: "up" }, spec: { name: "EURUSD" }, hello: { protocol: 1 } });
	});

	it("shows of the login the last four digits alone", async () => {
		bridge.answer("account", () => ({ t: "account", d: { ...FAKE_ACCOUNT, login: "123456789" } }));
		const { rows, row } = await check();
		expect(row("account").found).toContain("*6789 at ");
		expect(JSON.stringify(rows)).not.toContain("56789");
	});

	it("asks and changes nothing: as a watcher, without an order, fence, lease or kill", async () => {
		await check();
		const asked = new Set(bridge.received.map(({ t }) => t));
		expect([...asked].filter((t) => !["ping", "status", "terminal", "account", "symbol_spec", "sub", "calc", "snapshot", "resync"].includes(t))).toEqual([]);
	});

	it("says SANDBOX where the bridge does", async () => {
		bridge.authOk = {};
		const { row, hello } = await check();
		expect(row("bridge-version").found).toContain("SANDBOX");
		expect(hello?.sandbox).toBe(true);
	});
});

/** What a bridge answers, and the one row that changes by it. */
type Case = readonly [name: string, type: string, body: unknown, id: string, state: CheckRow["state"], found: RegExp, advice: RegExp];

const off = (name: string) => ({ ...FAKE_TERMINAL, switches_off: [{ switch: name, message: "told by the bridge" }] });
const spec = (change: object) => ({ ...FAKE_SPEC, ...change });

const CASES: readonly Case[] = [
	["the Algo Trading button", "terminal", off("algo_trading_button"), "algo-trading", "failed", /Algo Trading button/, /Click the button Algo Trading/],
	["the option for Python", "terminal", off("python_api_option"), "algo-trading", "failed", /trading from Python/, /Tools > Options > Expert Advisors/],
	["the investor password", "terminal", off("account_trade_allowed"), "algo-trading", "failed", /trading on this account/, /master password/],
	["the broker's ban", "terminal", off("account_trade_expert"), "algo-trading", "failed", /algorithmic trading/, /ask the broker/],
	["a switch of a later version", "terminal", off("new_switch"), "algo-trading", "failed", /new_switch/, /told by the bridge\./],
	["no broker", "terminal", { ...FAKE_TERMINAL, connected: false }, "broker-connected", "failed", /no connection/, /Rescan servers/],
	["a broker that is far", "terminal", { ...FAKE_TERMINAL, ping_last: 900_000 }, "ping", "attention", /broker 900 ms/, /nearer access point/],
	["a real account", "account", { ...FAKE_ACCOUNT, trade_mode: 2 }, "account", "attention", /^REAL MONEY/, /Demo sessions refuse it, always/],
	["a contest account", "account", { ...FAKE_ACCOUNT, trade_mode: 1 }, "account", "attention", /^CONTEST/, /Neither demo nor live/],
	["an account of no known kind", "account", { ...FAKE_ACCOUNT, trade_mode: 7 }, "account", "failed", /not known \(7\)/, /nothing is traded/],
	["no money", "account", { ...FAKE_ACCOUNT, equity: 0, balance: 0 }, "account-money", "attention", /equity 0\.00 USD/, /no money/],
	[
		"a margin call near",
		"account",
		{ ...FAKE_ACCOUNT, margin: 100, margin_level: 80 },
		"account-money",
		"attention",
		/margin level 80 %/,
		/closes positions at 30 %/,
	],
	["a margin mode of no known kind", "account", { ...FAKE_ACCOUNT, margin_mode: 9 }, "account-terms", "failed", /margin mode 9/, /margin cannot be computed/],
	["a broken journal", "status", { ...FAKE_STATUS, broken: "disk full" }, "bridge-health", "failed", /disk full/, /Free disk space/],
	["unknown orders", "status", { ...FAKE_STATUS, unresolved: ["A", "B"] }, "bridge-health", "attention", /2 orders of unknown outcome/, /History/],
	[
		"a kill at the bridge",
		"status",
		{ ...FAKE_STATUS, kills: { all: { mode: "flatten", reason: "by hand", at_ms: 1 } } },
		"kill-switch",
		"failed",
		/everything: by hand/,
		/--release/,
	],
	["a closed lock", "status", { ...FAKE_STATUS, live_lock: "closed" }, "live-lock", "attention", /closed/, /bridge\.json/],
	["an armed lock", "status", { ...FAKE_STATUS, live_lock: "armed" }, "live-lock", "attention", /armed/, /live session/],
	["an open lock", "status", { ...FAKE_STATUS, live_lock: "open" }, "live-lock", "attention", /OPEN/, /real orders/],
	["a symbol that may only be closed", "symbol_spec", spec({ trade_mode_name: "close_only" }), "symbol-tradable", "failed", /close only/, /no new positions/],
	["a symbol for one side", "symbol_spec", spec({ trade_mode_name: "long_only" }), "symbol-tradable", "attention", /long only/, /one side/],
	["a trade mode of no known kind", "symbol_spec", spec({ trade_mode_name: "unknown" }), "symbol-tradable", "failed", /unknown/, /does not say/],
	["a very wide spread", "symbol_spec", spec({ tick: { ...FAKE_SPEC.tick, ask: 1.19 } }), "spread", "attention", /2011 points/, /0\.5 %/],
	["a broker's margin of its own", "calc", { what: "margin", value: 40, currency: "USD" }, "margin", "attention", /broker 40\.00 USD.*% apart/, /leave room/],
	["no margin by the broker", "calc", { what: "margin", value: null, currency: "USD" }, "margin", "attention", /broker --/, /did not answer/],
];

describe("one thing that is not well", () => {
	it.each(CASES)("%s", async (_name, type, body, id, state, found, advice) => {
		bridge.answer(type, () => ({ t: type, d: body }));
		const { row, ok } = await check();
		expect(row(id)).toMatchObject({ state, found: expect.stringMatching(found), advice: expect.stringMatching(advice) });
		expect(ok).toBe(state !== "failed");
	});

	it("names all switches that are off", async () => {
		const both = [...off("algo_trading_button").switches_off, ...off("python_api_option").switches_off];
		bridge.answer("terminal", () => ({ t: "terminal", d: { ...FAKE_TERMINAL, switches_off: both } }));
		expect((await check()).row("algo-trading").advice).toMatch(/Algo Trading.*Tools > Options/);
	});

	it("a kill file of this home", async () => {
		const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-check-")), "home") });
		expect((await check({ home })).ok).toBe(true);
		writeKill(home, { at: 1, reason: "a test", flatten: false });
		expect((await check({ home })).row("kill-switch")).toMatchObject({ state: "failed", found: "kill file in this home: a test" });
	});

	it.each([
		["unknown", refusal("SYMBOL_UNKNOWN", "no"), /this broker has no EURUSD/, /symbol_map/],
		[
			"ambiguous",
			refusal("SYMBOL_AMBIGUOUS", "no", false, { candidates: ["EURUSD.a", "EURUSD.b\u001b[2J"] }),
			/EURUSD\.a or EURUSD\.b\u{FFFD}/u,
			/--symbol EURUSD\.a/,
		],
		["not to be had", refusal("SDK_-4", "not found"), /SDK_-4: not found/, /Test again/],
	])("a symbol that is %s", async (_name, answer, found, advice) => {
		bridge.answer("symbol_spec", () => answer);
		const { row } = await check();
		expect(row("symbol-found")).toMatchObject({ state: "failed", found: expect.stringMatching(found), advice: expect.stringMatching(advice) });
		for (const id of ["symbol-tradable", "stops-levels", "spread", "session-open", "quote-age", "margin"]) expect(row(id).state).toBe("skipped");
	});

	it.each([
		["a clock that is ahead", 60_000, /^\+60\.0 s/],
		["a clock that is behind", -60_000, /^-60\.0 s/],
	])("%s", async (_name, ms, found) => {
		bridge.answer("ping", (d) => ({ t: "pong", d: { n: d.n ?? null, utc_ms: Date.now() + ms } }));
		expect((await check()).row("clock-offset")).toMatchObject({ state: "attention", found: expect.stringMatching(found) });
	});
});

describe("quotes that stand still", () => {
	const old = { ...FAKE_SPEC, quote_age_ms: 3_600_000 };
	it.each<[string, number, object, CheckRow["state"], RegExp, RegExp]>([
		["while the market should be open", WEDNESDAY, old, "failed", /1 h old/, /not known: no quotes/],
		["at the weekend", SATURDAY, old, "attention", /1 h old/, /closed by its usual hours, opens 2026-01-19 00:00/],
		["whose age nobody knows", WEDNESDAY, { ...old, quote_age_ms: null }, "failed", /none was seen to move/, /not known/],
	])("%s", { timeout: 30_000 }, async (_name, now, body, state, age, session) => {
		bridge.answer("symbol_spec", () => ({ t: "symbol_spec", d: body }));
		const { row } = await check({ clock: { nowMs: () => now } });
		expect(row("quote-age")).toMatchObject({ state, found: expect.stringMatching(age) });
		expect(row("session-open")).toMatchObject({ state: "attention", found: expect.stringMatching(session) });
	});

	it("are told from quotes that move, however old they were", async () => {
		let asked = 0;
		bridge.answer("symbol_spec", () => ({
			t: "symbol_spec",
			d: { ...old, tick: { ...FAKE_SPEC.tick, time_msc: FAKE_SPEC.tick.time_msc + Math.floor(++asked / 3) } },
		}));
		expect((await check()).row("quote-age")).toMatchObject({ state: "ok", found: "moving" });
	});

	it("are nothing to judge when there is none at all", { timeout: 30_000 }, async () => {
		bridge.answer("symbol_spec", () => ({ t: "symbol_spec", d: { ...FAKE_SPEC, tick: null, quote_age_ms: null } }));
		const { row } = await check();
		expect(row("spread")).toMatchObject({ state: "failed", found: "no quote yet" });
		expect([row("quote-age").state, row("session-open").state, row("margin").state]).toEqual(["skipped", "skipped", "skipped"]);
	});
});

describe("a terminal that cannot be asked", () => {
	it.each([
		["package_missing", /no package MetaTrader5/, /pip install MetaTrader5/],
		["terminal_down", /does not run/, /Start MetaTrader 5/],
		["a_new_word", /a_new_word/, /window of the bridge/],
	])("%s", async (link, found, advice) => {
		bridge.answer("terminal", () => ({ t: "terminal", d: { ...FAKE_TERMINAL, link, trouble: "as the bridge sees it", connected: null } }));
		const { row, ok } = await check();
		expect(ok).toBe(false);
		expect(row("terminal-running")).toMatchObject({ state: "failed", found: expect.stringMatching(found), advice: expect.stringMatching(advice) });
		expect(row("terminal-running").advice).toContain("as the bridge sees it.");
		for (const id of ["broker-connected", "account", "algo-trading", "symbol-found", "margin"]) expect(row(id).state).toBe("skipped");
		for (const id of ["ping", "clock-offset", "kill-switch", "live-lock"]) expect(row(id).state).toBe("ok");
	});

	it("is waited for while the bridge is starting", async () => {
		let asked = 0;
		bridge.answer("terminal", () => ({ t: "terminal", d: { ...FAKE_TERMINAL, link: ++asked < 4 ? "starting" : "up" } }));
		expect((await check()).ok).toBe(true);
	});

	it("is on another account than the one that the bridge is bound to", async () => {
		bridge.answer("terminal", () => ({ t: "terminal", d: { ...FAKE_TERMINAL, link: "wrong_account", trouble: "logged in to *0002" } }));
		bridge.answer("account", () => refusal("WRONG_ACCOUNT", "no"));
		const { row } = await check();
		expect(row("terminal-running").state).toBe("ok");
		expect(row("account")).toMatchObject({
			state: "failed",
			found: expect.stringMatching(/another one.*\*0002/),
			advice: expect.stringMatching(/Log in to the right account/),
		});
		expect(row("algo-trading").state).toBe("skipped");
	});
});

describe("a way that leads nowhere", () => {
	const expectNothingElse = (done: ConnectionCheck, failedId: string): void => {
		expect(done.ok).toBe(false);
		expect(done.rows.map(({ id }) => id)).toEqual(IDS);
		expect(done.rows.filter(({ state }) => state === "failed").map(({ id }) => id)).toEqual([failedId]);
		const from = IDS.indexOf("bridge-health");
		expect(new Set(done.rows.slice(from).map(({ state }) => state))).toEqual(new Set(["skipped"]));
		expect([done.hello, done.terminal, done.account, done.spec]).toEqual([null, null, null, null]);
	};

	it("because nobody listens", async () => {
		const { url } = bridge;
		await bridge.stop();
		const done = await check({ address: { url, token: bridge.token } });
		expectNothingElse(done, "bridge-reachable");
		expect(done.row("bridge-reachable").advice).toMatch(/kinetra bridge --sandbox/);
	});

	it.each([
		["a web server", () => createServer((_request, response) => response.end("hello"))],
		["a program that answers with something else", () => createTcpServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.2\r\n"))],
	])("because %s has the port", { timeout: 30_000 }, async (_name, make) => {
		const server = make();
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const done = await check({ address: { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, token: bridge.token } });
		expectNothingElse(done, "bridge-reachable");
		expect(done.row("bridge-reachable").found).toMatch(/not a Kinetra bridge/);
		server.close();
	});

	it("because the token is another one", async () => {
		const token = new Secret("f".repeat(64));
		const done = await check({ address: { url: bridge.url, token } });
		expectNothingElse(done, "authenticated");
		expect(done.row("authenticated").advice).toMatch(/same token.*--token-file/);
		expect(JSON.stringify(done.rows)).not.toContain("f".repeat(16));
	});

	it("because what answers cannot prove that it is the bridge", async () => {
		bridge.handshake = "bad-proof";
		expectNothingElse(await check(), "authenticated");
	});

	it("because the versions have nothing in common", async () => {
		bridge.hello = { protocol_min: 2, protocol_max: 3 };
		const done = await check();
		expectNothingElse(done, "bridge-version");
		expect(done.row("bridge-version").advice).toMatch(/kinetra bridge --print/);
	});

	it("because the bridge says nothing", { timeout: 30_000 }, async () => {
		bridge.handshake = "no-hello";
		expectNothingElse(await check(), "bridge-reachable");
	});
});

describe("an end in the middle", () => {
	it("leaves what was not asked as skipped, and is no success", async () => {
		const stop = new AbortController();
		const seen: string[] = [];
		const done = await check({
			signal: stop.signal,
			onRow: (row) => {
				seen.push(row.id);
				if (row.id === "account") stop.abort();
			},
		});
		expect(done.ok).toBe(false);
		expect(seen).toEqual(IDS);
		expect(done.rows.slice(IDS.indexOf("account") + 1).every(({ state, found }) => state === "skipped" && found === "ended early")).toBe(true);
	});

	it("comes also while an answer is waited for", async () => {
		const stop = new AbortController();
		bridge.answer("account", () => {
			stop.abort();
			return null;
		});
		const done = await check({ signal: stop.signal });
		expect(done.row("account")).toMatchObject({ state: "skipped", found: "ended early" });
	});

	it("before the beginning asks nobody", async () => {
		const done = await check({ signal: AbortSignal.abort() });
		expect(done.ok).toBe(false);
		expect(bridge.received).toEqual([]);
	});
});
