import { cpSync, mkdtempSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Home, homeAt } from "../../../src/adapters/home.ts";
import { writeKill } from "../../../src/adapters/kill-file.ts";
import { requireTradeMode } from "../../../src/commands/stage/look.ts";
import { type PreparedStage, prepareStage } from "../../../src/commands/stage/prepare.ts";
import type { RunOptions } from "../../../src/config/options.ts";
import { magicOf } from "../../../src/engine/agents/magic.ts";
import type { CheckRow } from "../../../src/print/check-row.ts";
import { type FakeBridge, startFakeBridge } from "../../helpers/fake-bridge.ts";
import { FAKE_ACCOUNT, FAKE_SNAPSHOT, FAKE_SPEC, FAKE_STATUS } from "../../helpers/fake-bridge-bodies.ts";
import { giveToken, homeAfterVirtual } from "../../helpers/prepared-home.ts";

const MAGIC = String(magicOf("berserker-1"));

let proven: Home;
beforeAll(async () => {
	proven = await homeAfterVirtual();
});

let bridge: FakeBridge;
let home: Home;
beforeEach(async () => {
	bridge = await startFakeBridge();
	bridge.answer("calc", (d) => ({ t: "calc", d: { what: d.what, value: 11.7, currency: "USD" } }));
	home = copyOf(proven);
	giveToken(home, bridge);
});
afterEach(() => bridge.stop());

function copyOf({ root }: Home): Home {
	const copy = join(mkdtempSync(join(tmpdir(), "kinetra-stage-")), "home");
	cpSync(root, copy, { recursive: true });
	return homeAt({ KINETRA_HOME: copy });
}

async function prepare(options: Partial<RunOptions> = {}, at: Home = home): Promise<PreparedStage & { told: readonly CheckRow[] }> {
	const told: CheckRow[] = [];
	const prepared = await prepareStage({
		home: at,
		options: { mode: "demo", agent: "berserker", bridge: bridge.url, set: [], ...options },
		env: {},
		clock: { nowMs: () => Date.now() },
		onCheck: (row) => told.push(row),
	});
	return { ...prepared, told };
}

function position(changes: object = {}) {
	return {
		ticket: "50000001",
		identifier: "50000001",
		time: 1_795_387_707,
		time_msc: 1_795_387_707_721,
		time_update: 1_795_387_707,
		time_update_msc: 1_795_387_707_721,
		type: 0,
		magic: MAGIC,
		reason: 3,
		volume: 0.1,
		price_open: 1.17002,
		price_current: 1.17,
		sl: 1.165,
		tp: 0,
		swap: 0,
		profit: 12.3,
		symbol: "EURUSD",
		comment: "",
		external_id: "",
		owner: "ours",
		cid: null,
		...changes,
	};
}

function account(changes: object): void {
	bridge.answer("account", () => ({ t: "account", d: { ...FAKE_ACCOUNT, ...changes } }));
	snapshot({ account: { ...FAKE_ACCOUNT, ...changes } });
}

function snapshot(changes: object): void {
	bridge.answer("snapshot", () => ({ t: "snapshot", d: { ...FAKE_SNAPSHOT, ...changes } }));
}

/** What only looks: everything else would change something at the bridge. */
const LOOKS = ["ping", "snapshot", "account", "terminal", "status", "symbol_spec", "calc", "sub", "unsub", "resync", "bars", "history"];

function expectOnlyLooked(): void {
	expect([...new Set(bridge.received.map(({ t }) => t))].filter((t) => !LOOKS.includes(t))).toEqual([]);
}

