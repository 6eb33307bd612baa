import type { Line } from "../../print/line.ts";
import type { Rect } from "../pane.ts";

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
