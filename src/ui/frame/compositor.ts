import type { Line } from "../../print/line.ts";
import type { Rect } from "../pane.ts";
import { createEncoder, type EncodeOptions, UNKNOWN } from "./encode.ts";
import { copyRow, createGrid, type Grid, mendRow, putLines, rowText } from "./grid.ts";
import { parseFrame } from "./parse-frame.ts";

/** A part of the frame that a pane owns. */
export type Region = {
	/** Replaces what the region shows; more lines or columns than fit are cut, missing ones are blank. */
	paint(lines: readonly Line[]): void;
	move(rect: Rect): void;
	remove(): void;
};

/**
 * The screen as cells: ink's frame below, regions above it, the higher layer on top. `diff` gives the bytes that bring the terminal from
 * what it shows to what it should show, and takes it as shown.
 */
export type Compositor = {
	resize(columns: number, rows: number): void;
	/** Ink's frame: rows separated by line feeds, with SGR sequences only. */
	base(frame: string): void;
	/** A region that hides those of lower layers. An id that is taken goes to the new region; the old one then does nothing any more. */
	region(id: string, rect: Rect, layer: number): Region;
	/** The bytes to write, or an empty string when nothing has changed. Never clears the screen. */
	diff(): string;
	/** Forgets what the terminal shows, so that the next diff writes every cell (after a resize, or coming back to the foreground). */
	forget(): void;
	/** The composed screen as text rows without colours, for tests. */
	text(): readonly string[];
	/** Called by whoever changes anything; the output adapter listens and writes a diff when the terminal is ready. */
	onChange(listener: () => void): () => void;
};

const SYNC_ON = "\u001b[?2026h";
const SYNC_OFF = "\u001b[?2026l";
/** Before the first cell: no cursor, no style left over from somebody else. */
const FRESH = "\u001b[?25l\u001b[m";

/** Most cells a side: a terminal that claims more is wrong, and memory must not follow it. */
const LONGEST_SIDE = 1000;

type Placed = { readonly id: string; readonly layer: number; rect: Rect; grid: Grid; lines: readonly Line[] };

/** A compositor of 80x24 blank cells for a terminal that shows nothing yet. */
export function createCompositor(options: EncodeOptions): Compositor {
	const encoder = createEncoder(options);
	const listeners = new Set<() => void>();
	/** In the order of painting. */
	let placed: Placed[] = [];
	let frame = "";
	let below = createGrid(80, 24);
	let wanted = createGrid(80, 24);
	let shown = createGrid(80, 24);
	let dirty = new Uint8Array(24).fill(1);
	let fresh = true;

	function changed(fromRow: number, toRow: number): void {
		dirty.fill(1, Math.max(0, fromRow), Math.max(0, Math.min(dirty.length, toRow)));
		for (const listener of listeners) listener();
	}
	function changedAt({ y, height }: Rect): void {
		changed(y, y + height);
	}

	function compose(): void {
		for (let row = 0; row < wanted.rows; row++) {
			if (dirty[row] === 0) continue;
			copyRow(below, row, 0, wanted, row, 0, wanted.columns);
			for (const { rect, grid } of placed) {
				const left = Math.max(0, rect.x);
				const width = Math.min(wanted.columns, rect.x + rect.width) - left;
				if (row >= rect.y && row < rect.y + rect.height && width > 0) copyRow(grid, row - rect.y, left - rect.x, wanted, row, left, width);
			}
			mendRow(wanted, row);
		}
	}

	return {
		resize(columns, rows) {
			const [width, height] = [side(columns), side(rows)];
			if (width === wanted.columns && height === wanted.rows) return;
			below = createGrid(width, height);
			wanted = createGrid(width, height);
			shown = createGrid(width, height);
			dirty = new Uint8Array(height);
			parseFrame(frame, below);
			fresh = true;
			changed(0, height);
		},
		base(next) {
			if (next === frame) return;
			frame = next;
			parseFrame(frame, below);
			changed(0, below.rows);
		},
		region(id, given, layer) {
			const rect = cells(given);
			const mine: Placed = { id, layer, rect, grid: createGrid(rect.width, rect.height), lines: [] };
			for (const other of placed) if (other.id === id) changedAt(other.rect);
			placed = [...placed.filter((other) => other.id !== id), mine].sort((left, right) => left.layer - right.layer);
			changedAt(rect);
			const isMine = (): boolean => placed.includes(mine);
			return {
				paint(lines) {
					if (!isMine()) return;
					mine.lines = lines;
					putLines(mine.grid, lines);
					changedAt(mine.rect);
				},
				move(next) {
					if (!isMine()) return;
					changedAt(mine.rect);
					mine.rect = cells(next);
					mine.grid = createGrid(mine.rect.width, mine.rect.height);
					putLines(mine.grid, mine.lines);
					changedAt(mine.rect);
				},
				remove() {
					if (!isMine()) return;
					placed = placed.filter((other) => other !== mine);
					changedAt(mine.rect);
				},
			};
		},
		diff() {
			compose();
			if (fresh) {
				shown.characters.fill(UNKNOWN);
				dirty.fill(1);
			}
			const cellsWritten = encoder.encode(wanted, shown, dirty);
			if (cellsWritten === "") return "";
			const before = fresh ? FRESH : "";
			fresh = false;
			return SYNC_ON + before + cellsWritten + SYNC_OFF;
		},
		forget() {
			fresh = true;
			changed(0, wanted.rows);
		},
		text() {
			compose();
			return Array.from({ length: wanted.rows }, (_, row) => rowText(wanted, row));
		},
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}

/** A number of cells that exists: whole, at least 1. */
function side(cellCount: number): number {
	return Number.isFinite(cellCount) ? Math.max(1, Math.min(LONGEST_SIDE, Math.floor(cellCount))) : 1;
}

/** The rectangle in whole cells; one without a proper size is empty. */
function cells({ x, y, width, height }: Rect): Rect {
	const whole = (value: number, least: number): number => (Number.isFinite(value) ? Math.max(least, Math.min(LONGEST_SIDE, Math.floor(value))) : 0);
	return { x: whole(x, -LONGEST_SIDE), y: whole(y, -LONGEST_SIDE), width: whole(width, 0), height: whole(height, 0) };
}
