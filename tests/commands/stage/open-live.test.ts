import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Home, homeAt } from "../../../src/adapters/home.ts";
import { writeKill } from "../../../src/adapters/kill-file.ts";
import { lockAccount } from "../../../src/commands/stage/account-lock.ts";
import type { ConfirmedStage } from "../../../src/commands/stage/confirmed.ts";
import { planHashOf } from "../../../src/commands/stage/look.ts";
import { openLive } from "../../../src/commands/stage/open-live.ts";
import { prepareStage } from "../../../src/commands/stage/prepare.ts";
import type { RunOptions } from "../../../src/config/options.ts";
import { planRun } from "../../../src/config.ts";
import { magicOf } from "../../../src/engine/agents/magic.ts";
import { type FakeBridge, startFakeBridge } from "../../helpers/fake-bridge.ts";
import { FAKE_ACCOUNT, FAKE_SNAPSHOT, FAKE_SPEC, FAKE_STATUS } from "../../helpers/fake-bridge-bodies.ts";
import { writeTiny } from "../../helpers/policy.ts";
import { giveToken, homeAfterVirtual } from "../../helpers/prepared-home.ts";

/** The number of the agent that trades here. */
const MAGIC = String(magicOf("berserker-1"));

const clock = { nowMs: () => Date.now() };

let proven: Home;
beforeAll(async () => {
	proven = await homeAfterVirtual();
});

let bridge: FakeBridge;
let home: Home;
let options: RunOptions;
beforeEach(async () => {
	bridge = await startFakeBridge();
	bridge.answer("calc", (d) => ({ t: "calc", d: { what: d.what, value: 11.7, currency: "USD" } }));
	home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-open-")), "home") });
	cpSync(proven.root, home.root, { recursive: true });
	giveToken(home, bridge);
	options = { mode: "demo", agent: "berserker", bridge: bridge.url, set: [] };
});
afterEach(() => bridge.stop());

/** As the typed words make it, of what is so before a test changes it. */
async function confirmed(): Promise<ConfirmedStage> {
	const { terms, refusal } = await prepareStage({ home, options, env: {}, clock, onCheck: () => {} });
	if (terms === null) throw new Error(refusal);
	return { terms, options, found: "none", confirmedWallMs: Date.now() };
}

async function opening(stage: ConfirmedStage | null, changes: Partial<RunOptions> = {}): Promise<{ message: string; exitCode: number }> {
	const plan = await planRun({ ...options, ...changes }, true);
	return openLive({ home, plan, clock, env: {}, confirmed: stage }).then(
		(market) => {
			market.close();
			throw new Error("it was opened");
		},
		(error: { message: string; exitCode: number }) => error,
	);
}

/** Frames that could do something, sent by anybody. */
function acts(): readonly string[] {
	return bridge.received.map(({ t }) => t).filter((t) => ["fence", "lease", "order", "kill", "kill_release", "live_unlock"].includes(t));
}

