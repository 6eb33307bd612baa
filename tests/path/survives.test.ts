import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it, vi } from "vitest";
import { buildProgram, newHome, runProgram } from "../helpers/cli.ts";
import { openCockpit, type Stored, storedSessions } from "../helpers/cockpit-terminal.ts";
import { brokerBalance, brokerDeals, mismatches, unheard } from "../helpers/deal-match.ts";
import { describeBridge, type SandboxBridge, type SandboxSettings, startSandboxBridge } from "../helpers/sandbox-bridge.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

// What the issue calls done: the built program in a real terminal, the real bridge on the stand-in, and everything that can happen to them meanwhile.

let program = "";
beforeAll(() => {
	program = buildProgram();
});

const PATIENCE = { timeout: 60_000, interval: 50 };
const LOGIN = 90_000_001;
/** The agent enters at nearly every bar and is stopped out late. */
const EAGER = ["burstMin=0", "dampingRankMax=1", "momentumMin=0", "stopAtr=8", "targetAtr=8"].flatMap((change) => ["--set", `agent.${change}`]);
const SAME = ["--agent", "berserker", "--symbol", "EURUSD", "--set", "rules.cooldownMs=1000", ...EAGER] as const;

/** A market at noon wherever it runs, with the bars that the agent warms up on. */
function noon(factor: number): NonNullable<SandboxSettings["world"]> {
	return {
		accounts: [{ login: LOGIN }, { login: 90_001_234, trade_mode: 2 }],
		clock: { mode: "real", factor },
		server_offset_s: (((12 - new Date().getUTCHours() + 36) % 24) - 12) * 3600,
		symbols: ["EURUSD"],
		markets: { EURUSD: { source: "generated", interval_ms: 300, volatility: 0.5, history_minutes: 120 } },
	};
}

type Rig = { readonly bridge: SandboxBridge; readonly home: string };

async function withRig(factor: number, work: (rig: Rig) => Promise<void>): Promise<void> {
	const bridge = await startSandboxBridge({ world: noon(factor) });
	try {
		const home = newHome();
		const virtual = await runProgram(program, ["run", ...SAME, "--seed", "1", "--speed", "max"], home);
		expect(virtual.code, virtual.stderr).toBe(0);
		mkdirSync(join(home, "bridge"), { mode: 0o700, recursive: true });
		copyFileSync(bridge.tokenFile, join(home, "bridge", "token"));
		await work({ bridge, home });
	} finally {
		await bridge.stop();
	}
}

/** The cockpit with a demo session that was asked for on the command line, once its words are typed; `found` is typed when positions are there. */
async function openDemo({ bridge, home }: Rig, more: readonly string[], found: string | null = null): Promise<RunningTerminal> {
	const args = ["run", "--mode", "demo", ...SAME, "--bridge", bridge.url, ...more];
	const terminal = openCockpit(program, home, args, { size: [150, 50] });
	if (found !== null) {
		await terminal.untilText("What becomes of them?");
		terminal.press(...found, KEYS.enter);
		if (found === "stop") return terminal;
	}
	await terminal.untilText("Proceed with demo testing? [y/N]");
	terminal.press("y", KEYS.enter);
	await terminal.untilText("Type the word DEMO");
	terminal.press(..."DEMO", KEYS.enter);
	return terminal;
}

function demoSessions(home: string): readonly Stored[] {
	return storedSessions(home).filter(({ lines }) => lines[0]?.includes('"mode":"demo"'));
}

/** Resolves when the newest demo session's journal has this many lines that fit. */
async function untilJournalled(rig: Rig, pattern: RegExp, count: number, terminal: RunningTerminal): Promise<void> {
	await terminal.until(
		() =>
			(demoSessions(rig.home)
				.at(-1)
				?.lines.filter((line) => pattern.test(line)).length ?? 0) >= count,
		`${count} x ${pattern}`,
	);
}

