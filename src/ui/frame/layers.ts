import type { Line } from "../../print/line.ts";
import type { Rect } from "../pane.ts";
import { copyRow, createGrid, type Grid, putLines } from "./grid.ts";

/** A part of the frame that a pane owns. */
export type Region = {
	/** Replaces what the region shows; more lines or columns than fit are cut, missing ones are blank. */
	paint(lines: readonly Line[]): void;
	move(rect: Rect): void;
	remove(): void;
};

/** The regions above ink's frame. */
export type Layers = {
	/** A region that hides those of lower layers, and older ones of its own. An id that is taken goes to the new region; the old one is dead. */
	add(id: string, rect: Rect, layer: number): Region;
	/** Copies what the regions have in this row of the screen over what is there. */
	compose(screen: Grid, row: number): void;
};

/** Most cells a side: a terminal that claims more is wrong, and memory must not follow it. */
export const LONGEST_SIDE = 1000;

type Placed = { readonly id: string; readonly layer: number; rect: Rect; grid: Grid; lines: readonly Line[] };

/** No regions yet. `changed` is called with the place of every change, before and after a move. */
export function createLayers(changed: (rect: Rect) => void): Layers {
	/** In the order of painting. */
	let placed: readonly Placed[] = [];

	function handle(mine: Placed): Region {
		const isMine = (): boolean => placed.includes(mine);
		return {
			paint(lines) {
				if (!isMine()) return;
				const before = mine.lines;
				mine.lines = lines;
				eachRun(
					mine.grid.rows,
					(row) => !sameLine(before[row], lines[row]),
					(from, to) => {
						putLines(mine.grid, lines, from, to);
						changed({ ...mine.rect, y: mine.rect.y + from, height: to - from });
					},
				);
			},
			move(next) {
				if (!isMine()) return;
				changed(mine.rect);
				mine.rect = cells(next);
				mine.grid = createGrid(mine.rect.width, mine.rect.height);
				putLines(mine.grid, mine.lines, 0, mine.grid.rows);
				changed(mine.rect);
			},
			remove() {
				if (!isMine()) return;
				placed = placed.filter((other) => other !== mine);
				changed(mine.rect);
			},
		};
	}
	return {
		add(id, given, layer) {
			const rect = cells(given);
			const mine: Placed = { id, layer, rect, grid: createGrid(rect.width, rect.height), lines: [] };
			const taken = placed.find((other) => other.id === id);
			placed = [...placed.filter((other) => other !== taken), mine].sort((left, right) => left.layer - right.layer);
			if (taken !== undefined) changed(taken.rect);
			changed(rect);
			return handle(mine);
		},
		compose(screen, row) {
			for (const { rect, grid } of placed) {
				const left = Math.max(0, rect.x);
				const width = Math.min(screen.columns, rect.x + rect.width) - left;
				if (row >= rect.y && row < rect.y + rect.height && width > 0) copyRow(grid, row - rect.y, left - rect.x, screen, row, left, width);
			}
		},
	};
}

/** Calls `run` for each run of rows that `isWanted`, from its first row to the one behind its last. */
function eachRun(rows: number, isWanted: (row: number) => boolean, run: (from: number, to: number) => void): void {
	let from = -1;
	for (let row = 0; row <= rows; row++) {
		const wanted = row < rows && isWanted(row);
		if (wanted && from < 0) from = row;
		if (wanted || from < 0) continue;
		run(from, row);
		from = -1;
	}
}

/** True when both look the same; a painter that has nothing new for most rows is the usual case. */
function sameLine(left: Line | undefined, right: Line | undefined): boolean {
	if (left === right) return true;
	if (left === undefined || right === undefined || left.length !== right.length) return false;
	for (let index = 0; index < left.length; index++) {
		if (left[index]?.text !== right[index]?.text || left[index]?.tone !== right[index]?.tone) return false;
	}
	return true;
}

/** The rectangle in whole cells; one without a proper size is empty. */
function cells({ x, y, width, height }: Rect): Rect {
	const whole = (value: number, least: number): number => (Number.isFinite(value) ? Math.max(least, Math.min(LONGEST_SIDE, Math.floor(value))) : 0);
	return { x: whole(x, -LONGEST_SIDE), y: whole(y, -LONGEST_SIDE), width: whole(width, 0), height: whole(height, 0) };
}
