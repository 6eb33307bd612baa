import type { IBufferCell, Terminal } from "@xterm/headless";

/** Colours 0 to 15 of the pictures. */
const PALETTE = [
	"#1c1f26",
	"#e05561",
	"#5fb865",
	"#d5a44a",
	"#5a9bd8",
	"#b877db",
	"#4bb1b8",
	"#c9ced6",
	"#6b7280",
	"#ff6b76",
	"#7fd886",
	"#f0c46c",
	"#7cb7f0",
	"#d19af0",
	"#6fd2d9",
	"#ffffff",
];
const PAPER = "#12141a";
const INK = "#c9ced6";
/** The one sign of the screen that the font of the pictures lacks: drawn as its two bars. */
const PAUSE = "⏸";
/** A cell in picture units. */
const WIDTH = 9;
const HEIGHT = 18;

/** The visible screen of an emulator as an SVG picture, cell by cell: what a user sees, in the colours of a common dark scheme. */
export function screenAsSvg(emulator: Terminal): string {
	const { cols, rows } = emulator;
	const buffer = emulator.buffer.active;
	const parts = [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${cols * WIDTH}" height="${rows * HEIGHT}" viewBox="0 0 ${cols * WIDTH} ${rows * HEIGHT}">`,
		`<rect width="100%" height="100%" fill="${PAPER}"/>`,
		'<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14.9" xml:space="preserve">',
	];
	for (let y = 0; y < rows; y++) {
		const line = buffer.getLine(buffer.baseY + y);
		if (line === undefined) continue;
		for (let x = 0; x < cols; x++) {
			const cell = line.getCell(x);
			if (cell !== undefined) parts.push(...drawCell(cell, x, y));
		}
	}
	parts.push("</g></svg>");
	return parts.join("\n").replace(/\n{2,}/g, "\n");
}

function drawCell(cell: IBufferCell, x: number, y: number): string[] {
	const characters = cell.getChars();
	const ink = colour(cell.isFgDefault(), cell.isFgPalette(), cell.getFgColor(), INK);
	const paper = colour(cell.isBgDefault(), cell.isBgPalette(), cell.getBgColor(), PAPER);
	const [front, back] = cell.isInverse() !== 0 ? [paper, ink] : [ink, paper];
	const drawn: string[] = [];
	if (back !== PAPER) drawn.push(`<rect x="${x * WIDTH}" y="${y * HEIGHT}" width="${WIDTH * cell.getWidth()}" height="${HEIGHT}" fill="${back}"/>`);
	if (characters.trim() === "") return drawn;
	if (characters === PAUSE) {
		for (const left of [2, 5]) drawn.push(`<rect x="${x * WIDTH + left}" y="${y * HEIGHT + 5}" width="2" height="9" fill="${front}"/>`);
		return drawn;
	}
	const style = `${cell.isBold() !== 0 ? ' font-weight="bold"' : ""}${cell.isDim() !== 0 ? ' opacity="0.6"' : ""}`;
	drawn.push(`<text x="${x * WIDTH}" y="${y * HEIGHT + 14}" fill="${front}"${style}>${escapeXml(characters)}</text>`);
	return drawn;
}

function colour(isDefault: boolean, isPalette: boolean, value: number, fallback: string): string {
	if (isDefault) return fallback;
	return isPalette ? (PALETTE[value] ?? fallback) : `#${value.toString(16).padStart(6, "0")}`;
}

function escapeXml(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
