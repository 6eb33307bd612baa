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

it("keeps its layout through a storm of sizes, and never clears the screen nor scrolls", async () => {
	const terminal = await openRunning(program, newHome(), { size: [120, 40] });
	for (let round = 0; round < 3; round++) for (const [columns, rows] of SIZES) terminal.resize(columns, rows);
	for (const [columns, rows] of SIZES) {
		terminal.resize(columns, rows);
		const isSmall = columns < 80 || rows < 24;
		const screen = await terminal.until(
			(seen) =>
				isSmall
					? (seen[0] ?? "").startsWith("Kinetra needs 80x24".slice(0, columns - 1))
					: /q quit *$/.test(seen[rows - 1] ?? "") && (seen[2] ?? "").includes("Main Menu"),
			`the screen of ${columns}x${rows}`,
		);
		expect(screen).toHaveLength(rows);
		// Nothing of another size is left standing beside what belongs here.
		const all = screen.join("\n");
		for (const once of ["KINETRA", "Main Menu", "Health (CHS)", "─ Positions & orders", "─ Trade log", "─ Limits", "Kinetra needs", "q quit"])
			expect(all.split(once).length - 1, `${once} at ${columns}x${rows}`).toBeLessThanOrEqual(1);
		expect(terminal.emulator.buffer.active.baseY, "the screen has not scrolled").toBe(0);
	}
	terminal.press(KEYS.ctrlC);
	// `ended` also proves of every byte that it was one of a frame: no clear, no line feed.
	expect((await terminal.ended()).code).toBe(130);
});
