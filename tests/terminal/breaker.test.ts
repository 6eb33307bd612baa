import { beforeAll, describe, expect, it, vi } from "vitest";
import { buildProgram, newHome } from "../helpers/cli.ts";
import { leftBehind, onlySession, openCockpit, openRunning, shellAfter, storedSessions } from "../helpers/cockpit-terminal.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

const SOON = { timeout: 90_000, interval: 20 };

describe("the breaker", () => {
	it.concurrent("acts in the crash scenario, takes a reason to be reset, and the session goes on to its end", async () => {
		const home = newHome();
		const terminal = openCockpit(program, home, ["run", "--agent", "berserker", "--scenario", "crash", "--seed", "1"], {
			shell: shellAfter(),
			size: [120, 40],
		});
		await terminal.untilText("trading begins");
		terminal.press("+".repeat(14));
		await terminal.untilText(/C ?I ?R ?C ?U ?I ?T +B ?R ?E ?A ?K ?E ?R/);
		terminal.press("r");
		await terminal.untilText("Reset the latch");
		terminal.press("ok", KEYS.enter);
		await terminal.untilText(/at least 3 characters/);
		expect(onlySession(home).lines.join("\n")).not.toContain('"command":"reset"');
		terminal.press("ay, the gap was not the agent's", KEYS.enter);
		await vi.waitFor(() => expect(onlySession(home).lines.join("\n")).toContain("okay, the gap was not the agent's"), SOON);
		await terminal.until((rows) => !rows.join("\n").includes("Reset the latch"), "the dialog gone");
		// A latch brings a fast market back to real time.
		terminal.press(" ", "+".repeat(14));
		await terminal.untilText(/> Summary .*[\s\S]*Ended/);
		terminal.press("q");
		const { code } = await leftBehind(terminal);
		const { summary, kinds } = onlySession(home);
		expect([summary?.exitCode, kinds.at(-1), summary?.breaker.trips]).toEqual([code, "sealed", 1]);
	});

	it.concurrent("trips and re-arms by itself, which both stay to be read", async () => {
		const home = newHome();
		const args = ["run", "--scenario", "crash", "--agent", "sma", "--seed", "4", "--duration", "1440", "--max-trades", "none", "--speed", "max"];
		const terminal = openCockpit(program, home, args, { size: [120, 40] });
		await terminal.untilText(/Ended/);
		terminal.press("4");
		const page = (await terminal.untilText(/re-arm/)).join("\n");
		expect(page).toMatch(/trip[\s\S]*re-arm/);
		terminal.press("q");
		expect((await terminal.ended()).code).toBe(0);
		expect(onlySession(home).summary?.breaker.events.map(({ what }) => what)).toEqual(["trip", "re-arm"]);
	});
});

/** The way to a screen, the text that shows that it is there, and the key that kills there. */
const PLACES: readonly (readonly [string, (terminal: RunningTerminal) => Promise<unknown>, string])[] = [
	["the session screen", (terminal) => terminal.untilText("trading begins"), "K"],
	["the main menu", (terminal) => go(terminal, "0000", "Connection & Credentials"), "K"],
	["the guide", (terminal) => go(terminal, "00m4", "How to take a trading agent"), "K"],
	["a search that is being typed", (terminal) => go(terminal, "/what", "what"), KEYS.ctrlK],
	["the help", (terminal) => go(terminal, "?", "Keys"), "K"],
	["a field of the form", (terminal) => go(terminal, `0${KEYS.home}${KEYS.down}`, "Duration"), KEYS.ctrlK],
	["the question whether to leave", (terminal) => go(terminal, "q", "Leave Kinetra?"), "K"],
	["a screen that is too small", (terminal) => tooSmall(terminal), "K"],
	["the list of sessions", (terminal) => go(terminal, "00005", "newest first"), "K"],
];

async function go(terminal: RunningTerminal, keys: string, text: string): Promise<void> {
	terminal.press(keys);
	await terminal.untilText(text);
}

async function tooSmall(terminal: RunningTerminal): Promise<void> {
	terminal.resize(40, 10);
	await terminal.untilText("Kinetra needs");
}

describe("the kill switch works at once, and stands in the journal, from", () => {
	it.concurrent.each(PLACES)("%s", async (_, goThere, key) => {
		const home = newHome();
		const terminal = await openRunning(program, home);
		await goThere(terminal);
		expect(onlySession(home).kinds).not.toContain("command");
		terminal.press(key);
		await vi.waitFor(() => expect(onlySession(home).lines.join("\n")).toContain('"command":"kill"'), SOON);
		terminal.press(KEYS.ctrlC);
		await terminal.ended();
		expect(onlySession(home).summary?.exitCode).not.toBe(0);
	});

	it.concurrent("the summary of another session", async () => {
		const home = newHome();
		const before = openCockpit(program, home, ["run", "--headless", "--speed", "max", "--seed", "1", "--duration", "10"]);
		await before.ended();
		const terminal = await openRunning(program, home);
		await go(terminal, "00005", "newest first");
		await go(terminal, `j${KEYS.enter}`, "Ended as planned");
		terminal.press("K");
		await vi.waitFor(() => expect(storedSessions(home)[1]?.lines.join("\n")).toContain('"command":"kill"'), SOON);
		terminal.press(KEYS.ctrlC);
		await terminal.ended();
	});
});
