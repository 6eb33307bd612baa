import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { buildProgram, newHome } from "../helpers/cli.ts";
import { leftBehind, openCockpit, shellAfter, storedSessions } from "../helpers/cockpit-terminal.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

/** A home whose user has chosen this seed, and an agent whose trades are known, before. */
function homeWithSeed(seed: string): string {
	const home = newHome();
	mkdirSync(home, { mode: 0o700 });
	writeFileSync(join(home, "preferences.json"), JSON.stringify({ format: 1, choices: { seed, agent: "berserker" }, folder: null }), { mode: 0o600 });
	return home;
}

const FASTEST = "+".repeat(14);

/** From the form with its cursor on Start to the summary. */
async function runToItsEnd(terminal: RunningTerminal): Promise<void> {
	terminal.press(KEYS.enter);
	await terminal.untilText("trading begins");
	terminal.press(FASTEST);
	await terminal.untilText(/> Summary [\s\S]*Ended as planned \(duration\)/);
}

async function readSummary(terminal: RunningTerminal): Promise<void> {
	for (const [key, text] of [
		["2", "Equity"],
		["4", "breaker"],
		["5", "fingerprint"],
		[KEYS.left, "breaker"],
		["3", /3 {2}03-04 14:5/],
	] as const) {
		terminal.press(key);
		await terminal.untilText(text);
	}
	terminal.press(KEYS.down, KEYS.down, KEYS.up, KEYS.enter);
	const trade = await terminal.untilText(/Trade 2 {2}position/);
	expect(trade.join("\n")).toMatch(/agent decided[\s\S]*energy burst/);
	terminal.press("0");
	await terminal.untilText("2 of 3, newest first");
}

async function replayWithHoldAndSeek(terminal: RunningTerminal): Promise<void> {
	terminal.press("R");
	await terminal.until((rows) => /REPLAY/.test(rows[0] ?? "") && rows.join("\n").includes("trading begins"), "the replay");
	terminal.press(" ");
	await terminal.untilText("⏸ held");
	terminal.press("g", ..."14:30", KEYS.enter);
	await terminal.untilText(/⏸ held .*14:29:59|⏸ held .*14:30:0/);
	terminal.press("<");
	await terminal.untilText(/⏸ held .*14:(19:59|20:0)/);
	terminal.press(" ", FASTEST);
	await terminal.untilText("REPLAYED, SAME FINGERPRINT");
}

it("goes from 4, 1, Enter through a finished session, its summary, a second one, both compared, a replay, export and verify back to the shell", async () => {
	const home = homeWithSeed("3");
	const terminal = openCockpit(program, home, [], { shell: shellAfter(), size: [120, 40] });
	await terminal.untilText("Connection & Credentials");
	terminal.press("41");
	await terminal.untilText(/Seed +● 3/);
	await runToItsEnd(terminal);
	await readSummary(terminal);
	terminal.press("n");
	await terminal.untilText(/Seed +random/);
	await runToItsEnd(terminal);

	terminal.press("0", "0", "0", "5");
	await terminal.untilText("1 of 2, newest first");
	terminal.press("x", "j", "C");
	const compared = await terminal.untilText("> Compare");
	expect(compared.join("\n")).toMatch(/seed +\d+ +3\b/);
	terminal.press("0");
	await terminal.untilText("2 of 2, newest first");
	await replayWithHoldAndSeek(terminal);
	terminal.press("0");
	await terminal.untilText("2 of 2, newest first");
	terminal.press("e");
	await terminal.untilText("Exported to");
	terminal.press("v");
	await terminal.untilText(/Journal of \w{6}: intact, \d+ lines, sealed/);
	terminal.press("q");
	const { code, text } = await leftBehind(terminal);

	const sessions = storedSessions(home);
	expect(code).toBe(0);
	expect(sessions.map(({ summary, kinds }) => [summary?.endReason, summary?.evidence, kinds.at(-1)])).toEqual([
		["duration", true, "sealed"],
		["duration", true, "sealed"],
	]);
	const [first, second] = sessions;
	for (const name of ["trades.csv", "orders.csv", "equity.csv"]) expect(existsSync(join(first?.folder ?? "", "export", name)), name).toBe(true);
	expect(text).toContain("Promotion targets");
	expect(text).toContain(second?.id);
	expect(text).toContain(second?.summary?.fingerprint);
});