describe("a demo session that may be rehearsed", () => {
	it("is told in at most twelve lines, with the checks as they happened, and nothing is changed by looking", async () => {
		const prepared = await prepare();
		expect(prepared).toMatchObject({ mode: "demo", refusal: "", exitCode: 0, sandbox: true, found: [] });
		expect(prepared.told).toEqual(prepared.checks);
		expect(prepared.checks.map(({ id }) => id)).toEqual(
			expect.arrayContaining(["bridge-reachable", "account", "stage-account", "open-positions", "promotion-gate"]),
		);
		expect(prepared.facts.length).toBeLessThanOrEqual(12);
		expect(prepared.facts.join("\n")).toMatch(/SANDBOX.*\n.*••0001 at Kinetra-Sandbox.*DEMO by the broker's word/);
		expect(prepared.facts.join("\n")).toContain("Maximum loss of this session: 200.00 USD (2 %)");
		expect(prepared.rehearsal?.length).toBeGreaterThan(0);
		expect(prepared.terms).toMatchObject({
			mode: "demo",
			tradeMode: "demo",
			venue: "sandbox",
			loginTail: "0001",
			maxLoss: 200,
			certificate: null,
			probation: null,
			found: [],
		});
		expectOnlyLooked();
	});

	it("finds the bridge's token where --token-file says", async () => {
		const named = join(home.root, "named-token");
		renameSync(join(home.root, "bridge", "token"), named);
		expect((await prepare()).refusal).toMatch(/There is no bridge token/);
		expect((await prepare({ tokenFile: named })).refusal).toBe("");
	});

	it("holds no whole login anywhere", async () => {
		account({ login: "123456789" });
		expect(JSON.stringify(await prepare())).not.toContain("123456789");
	});

	it("tells what it found of its own, and the terms hold it", async () => {
		snapshot({ positions: [position()] });
		const prepared = await prepare({ found: "resume" });
		expect(prepared.found).toEqual(["BUY 0.1 EURUSD at 1.17002, stop 1.165, now +12.30 USD (no session of this home knows it)"]);
		expect(prepared.terms?.found).toEqual(["50000001"]);
		expect(prepared.options.found).toBe("resume");
	});

	it("says of a position without a stop that it has none", async () => {
		snapshot({ positions: [position({ sl: 0 })] });
		expect((await prepare()).found[0]).toContain("NO STOP at the broker");
	});
});

describe("control C02: the broker says what the account is", () => {
	const FLAGS: readonly [string, Partial<RunOptions>][] = [
		["plainly", {}],
		["headless", { headless: true }],
		["with the simulator beside it", { shadow: true }],
		["resuming what is found", { found: "resume" }],
		["closing what is found", { found: "close" }],
		["with the tightest limits", { set: ["rules.maxLots=0.01", "rules.sessionLossPct=0.1"], duration: 1, maxTrades: 1, risk: 0.01 }],
		["on another timeframe", { timeframe: "M5" }],
	];
	const NOT_DEMO: readonly [string, object][] = [
		["real", { trade_mode: 2, trade_mode_name: "real", live_lock: "closed" }],
		["real with its lock open", { trade_mode: 2, trade_mode_name: "real", live_lock: "open" }],
		["real that calls itself demo", { trade_mode: 2, trade_mode_name: "demo", server: "Demo-Server", company: "DEMO", name: "Demo" }],
		["contest", { trade_mode: 1, trade_mode_name: "contest" }],
		["of an unknown kind", { trade_mode: 3, trade_mode_name: "?" }],
		["of a negative kind", { trade_mode: -1, trade_mode_name: "demo" }],
	];

	it.each(NOT_DEMO.flatMap(([kind, body]) => FLAGS.map(([how, options]) => [kind, how, body, options] as const)))(
		"an account that is %s is refused in demo mode %s",
		async (_kind, _how, body, options) => {
			account(body);
			const prepared = await prepare(options);
			expect(prepared).toMatchObject({ terms: null, exitCode: 4 });
			expect(prepared.refusal).toMatch(/^--mode demo is refused: by the broker's word/);
			expectOnlyLooked();
		},
	);

	it.each([
		["demo", { trade_mode: 0 }],
		["contest", { trade_mode: 1 }],
		["demo that calls itself real", { trade_mode: 0, trade_mode_name: "real" }],
	])("an account that is %s is refused in live mode", async (_kind, body) => {
		account(body);
		const prepared = await prepare({ mode: "live" });
		expect(prepared).toMatchObject({ terms: null, exitCode: 4, refusal: expect.stringMatching(/^--mode live is refused: by the broker's word/) });
		expectOnlyLooked();
	});

	it("takes for every number of MT5 exactly the one kind", () => {
		for (let number = -3; number < 300; number++) {
			const taken = (["demo", "live"] as const).filter((mode) => {
				try {
					return requireTradeMode(mode, { trade_mode: number }) !== undefined;
				} catch {
					return false;
				}
			});
			expect(taken).toEqual(number === 0 ? ["demo"] : number === 2 ? ["live"] : []);
		}
	});
});

describe("what keeps a session from starting", () => {
	it.each<[string, () => void | Promise<void>, Partial<RunOptions>, number, RegExp]>([
		["no virtual session of these settings", () => {}, { risk: 0.9, agent: "sma" }, 4, /^Demo trading is not open for sma-1/],
		["live without a certificate", () => account({ trade_mode: 2, live_lock: "armed" }), { mode: "live" }, 4, /^Live trading is not open/],
		["a kill file", () => writeKill(home, { at: 1, reason: "by hand", flatten: false }), {}, 4, /^A kill is in force \(by hand\).*kinetra kill --release/],
		[
			"a kill latched at the bridge",
			() =>
				bridge.answer("status", () => ({ t: "status", d: { ...FAKE_STATUS, kills: { all: { mode: "cancel_pendings", reason: "red button", at_ms: 1 } } } })),
			{},
			4,
			/^Not allowed: kill switch: .*red button/,
		],
		[
			"a foreign position",
			() => snapshot({ positions: [position({ magic: "0", owner: "foreign" })] }),
			{},
			4,
			/^Something else is open on the account: position BUY 0.1 EURUSD/,
		],
		[
			"a position of another agent",
			() => snapshot({ positions: [position({ magic: "4200001", owner: "agent" })] }),
			{},
			4,
			/another agent or symbol of Kinetra/,
		],
		["its own magic on another symbol", () => snapshot({ positions: [position({ symbol: "XAUUSD" })] }), {}, 4, /^Something else is open.*XAUUSD/],
		[
			"a snapshot that is not fresh",
			() => snapshot({ fresh: false, positions: null, orders: null, deals: null, account: null, trouble: "the terminal is down" }),
			{},
			3,
			/cannot see now.*terminal is down/,
		],
		["an account that nets by exchange", () => account({ margin_mode: 1 }), {}, 3, /margin mode is EXCHANGE/],
		["an empty account", () => account({ balance: 0, equity: 0, margin_free: 0 }), {}, 3, /^The account cannot be traded on: .*balance 0/],
		["a currency that is none", () => account({ currency: "U$D" }), {}, 3, /U.D/],
		["a symbol that may only be closed", () => spec({ trade_mode: 3 }), {}, 4, /^EURUSD cannot be traded on this account.*CLOSEONLY/],
		["a bridge that is not there", async () => bridge.stop(), {}, 3, /^The connection is not ready: bridge reachable/],
		["a bridge with another token", refuseTokens, {}, 3, /^The connection is not ready/],
	])("%s", async (_name, arrange, options, exitCode, refusal) => {
		await arrange();
		const prepared = await prepare(options);
		expect(prepared.refusal).toMatch(refusal);
		expect(prepared).toMatchObject({ terms: null, exitCode });
		expectOnlyLooked();
	});

	it("a home without a token", async () => {
		const prepared = await prepare({}, copyOf(proven));
		expect(prepared).toMatchObject({ terms: null, exitCode: 3, refusal: expect.stringMatching(/no bridge token/) });
	});
});

function refuseTokens(): void {
	bridge.handshake = "auth";
}

function spec(changes: object): void {
	bridge.answer("symbol_spec", () => ({ t: "symbol_spec", d: { ...FAKE_SPEC, spec: { ...FAKE_SPEC.spec, ...changes } } }));
}
