import { createPalette } from "../../src/print/palette.ts";
import type { Terminal } from "../../src/terminal.ts";

/** A plain terminal of 80 columns that keeps what was printed. */
export function recordingTerminal(): Terminal & { readonly printed: string[]; text(): string } {
	const printed: string[] = [];
	return {
		interactive: false,
		palette: createPalette(false),
		columns: () => 80,
		print: (text) => void printed.push(text),
		redraw() {},
		endProgress() {},
		complain: (message) => void printed.push(message),
		closed: () => false,
		outputLost: () => null,
		printed,
		text: () => printed.join("\n"),
	};
}
