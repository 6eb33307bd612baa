import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { listSessionIds, readStart, readSummary, type SessionFolder, sessionFolder } from "../../src/adapters/archive/sessions.ts";
import { homeAt } from "../../src/adapters/home.ts";
import { readJournal } from "../../src/adapters/journal/reader.ts";
import { connectOnce } from "../../src/commands/connection/connect.ts";
import type { Summary } from "../../src/engine/summary-type.ts";
import { withoutColours } from "../../src/print/text.ts";
import { buildProgram, newHome, runProgram } from "../helpers/cli.ts";
import { describeBridge, type SandboxBridge, type SandboxSettings, startSandboxBridge } from "../helpers/sandbox-bridge.ts";
import { KEYS, openTerminal, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

/** What every session here is: the same binding, so that the virtual one lets the demo one in. The agent enters at nearly every bar. */
const EAGER = ["burstMin=0", "dampingRankMax=1", "momentumMin=0", "stopAtr=8", "targetAtr=4"].flatMap((change) => ["--set", `agent.${change}`]);
const SAME = ["--agent", "berserker", "--symbol", "EURUSD", "--set", "rules.cooldownMs=1000", ...EAGER] as const;

/** A market that is ten times as fast as ours, at noon wherever it runs, with the bars that the agent warms up on. */
const NOON: SandboxSettings["world"] = {
	clock: { mode: "real", factor: 10 },
	server_offset_s: (((12 - new Date().getUTCHours() + 36) % 24) - 12) * 3600,
	symbols: ["EURUSD"],
	markets: { EURUSD: { source: "generated", interval_ms: 400, volatility: 0.5, history_minutes: 120 } },
};

/** A home that holds the bridge's token and one clean virtual session. */
async function homeFor(bridge: SandboxBridge): Promise<string> {
	const home = newHome();
	const virtual = await runProgram(program, ["run", ...SAME, "--seed", "1", "--speed", "max"], home);
	expect(virtual.code, virtual.stderr).toBe(0);
	mkdirSync(join(home, "bridge"), { mode: 0o700, recursive: true });
	copyFileSync(bridge.tokenFile, join(home, "bridge", "token"));
	return home;
}

function open(home: string, bridge: SandboxBridge, ...more: string[]): RunningTerminal {
	const args = ["run", "--mode", "demo", "--headless", ...SAME, "--bridge", bridge.url, ...more];
	return openTerminal(program, args, { columns: 120, rows: 60, home });
}

async function withBridge(settings: SandboxSettings, work: (bridge: SandboxBridge, home: string) => Promise<void>): Promise<void> {
	const bridge = await startSandboxBridge(settings);
	try {
		await work(bridge, await homeFor(bridge));
	} finally {
		await bridge.stop();
	}
}

async function typeTheWords(terminal: RunningTerminal): Promise<void> {
	await terminal.untilText("Proceed with demo testing? [y/N]");
	terminal.press("y", KEYS.enter);
	await terminal.untilText("Type the word DEMO");
	terminal.press(..."DEMO", KEYS.enter);
}

/** Sessions of a mode in a home. */
function sessionsOf(home: string, mode: string): readonly SessionFolder[] {
	const at = homeAt({ KINETRA_HOME: home });
	return listSessionIds(at)
		.map((id) => sessionFolder(at, id))
		.filter((files) => readStart(files).config.mode === mode);
}

describeBridge("kinetra run --mode demo --headless", () => {
	it("reads what will be traded, types the words, trades, and comes to the broker's own figures", async () => {
		await withBridge({ world: NOON }, async (bridge, home) => {
			const terminal = open(home, bridge, "--duration", "6", "--max-trades", "2", "--shadow");
			await typeTheWords(terminal);
			await terminal.untilText(/fingerprint/);
			expect((await terminal.ended()).code).toBe(0);
			const said = withoutColours(terminal.received());
			for (const text of [
				"DEMO session on the SANDBOX",
				"Maximum loss of this session: ",
				"REHEARSAL: this session is no evidence",
				"SANDBOX: a stand-in terminal",
			])
				expect(said).toContain(text);
			expect(said).not.toContain("90000001");

			const [files] = sessionsOf(home, "demo");
			if (files === undefined) throw new Error("there is no demo session");
			const { broker, paperTwin, tradesExecuted, evidence } = readSummary(files) as Summary;
			expect(evidence).toBe(false);
			expect(broker).toMatchObject({ venue: "sandbox", tradeMode: "demo", loginTail: "0001", intents: { unknown: 0 }, notConfirmed: [], linkAtEnd: "up" });
			expect(tradesExecuted).toBeGreaterThan(0);
			expect(broker?.deals).toMatchObject({ unmatched: 0 });
			expect(broker?.deals.total).toBeGreaterThanOrEqual(2);
			expect(broker?.balance.difference).toBe(0);
			expect(paperTwin).toBeDefined();
			const again = await runProgram(program, ["sessions", "replay", files.id], home);
			expect(again.code, again.stderr).toBe(0);

			// The broker, asked by somebody else, says the same.
			const reached = await connectOnce(bridge, "watch", { clock: { nowMs: () => Date.now() }, name: "test", timeoutMs: 30_000 });
			if (reached.kind !== "up") throw new Error("the bridge is gone");
			const snapshot = await reached.client.request("snapshot", {});
			reached.client.close();
			if (snapshot.kind !== "ok") throw new Error("no snapshot");
			expect(snapshot.d.positions).toEqual([]);
			expect(snapshot.d.account?.balance).toBe(broker?.balance.end);
			const told: number[] = [];
			readJournal(files.journal, ({ kind, data }) => {
				const event = data as { type?: string; deal?: { ticket: number } };
				if (kind === "broker" && event.type === "deal" && event.deal !== undefined) told.push(event.deal.ticket);
			});
			const trades = (snapshot.d.deals ?? []).filter(({ type }) => type < 2).map(({ ticket }) => Number(ticket));
			expect(told.sort()).toEqual(trades.sort());
		});
	}, 300_000);

	it.each<[string, (terminal: RunningTerminal) => Promise<void>, number, RegExp]>([
		["no", async (terminal) => terminal.press("n", KEYS.enter), 4, /Not confirmed\. Nothing was sent/],
		["nothing but Enter", async (terminal) => terminal.press(KEYS.enter), 4, /Not confirmed\. Nothing was sent/],
		["Ctrl-C at the question", async (terminal) => terminal.press(KEYS.ctrlC), 130, /Not confirmed\. Nothing was sent/],
		["Ctrl-D at the question", async (terminal) => terminal.press("\u0004"), 4, /Not confirmed\. Nothing was sent/],
		["a signal at the question", async (terminal) => terminal.kill("SIGTERM"), 143, /Not confirmed\. Nothing was sent/],
		[
			"three wrong words, after which nothing is taken for a minute",
			async (terminal) => {
				terminal.press("y", KEYS.enter);
				for (const [word, wrong] of [
					["demo", "written in capitals"],
					["yes", "not what is asked for"],
					["DEM", "That was the third"],
				] as const) {
					await terminal.untilText(/Type the word DEMO.*\n> *$/m);
					terminal.press(...word, KEYS.enter);
					await terminal.untilText(wrong);
				}
				await terminal.untilText("Nothing is taken for");
				terminal.press(..."DEMO", KEYS.enter, KEYS.ctrlC);
			},
			130,
			/Nothing is taken for (60|59) seconds/,
		],
	])(
		"ends without a session at %s",
		async (_name, type, code, said) => {
			await withBridge({ world: NOON }, async (bridge, home) => {
				const terminal = open(home, bridge);
				await terminal.untilText("Proceed with demo testing? [y/N]");
				await type(terminal);
				expect((await terminal.ended()).code).toBe(code);
				expect(withoutColours(terminal.received())).toMatch(said);
				expect(sessionsOf(home, "demo")).toEqual([]);
				expect(bridge.lines().join("\n")).not.toMatch(/control session/);
			});
		},
		300_000,
	);
});

describeBridge("kinetra run --mode demo on a terminal", () => {
	it("asks before the screen is taken, then shows the session, which is left as any other", async () => {
		await withBridge({ world: NOON }, async (bridge, home) => {
			const args = ["run", "--mode", "demo", ...SAME, "--bridge", bridge.url];
			const terminal = openTerminal(program, args, { columns: 120, rows: 60, home });
			await typeTheWords(terminal);
			await terminal.untilText(/Demo Account Testing > Session EURUSD/);
			await terminal.untilText(/SANDBOX/);
			terminal.press("q");
			await terminal.untilText("Leave Kinetra?");
			// With open positions f closes them, without any Enter is enough.
			terminal.press("f", KEYS.enter);
			await terminal.ended();
			const [files] = sessionsOf(home, "demo");
			expect(files === undefined ? null : readSummary(files)).toMatchObject({
				mode: "demo",
				broker: { venue: "sandbox", notConfirmed: [], deals: { unmatched: 0 } },
			});
		});
	}, 300_000);
});

describeBridge("kinetra run --feed bridge", () => {
	it("fills on paper on live quotes, needs no person, and takes the bridge from nobody", async () => {
		await withBridge({ world: NOON }, async (bridge, home) => {
			const { code, stdout, stderr } = await runProgram(program, ["run", ...SAME, "--feed", "bridge", "--bridge", bridge.url, "--duration", "3"], home);
			expect(code, stderr).toBe(0);
			expect(stdout).toContain("Paper fills on the broker's live quotes: no order leaves this machine.");
			const files = sessionsOf(home, "virtual").at(-1);
			if (files === undefined) throw new Error("there is no session");
			expect(readStart(files)).toMatchObject({ feed: { kind: "bridge", venue: "sandbox" }, config: { account: { startBalance: 10_000 } } });
			expect(readStart(files).config.broker).toBeUndefined();
			expect(readSummary(files)?.tradesExecuted).toBeGreaterThan(0);
			expect(bridge.lines().join("\n")).not.toMatch(/control session/);
			const again = await runProgram(program, ["sessions", "replay", files.id], home);
			expect(again.code, again.stderr).toBe(0);
		});
	}, 300_000);
});

describe("without a person at a terminal", () => {
	it.each([
		["--mode", "demo"],
		["--mode", "demo", "--headless"],
		["--mode", "demo", "--json"],
		["--mode", "demo", "--found", "resume", "--shadow"],
		["--mode", "live"],
		["--mode", "live", "--headless", "--seed", "1"],
	])("is refused with exit 4: %s %s %s", async (...args) => {
		const home = newHome();
		const { code, stderr, stdout } = await runProgram(program, ["run", ...args.filter((arg) => arg !== undefined)], home);
		expect(code).toBe(4);
		expect(stderr).toMatch(/is refused without a terminal: a person must read/);
		expect(stdout).toBe("");
	});
});
