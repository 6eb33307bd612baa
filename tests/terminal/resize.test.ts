import { beforeAll, expect, it } from "vitest";
import { buildProgram, newHome } from "../helpers/cli.ts";
import { openRunning } from "../helpers/cockpit-terminal.ts";
import { KEYS } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

const SIZES: readonly (readonly [number, number])[] = [
	[80, 24],
	[1, 1],
	[300, 100],
	[79, 24],
	[80, 23],
	[2, 100],
	[300, 1],
	[120, 40],
	[200, 60],
	[81, 25],
	[40, 12],
	[100, 30],
	[10, 200],
	[160, 24],
	[80, 90],
	[119, 39],
	[1, 50],
	[220, 55],
	[132, 43],
	[120, 40],
];

const ONCE = ["KINETRA", "Main Menu", "Health (CHS)", "─ Positions & orders", "─ Trade log", "─ Limits", "Kinetra needs", "q quit"];

/** Nothing of another size is left standing beside what belongs here. A frame that was on its way when the size changed is painted over. */
function isAlone(seen: readonly string[]): boolean {
	const all = seen.join("\n");
	return ONCE.every((once) => all.split(once).length <= 2);
}

it("keeps its layout through a storm of sizes, and never clears the screen nor scrolls", async () => {
	const terminal = await openRunning(program, newHome(), { size: [120, 40] });
	for (let round = 0; round < 3; round++) for (const [columns, rows] of SIZES) terminal.resize(columns, rows);
	for (const [columns, rows] of SIZES) {
		terminal.resize(columns, rows);
		const isSmall = columns < 80 || rows < 24;
		const screen = await terminal.until(
			(seen) =>
				isAlone(seen) &&
				(isSmall
					? (seen[0] ?? "").startsWith("Kinetra needs 80x24".slice(0, columns - 1))
					: /q quit *$/.test(seen[rows - 1] ?? "") && (seen[2] ?? "").includes("Main Menu")),
			`the screen of ${columns}x${rows}, and nothing of another size beside it`,
		);
		expect(screen).toHaveLength(rows);
		expect(terminal.emulator.buffer.active.baseY, "the screen has not scrolled").toBe(0);
	}
	terminal.press(KEYS.ctrlC);
	// `ended` also proves of every byte that it was one of a frame: no clear, no line feed.
	expect((await terminal.ended()).code).toBe(130);
});