const DEAL = /"kind":"broker","data":\{"type":"deal"/;
const DEAL_OUT = /"type":"deal".*"entry":"OUT"/;

/** Leaves: a session that still runs is ended, with whatever is open closed. */
async function leave(terminal: RunningTerminal): Promise<void> {
	terminal.press("q");
	const asked = (await terminal.untilText("Leave Kinetra?")).join("\n");
	terminal.press(asked.includes("close all positions and leave") ? "f" : KEYS.enter);
}

/** Waits until the newest session has ended by itself, and leaves. */
async function leaveAfterEnd(rig: Rig, terminal: RunningTerminal): Promise<void> {
	await vi.waitFor(() => expect(demoSessions(rig.home).at(-1)?.summary).toBeTruthy(), { timeout: 400_000, interval: 500 });
	await terminal.untilText(/Ended as planned/);
	terminal.press("q");
}

async function flattenAll(terminal: RunningTerminal): Promise<void> {
	terminal.press("F");
	await terminal.untilText(/Close every open position/);
	terminal.press("y");
}

/** Verifies, replays, and compares with what the broker kept. `byBridge`: deals that the bridge made itself, closing what a kill from outside was to close. */
async function proveAll({ bridge, home }: Rig, byBridge = 0): Promise<void> {
	const sessions = demoSessions(home);
	expect(mismatches(bridge.folder, LOGIN, sessions)).toEqual(Array(byBridge).fill(expect.stringContaining("belongs to no journalled intent")));
	for (const { id, summary } of sessions) {
		if (summary === null) continue;
		for (const what of ["verify", "replay"]) {
			const said = await runProgram(program, ["sessions", what, id], home);
			expect(said.code, `${what} ${said.stdout}${said.stderr}`).toBe(0);
		}
		expect(summary.broker).toMatchObject({ venue: "sandbox", intents: { unknown: 0 }, notConfirmed: [], balance: { difference: 0 } });
	}
	const unmatched = sessions.reduce((sum, { summary }) => sum + (summary?.broker?.deals.unmatched ?? 0), 0);
	// The deals of such a kill are on positions of ours.
	expect(unmatched).toBe(0);
}

describeBridge("a demo session that survives", () => {
	it("a link cut for 20 s in mid-order and a bridge that is killed and started again twice", async () => {
		await withRig(1, async (rig) => {
			const { bridge, home } = rig;
			await bridge.command({ do: "fault", kind: "cut", seconds: 20, when: "after" });
			const terminal = await openDemo(rig, ["--duration", "3", "--max-trades", "5", "--shadow"]);
			await terminal.untilText(/✓ LINK up/);
			// The first entry: executed, and the line breaks before anybody hears of it.
			await terminal.untilText(/RECONCILING/);
			await untilJournalled(rig, DEAL, 1, terminal);
			await terminal.untilText(/✓ LINK up[\s\S]* 1 open/);
			for (let time = 0; time < 2; time++) {
				await bridge.crash();
				await terminal.untilText(/✗ LINK DOWN/);
				await bridge.restart();
				await terminal.untilText(/✓ LINK up/);
			}
			await flattenAll(terminal);
			await untilJournalled(rig, DEAL_OUT, 1, terminal);
			await untilJournalled(rig, DEAL, 3, terminal);
			await leaveAfterEnd(rig, terminal);
			expect((await terminal.ended()).code).toBe(0);
			expect(unheard(bridge.folder, LOGIN, demoSessions(home))).toEqual([]);
			await proveAll(rig);
			const [{ summary } = { summary: null }] = demoSessions(home);
			expect(summary?.broker?.linkLosses).toBeGreaterThanOrEqual(3);
			expect(summary?.broker?.deals.total).toBe(brokerDeals(bridge.folder, LOGIN).length);
			expect(summary?.broker?.balance.end).toBe(brokerBalance(bridge.folder, LOGIN));
		});
	}, 600_000);

	it("whatever the broker answers, and a worker that dies of an order", async () => {
		await withRig(4, async (rig) => {
			const { bridge, home } = rig;
			await bridge.command(
				{ do: "fault", kind: "requote" },
				{ do: "fault", kind: "placed", seconds: 4 },
				{ do: "fault", kind: "lost_answer" },
				{ do: "fault", kind: "partial", volume: 0.05 },
				{ do: "fault", kind: "crash", when: "after" },
			);
			const terminal = await openDemo(rig, ["--duration", "60", "--max-trades", "8", "--shadow"]);
			// Requoted; placed and filled later; closed with its answer lost; filled in part; closed by a worker that died of it.
			for (const [deals, closed] of [
				[1, 1],
				[3, 2],
			] as const) {
				await untilJournalled(rig, DEAL, deals, terminal);
				await terminal.untilText(/✓ LINK up[\s\S]* 1 open/);
				await flattenAll(terminal);
				await untilJournalled(rig, DEAL_OUT, closed, terminal);
			}
			await terminal.untilText(/✓ LINK up/);
			await leave(terminal);
			await terminal.ended();
			expect(JSON.parse(readFileSync(join(bridge.folder, "state", "state.json"), "utf8"))).toMatchObject({ faults: [] });
			expect(unheard(bridge.folder, LOGIN, demoSessions(home))).toEqual([]);
			await proveAll(rig);
		});
	}, 600_000);

	it("being ended by force with a position open: it is shown, and can be left, taken over or closed", async () => {
		await withRig(4, async (rig) => {
			const { bridge, home } = rig;
			const dealsAre = (count: number): void => expect(brokerDeals(bridge.folder, LOGIN)).toHaveLength(count);
			const first = await openDemo(rig, ["--duration", "30"]);
			await untilJournalled(rig, DEAL, 1, first);
			first.kill("SIGKILL");
			await first.ended();
			const left = await openDemo(rig, ["--duration", "30"], "stop");
			expect((await left.ended()).code).toBe(4);
			expect(left.received()).toMatch(/0\.1 EURUSD at [\s\S]*session [0-9A-Z]{26}/);
			dealsAre(1);
			const resumed = await openDemo(rig, ["--duration", "30"], "resume");
			await resumed.untilText(/taken over/);
			await resumed.untilText(/trading begins/);
			expect((await resumed.screen()).join("\n")).not.toMatch(/LATCHED|CIRCUIT BREAKER/);
			await flattenAll(resumed);
			await untilJournalled(rig, DEAL_OUT, 1, resumed);
			// The next one is left open again.
			await untilJournalled(rig, DEAL, 2, resumed);
			resumed.kill("SIGKILL");
			await resumed.ended();
			const closed = await openDemo(rig, ["--duration", "30", "--max-trades", "1"], "close");
			await untilJournalled(rig, DEAL_OUT, 1, closed);
			await closed.untilText(/trading begins/);
			await leave(closed);
			await closed.ended();
			await proveAll(rig);
			const { summary } = demoSessions(home).at(-1) as Stored;
			expect(summary?.broker?.adopted).toBe(1);
			expect(summary?.evidence).toBe(false);
			expect(summary?.broker?.balance.end).toBe(brokerBalance(bridge.folder, LOGIN));
		});
	}, 600_000);

	it("kills: while the bridge is down, from another terminal, by a file; and an engine that stood still", async () => {
		await withRig(4, async (rig) => {
			const { bridge, home } = rig;
			const terminal = await openDemo(rig, ["--duration", "60"]);
			await untilJournalled(rig, DEAL, 1, terminal);
			// Ten seconds of nothing: the lease runs out at the bridge, and what is decided on old quotes may not leave.
			terminal.kill("SIGSTOP");
			await vi.waitFor(() => expect(bridge.lines().join("\n")).toMatch(/the lease ran out/), PATIENCE);
			terminal.kill("SIGCONT");
			await untilJournalled(rig, /"type":"link","state":"reconciling","detail":"the lease/, 1, terminal);
			await terminal.untilText(/✓ LINK up/);
			await bridge.crash();
			await terminal.untilText(/✗ LINK DOWN/);
			terminal.press("K");
			await terminal.untilText(/KILLED[\s\S]*NOT CONFIRMED/);
			await bridge.restart();
			await terminal.untilText(/KILLED[\s\S]*[^T] CONFIRMED by the broker/);
			const other = await runProgram(program, ["kill", "--flatten", "--bridge", bridge.url], home);
			expect(other.code, other.stdout + other.stderr).toBe(0);
			expect(other.stdout).toMatch(/CONFIRMED/);
			await untilJournalled(rig, DEAL_OUT, 1, terminal);
			await leave(terminal);
			await terminal.ended();
			const refused = openCockpit(program, home, ["run", "--mode", "demo", ...SAME, "--bridge", bridge.url], { size: [150, 50] });
			expect((await refused.ended()).code).toBe(4);
			expect(refused.received()).toMatch(/kill/i);
			const released = await runProgram(program, ["kill", "--release", "--reason", "looked at everything", "--bridge", bridge.url], home);
			expect(released.code, released.stdout + released.stderr).toBe(0);
			const again = await openDemo(rig, ["--duration", "60"]);
			await again.untilText(/✓ LINK up/);
			writeFileSync(join(home, "KILL"), "");
			await again.untilText(/KILLED/);
			await leave(again);
			await again.ended();
			await proveAll(rig, 1);
		});
	}, 600_000);

	it("is not begun on a real account", async () => {
		await withRig(1, async ({ bridge, home }) => {
			await bridge.command({ do: "account", login: 90_001_234 });
			await bridge.restart();
			const terminal = openCockpit(program, home, ["run", "--mode", "demo", ...SAME, "--bridge", bridge.url], { size: [150, 50] });
			expect((await terminal.ended()).code).toBe(4);
			expect(terminal.received()).toMatch(/REAL/);
			expect(demoSessions(home)).toEqual([]);
			expect(bridge.lines().join("\n")).not.toMatch(/control session/);
		});
	}, 300_000);
});
