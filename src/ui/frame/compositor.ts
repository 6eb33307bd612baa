import type { Rect } from "../pane.ts";
import { encodeRow, UNKNOWN } from "./encode.ts";
import { copyRow, createGrid, mendRow, rowText } from "./grid.ts";
import { createLayers, LONGEST_SIDE, type Region } from "./layers.ts";
import { parseFrame } from "./parse-frame.ts";
import { createPen, type PenOptions } from "./pen.ts";

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

/** The grids of a screen, and the rows in which `wanted` is out of date or differs from `shown`. */
function createScreen(columns: number, rows: number) {
	return { below: createGrid(columns, rows), wanted: createGrid(columns, rows), shown: createGrid(columns, rows), dirty: new Uint8Array(rows) };
}

/** A compositor of 80x24 blank cells for a terminal that shows nothing yet. */
export function createCompositor(options: PenOptions): Compositor {
	const pen = createPen(options);
	const listeners = new Set<() => void>();
	const layers = createLayers(({ y, height }) => changed(y, y + height));
	let screen = createScreen(80, 24);
	let frame = "";
	let fresh = true;

	function changed(fromRow: number, toRow: number): void {
		screen.dirty.fill(1, Math.max(0, fromRow), Math.max(0, toRow));
		for (const listener of listeners) listener();
	}
	function compose(): void {
		const { below, wanted, dirty } = screen;
		for (let row = 0; row < wanted.rows; row++) {
			if (dirty[row] === 0) continue;
			copyRow(below, row, 0, wanted, row, 0, wanted.columns);
			layers.compose(wanted, row);
			mendRow(wanted, row);
		}
	}
	return {
		resize(columns, rows) {
			const [width, height] = [side(columns), side(rows)];
			if (width === screen.wanted.columns && height === screen.wanted.rows) return;
			screen = createScreen(width, height);
			parseFrame(frame, screen.below);
			fresh = true;
			changed(0, height);
		},
		base(next) {
			if (next === frame) return;
			frame = next;
			parseFrame(frame, screen.below);
			changed(0, screen.below.rows);
		},
		region: layers.add,
		diff() {
			const { wanted, shown, dirty } = screen;
			if (fresh) {
				shown.characters.fill(UNKNOWN);
				dirty.fill(1);
			}
			compose();
			for (let row = 0; row < wanted.rows; row++) if (dirty[row] !== 0) encodeRow(pen, wanted, shown, row);
			dirty.fill(0);
			const written = pen.take();
			const before = fresh ? FRESH : "";
			fresh = false;
			return written === "" ? "" : SYNC_ON + before + written + SYNC_OFF;
		},
		forget() {
			fresh = true;
			changed(0, screen.wanted.rows);
		},
		text() {
			compose();
			return Array.from({ length: screen.wanted.rows }, (_, row) => rowText(screen.wanted, row));
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
