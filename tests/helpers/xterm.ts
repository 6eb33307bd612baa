import { createRequire } from "node:module";
import type { Terminal as XtermType } from "@xterm/headless";

// The package is CommonJS without named exports that Node could see.
const { Terminal } = createRequire(import.meta.url)("@xterm/headless") as { readonly Terminal: typeof XtermType };

/** A terminal in memory, for what a user would see of the bytes written to it. */
export type Screen = {
	readonly terminal: XtermType;
	write(bytes: string | Uint8Array): Promise<void>;
	/** The visible rows, each as wide as the screen. */
	rows(): string[];
	/** The character in a cell, empty for the right half of a wide one. */
	cell(column: number, row: number): string;
};

export function createScreen(columns: number, rows: number): Screen {
	const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 100 });
	const cellAt = (column: number, row: number) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + row)?.getCell(column);
	return {
		terminal,
		write: (bytes) => new Promise((resolve) => terminal.write(bytes, resolve)),
		rows: () =>
			Array.from({ length: terminal.rows }, (_, row) =>
				Array.from({ length: terminal.cols }, (_, column) => {
					const cell = cellAt(column, row);
					return cell === undefined || (cell.getChars() === "" && cell.getWidth() > 0) ? " " : cell.getChars();
				}).join(""),
			),
		cell: (column, row) => cellAt(column, row)?.getChars() ?? "",
	};
}