describe("between the typed words and the first order", () => {
	it.each<[string, () => void, RegExp, number]>([
		["the terminal was switched to another account", () => account({ login: "90000002" }), /the account is not as you confirmed it/, 4],
		["the terminal was switched to a real account", () => account({ trade_mode: 2 }), /by the broker's word the terminal is logged in to a REAL account/, 4],
		["the account became a contest", () => account({ trade_mode: 1 }), /a contest account/, 4],
		["the server is another", () => account({ server: "Other-Server" }), /the account is not as you confirmed it/, 4],
		["the equity doubled, and with it what may be lost", () => account({ equity: 20_000 }), /the maximum loss of the session is not as you confirmed it/, 4],
		["the symbol means something else", () => spec({ trade_contract_size: 10_000 }), /the broker's specification of the symbol|not open for/, 4],
		["a position was opened by somebody else", () => snapshot({ positions: [FOREIGN] }), /Something else is open on the account/, 4],
		[
			"it is no sandbox any more",
			() => Object.assign(bridge.authOk, { sandbox: false, package: "MetaTrader5 5.0.5260" }),
			/whether it is the sandbox|not open for/,
			4,
		],
		["a kill was written", () => writeKill(home, { at: 1, reason: "stop", flatten: false }), /A kill is in force \(stop\)/, 4],
		["a kill was latched at the bridge", () => kills("red"), /A kill is latched at the bridge \(red\)/, 4],
	])("%s: nothing is sent", async (_name, change, message, exitCode) => {
		const stage = await confirmed();
		change();
		expect(await opening(stage)).toMatchObject({ message: expect.stringMatching(message), exitCode });
		expect(acts()).toEqual([]);
		expect(readdirSync(home.sessions).length).toBe(1);
	});

	it.each<[string, string, RegExp]>([
		["somebody else opened a position", "0", /something else was opened on the account since you confirmed/],
		["this agent has a position that was not confirmed", MAGIC, /the positions of this agent are not those that were confirmed/],
	])("%s after the last look, before the fence: no order leaves", async (_name, magic, message) => {
		const stage = await confirmed();
		const positions = [{ ...FOREIGN, magic }];
		bridge.answer("snapshot", () => ({ t: "snapshot", d: { ...FAKE_SNAPSHOT, positions: acts().includes("fence") ? positions : [] } }));
		expect(await opening(stage)).toMatchObject({ message: expect.stringMatching(message), exitCode: 4 });
		expect(acts()).toContain("fence");
		expect(acts()).not.toContain("order");
	});

	it("the bridge calls its last look old: nothing is sent", async () => {
		const stage = await confirmed();
		snapshot({ fresh: false, trouble: "the terminal is busy" });
		expect(await opening(stage)).toMatchObject({
			message: expect.stringMatching(/cannot see now what is open on the account: the terminal is busy/),
			exitCode: 3,
		});
		expect(acts()).toEqual([]);
	});

	it("another engine has taken the account: one an account (control C44)", async () => {
		const stage = await confirmed();
		const release = lockAccount(home, stage.terms.accountHash, "0001");
		const before = bridge.connections();
		expect(await opening(stage)).toMatchObject({ exitCode: 4, message: expect.stringContaining(`process ${process.pid}`) });
		expect(acts()).toEqual([]);
		// To connect as the one that trades would already have thrown the other one out.
		expect(bridge.connections()).toBe(before);
		release();
		lockAccount(home, stage.terms.accountHash, "0001")();
	});

	it("the policy is not for the broker's symbol: refused before anybody is asked", async () => {
		const folder = writeTiny(dirname(home.root), { symbols: ["GBPUSD"] });
		options = { ...options, agent: folder };
		await expect(confirmed()).rejects.toThrow(/Agent tiny is for GBPUSD by its manifest, and this session trades EURUSD/);
		expect(acts()).toEqual([]);
	});

	it("the policy's files were swapped for another sound policy: it is not what was confirmed", async () => {
		options = { ...options, agent: writeTiny(dirname(home.root)) };
		const typed = planHashOf(await planRun(options, true));
		expect(planHashOf(await planRun(options, true))).toBe(typed);
		rmSync(options.agent ?? "", { recursive: true });
		writeTiny(dirname(home.root), { sizing: { riskShare: 1, stopAtr: 1, targetAtr: null } });
		expect(planHashOf(await planRun(options, true))).not.toBe(typed);
	});

	it("nobody has typed anything, or it is too long ago: no connection is even made", async () => {
		const stage = await confirmed();
		const before = bridge.connections();
		expect((await opening(null)).message).toMatch(/nobody has confirmed it/);
		expect((await opening({ ...stage, confirmedWallMs: Date.now() - 121_000 })).message).toMatch(/holds for 120 s/);
		expect((await opening(stage, { maxTrades: 3 })).message).toMatch(/what was asked for/);
		expect(bridge.connections()).toBe(before);
	});
});

const FOREIGN = {
	ticket: "9",
	identifier: "9",
	time_msc: 1,
	type: 1,
	magic: "0",
	reason: 0,
	volume: 1,
	price_open: 1.17,
	sl: 0,
	tp: 0,
	swap: 0,
	profit: 0,
	symbol: "EURUSD",
	comment: "",
	owner: "foreign",
	cid: null,
};

function account(changes: object): void {
	bridge.answer("account", () => ({ t: "account", d: { ...FAKE_ACCOUNT, ...changes } }));
}

function snapshot(changes: object): void {
	bridge.answer("snapshot", () => ({ t: "snapshot", d: { ...FAKE_SNAPSHOT, ...changes } }));
}

function spec(changes: object): void {
	bridge.answer("symbol_spec", () => ({ t: "symbol_spec", d: { ...FAKE_SPEC, spec: { ...FAKE_SPEC.spec, ...changes } } }));
}

function kills(reason: string): void {
	bridge.answer("status", () => ({ t: "status", d: { ...FAKE_STATUS, kills: { all: { mode: "cancel_pendings", reason, at_ms: 1 } } } }));
}
