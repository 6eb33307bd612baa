import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { buildProgram, newHome, runProgram } from "../helpers/cli.ts";
import { openCockpit, storedSessions } from "../helpers/cockpit-terminal.ts";
import { describeBridge, type SandboxSettings, startSandboxBridge } from "../helpers/sandbox-bridge.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

/** At noon wherever it runs, with the bars that an agent warms up on. */
const NOON: SandboxSettings["world"] = {
	clock: { mode: "real", factor: 10 },
	server_offset_s: (((12 - new Date().getUTCHours() + 36) % 24) - 12) * 3600,
	symbols: ["EURUSD"],
	markets: { EURUSD: { source: "generated", interval_ms: 400, volatility: 0.5, history_minutes: 120 } },
};

/** From the main menu to the form of a demo session, past the connection test. */
async function testAndOpenForm(terminal: RunningTerminal): Promise<void> {
	await terminal.untilText("Main Menu");
	terminal.press("4");
	await terminal.untilText(/Main Menu > Live Testing ─/);
	terminal.press("3");
	await terminal.untilText("Enter tests the way to MetaTrader 5");
	terminal.press(KEYS.enter);
	const tested = (await terminal.untilText(/The way to the broker (works|does not work)/)).join("\n");
	expect(tested).toMatch(/The way to the broker works[\s\S]*SANDBOX: a stand-in terminal/);
	terminal.press("0", "2");
	await terminal.untilText("Start the demo session");
}

/** Checks, the typed words, and the session on the screen. */
async function confirm(terminal: RunningTerminal): Promise<void> {
	terminal.press(KEYS.enter);
	const asked = (await terminal.untilText("Proceed with demo testing? [y/N]")).join("\n");
	expect(asked.split("\n")[0]).toMatch(/DEMO {3}SANDBOX/);
	expect(asked).toMatch(/REHEARSAL: it may run, and never counts/);
	terminal.press("y", KEYS.enter);
	await terminal.untilText(/Type the word DEMO/);
	terminal.press(..."demo", KEYS.enter);
	await terminal.untilText("2 tries left");
	terminal.press(..."DEMO");
	await terminal.untilText("> DEMO");
	terminal.press(KEYS.enter);
}

describeBridge("a demo session from the menus of the cockpit", () => {
	it("is tested, checked, asked about in words, watched, killed and summed up", async () => {
		const bridge = await startSandboxBridge({ world: NOON });
		try {
			const home = newHome();
			expect((await runProgram(program, ["run", "--seed", "1", "--speed", "max"], home)).code).toBe(0);
			mkdirSync(join(home, "bridge"), { mode: 0o700, recursive: true });
			copyFileSync(bridge.tokenFile, join(home, "bridge", "token"));
			const terminal = openCockpit(program, home, [], { size: [130, 45], env: { KINETRA_BRIDGE: bridge.url } });
			await testAndOpenForm(terminal);
			await confirm(terminal);
			const running = await terminal.untilText(/✓ LINK up since[^\n]* DEMO/);
			expect(running[0]).toMatch(/DEMO {3}SANDBOX {3}REHEARSAL/);
			terminal.press("K");
			await terminal.untilText(/KILLED[\s\S]*[^T] CONFIRMED by the broker/);
			terminal.press("q");
			await terminal.untilText("Leave Kinetra?");
			terminal.press(KEYS.enter);
			await terminal.ended();
			const demo = storedSessions(home).find(({ summary }) => summary?.mode === "demo");
			expect(demo?.summary?.broker).toMatchObject({ venue: "sandbox", deals: { unmatched: 0 }, notConfirmed: [] });
			expect(demo?.summary?.broker?.rehearsal).not.toBeNull();
		} finally {
			await bridge.stop();
		}
	});

	it("is given up with Esc in front of the last word, and nothing was sent", async () => {
		const bridge = await startSandboxBridge({ world: NOON });
		try {
			const home = newHome();
			expect((await runProgram(program, ["run", "--seed", "1", "--speed", "max"], home)).code).toBe(0);
			mkdirSync(join(home, "bridge"), { mode: 0o700, recursive: true });
			copyFileSync(bridge.tokenFile, join(home, "bridge", "token"));
			const terminal = openCockpit(program, home, [], { size: [80, 24], env: { KINETRA_BRIDGE: bridge.url } });
			await terminal.untilText("Main Menu");
			terminal.press("4");
			await terminal.untilText(/Main Menu > Live Testing ─/);
			terminal.press("2");
			await terminal.untilText("Start the demo session");
			terminal.press(KEYS.enter);
			await terminal.untilText("[y/N]");
			terminal.press("y", KEYS.enter);
			await terminal.untilText(/Type the word DEMO/);
			terminal.press(..."DEM");
			await terminal.untilText("> DEM");
			terminal.press(KEYS.escape);
			await terminal.untilText("Given up: nothing was sent.");
			terminal.press("q");
			expect((await terminal.ended()).code).toBe(0);
			expect(storedSessions(home)).toHaveLength(1);
		} finally {
			await bridge.stop();
		}
	});
});
