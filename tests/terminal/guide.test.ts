import { afterAll, beforeAll, expect, it } from "vitest";
import { buildProgram, newHome } from "../helpers/cli.ts";
import { openTerminal, type RunningTerminal } from "../helpers/terminal.ts";

let terminal: RunningTerminal;

// The built program lies in a folder of its own, without docs/ beside it: what it shows is what it carries.
beforeAll(() => {
	terminal = openTerminal(process.execPath, [buildProgram()], { columns: 80, rows: 24, home: newHome() });
});

afterAll(() => terminal.close());

it("opens from Live Testing, jumps to a section, finds a word, and goes back", async () => {
	await terminal.untilText("1 Connection & Credentials");
	terminal.press("4");
	await terminal.untilText("4 View Live Testing Guide");
	terminal.press("4");
	await terminal.untilText("How to take a trading agent from paper to money");
	terminal.press("8");
	await terminal.untilText(/^ 8\. Troubleshooting/m);
	terminal.press("/");
	await terminal.untilText("Enter finds, Esc ends");
	terminal.press(..."chmod", "\r");
	const found = await terminal.untilText('"chmod" in 1 row');
	expect(found.join("\n")).toContain("chmod 700");
	terminal.press("0");
	await terminal.untilText("Virtual Trading (Paper");
	terminal.press("q");
	expect(await terminal.ended()).toEqual({ code: 0, signal: 0 });
});
