import type { Terminal } from "@xterm/headless";

/** A screen as it was seen: a character and a style per cell, row after row. */
export type Frame = { readonly columns: number; readonly rows: number; readonly characters: readonly string[]; readonly styles: readonly string[] };

/** What the emulator shows now, with styles as the SGR parameters that make them; plain is empty. */
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
			const parts: string[] = [];
			if (cell !== undefined) {
				if (cell.isBold() !== 0) parts.push("1");
				if (cell.isDim() !== 0) parts.push("2");
				if (cell.isUnderline() !== 0) parts.push("4");
				if (cell.isInverse() !== 0) parts.push("7");
				if (cell.isFgPalette()) parts.push(String(cell.getFgColor() + (cell.getFgColor() < 8 ? 30 : 82)));
				if (cell.isBgPalette()) parts.push(String(cell.getBgColor() + (cell.getBgColor() < 8 ? 40 : 92)));
			}
			styles.push(parts.join(";"));
		}
	}
	return { columns: cols, rows, characters, styles };
}

/**
 * The yardstick: the differing cells of two screens, each run of them with one jump and each change of style with one sequence, by a loop that
 * knows nothing of panes. `shown` is what the terminal shows at first. Returns what to write for each frame.
 */
export function createCellDiff(shown: Frame): (frame: Frame) => string {
	let before = shown;
	return (frame) => {
		let out = "";
		let style = "";
		let cursor = -1;
		for (let cell = 0; cell < frame.characters.length; cell++) {
			if (frame.characters[cell] === before.characters[cell] && frame.styles[cell] === before.styles[cell]) continue;
			if (cursor !== cell) {
				const row = Math.floor(cell / frame.columns);
				const isSameRow = cursor > 0 && Math.floor((cursor - 1) / frame.columns) === row;
				out += isSameRow ? `\u001b[${cell - cursor}C` : `\u001b[${row + 1};${(cell % frame.columns) + 1}H`;
			}
			if (frame.styles[cell] !== style) {
				const next = frame.styles[cell] ?? "";
				out += next === "" ? "\u001b[m" : `\u001b[${style === "" ? "" : "0;"}${next}m`;
				style = next;
			}
			out += frame.characters[cell];
			cursor = cell + 1;
		}
		before = frame;
		return out === "" ? "" : `\u001b[?2026h${out}${style === "" ? "" : "\u001b[m"}\u001b[?2026l`;
	};
}
