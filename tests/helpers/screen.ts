import { clipLine, lineWidth, textOf } from "../../src/print/line.ts";
import { frontOf, layoutOf } from "../../src/ui/layout.ts";
import type { Pane } from "../../src/ui/pane.ts";
import { findScreen } from "../../src/ui/registry.ts";
import type { Screen } from "../../src/ui/screen.ts";
import { contentPanes } from "../../src/ui/shell/content.ts";
import type { CockpitState } from "../../src/ui/state.ts";

/**
 * Paints the panes of the screen in front, without ink: the rows of the content area of a terminal of `columns` x `rows` cells, without
 * blanks at their ends. `screen` = a screen that is not (yet) in the registry.
 */
export function renderScreen(state: CockpitState, columns: number, rows: number, screen: Screen = findScreen(frontOf(state))): string[] {
	const sized = { ...state, columns, rows };
	const { content } = layoutOf(sized);
	return paintPanes(contentPanes(sized, screen), sized, content.width, content.height, content.x, content.y);
}

/** Paints panes onto a blank area whose top left corner is at `x`, `y`. Fails on a pane beyond the area, which the terminal would cut. */
export function paintPanes(panes: readonly Pane[], state: CockpitState, width: number, height: number, x = 0, y = 0): string[] {
	const grid = Array.from({ length: height }, () => Array.from({ length: width }, () => " "));
	for (const pane of panes) {
		const { rect } = pane;
		if (rect.x < x || rect.y < y || rect.x + rect.width > x + width || rect.y + rect.height > y + height) {
			throw new Error(`Pane ${pane.id} (${JSON.stringify(rect)}) leaves its area of ${width}x${height} at ${x},${y}`);
		}
		const lines = pane.paint(pane.select(state), { width: rect.width, height: rect.height });
		lines.slice(0, rect.height).forEach((line, row) => {
			let at = rect.x - x;
			for (const character of textOf(clipLine(line, rect.width))) {
				const cells = lineWidth([{ text: character, tone: "plain" }]);
				const target = grid[rect.y - y + row];
				if (target !== undefined && cells > 0) {
					target[at] = character;
					if (cells === 2) target[at + 1] = "";
				}
				at += cells;
			}
		});
	}
	return grid.map((cells) => cells.join("").trimEnd());
}

/** The rows of a form without the list of agents that may be named: it grows with what ships. */
export function withoutNames(rows: readonly string[]): string[] {
	return rows.map((row) => (row.includes("  Agent  ") ? `${row.slice(0, 44)}…` : row));
}
