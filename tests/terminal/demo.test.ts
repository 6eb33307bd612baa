import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { findSession, readStart, readSummary } from "../../src/adapters/archive/sessions.ts";
import { homeAt } from "../../src/adapters/home.ts";
import { readJournal } from "../../src/adapters/journal/reader.ts";
import type { JournalRecord } from "../../src/engine/outbox.ts";
import { buildProgram, newHome, runProgram } from "../helpers/cli.ts";
import { describeBridge, type SandboxBridge, type SandboxSettings, startSandboxBridge } from "../helpers/sandbox-bridge.ts";
import { KEYS, openTerminal, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

/** What every session here is: the same binding, so that the virtual one lets the demo one in. The agent enters at nearly every bar. */
const EAGER = ["burstMin=0", "dampingRankMax=1", "momentumMin=0", "stopAtr=1", "targetAtr=0.5"].flatMap((change) => ["--set", `agent.${change}`]);
const SAME = ["--agent", "berserker", "--symbol", "EURUSD", "--set", "rules.cooldownMs=1000", ...EAGER] as const;

/** A market that is ten times as fast as ours, at noon wherever it runs, with the bars that the agent warms up on. */
const NOON: SandboxSettings["world"] = {
	clock: { mode: "real", factor: 10 },
	server_offset_s: (((12 - new Date().getUTCHours() + 36) % 24) - 12) * 3600,
	symbols: ["EURUSD"],
	markets: { EURUSD: { source: "generated", interval_ms: 400, volatility: 3, history_minutes: 120 } },
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

describeBridge("kinetra run --mode demo --headless", () => {
	it("reads what will be traded, types the words, trades, and comes to the broker's own figures", async () => {
		await withBridge({ world: NOON }, async (bridge, home) => {
			const terminal = open(home, bridge, "--duration", "10", "--max-trades", "2");
			await terminal.untilText("Proceed with demo testing? [y/N]");
			expect(terminal.received()).toMatch(/DEMO session on the SANDBOX/);
			expect(terminal.received()).toMatch(/Maximum loss of this session: /);
			expect(terminal.received()).toMatch(/REHEARSAL/);
			terminal.press("y", KEYS.enter);
			await terminal.untilText("Type the word DEMO");
			terminal.press(..."DEMO", KEYS.enter);
			await terminal.untilText(/Session .*ended|Net profit|fingerprint/i);
			const { code } = await terminal.ended();
			const files = findSession(homeAt({ KINETRA_HOME: home }), "last");
			const summary = readSummary(files);
			console.log(terminal.received().slice(-3000), code, JSON.stringify(summary?.broker, null, 1), summary?.endReason, summary?.endDetail);
			const records: JournalRecord[] = [];
			readJournal(files.journal, (record) => records.push(record));
			console.log(JSON.stringify(readStart(files).config.broker), records.length);
		});
	}, 300_000);
});
