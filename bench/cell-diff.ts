import type { Terminal } from "@xterm/headless";

/** A screen as it was seen: a character and a style per cell, row after row. */
export type Frame = { readonly columns: number; readonly rows: number; readonly characters: readonly string[]; readonly styles: readonly string[] };

/** What the emulator shows now, with styles as the SGR parameters that make them. */
export function frameOf(emulator: Terminal): Frame {
	const { cols, rows } = emulator;
	const characters: string[] = [];
	const styles: string[] = [];
	const buffer = emulator.buffer.active;
	for (let y = 0; y < rows; y++) {
		const line = buffer.getLine(buffer.baseY + y);
		for (let x = 0; x < cols; x++) {
			const cell = line?.getCell(x);
			characters.push(cell?.getChars() || " ");
			const parts = ["0"];
			if (cell !== undefined) {
				if (cell.isBold() !== 0) parts.push("1");
				if (cell.isDim() !== 0) parts.push("2");
				if (cell.isInverse() !== 0) parts.push("7");
				if (cell.isFgPalette()) parts.push(cell.getFgColor() < 8 ? String(30 + cell.getFgColor()) : String(82 + cell.getFgColor()));
				if (cell.isBgPalette()) parts.push(cell.getBgColor() < 8 ? String(40 + cell.getBgColor()) : String(92 + cell.getBgColor()));
			}
			styles.push(parts.join(";"));
		}
	}
	return { columns: cols, rows, characters, styles };
}

/** The yardstick: the shortest straightforward diff of two screens, with nothing of a program around it. Returns the bytes of each frame. */
export function createCellDiff(): (frame: Frame) => string {
	let shown: Frame | null = null;
	return (frame) => {
		let out = "";
		let style = "";
		let cursor = -1;
		for (let cell = 0; cell < frame.characters.length; cell++) {
			if (shown !== null && frame.characters[cell] === shown.characters[cell] && frame.styles[cell] === shown.styles[cell]) continue;
			if (cursor !== cell) out += `\u001b[${Math.floor(cell / frame.columns) + 1};${(cell % frame.columns) + 1}H`;
			if (frame.styles[cell] !== style) {
				style = frame.styles[cell] ?? "";
				out += `\u001b[${style}m`;
			}
			out += frame.characters[cell];
			cursor = cell + 1;
		}
		shown = frame;
		return out === "" ? "" : `\u001b[?2026h${out}\u001b[0m\u001b[?2026l`;
	};
}
