import { cellWidth, clipLine, clipText, fitLine, type Line, lineWidth, span, type Tone } from "../../print/line.ts";
import type { Size } from "../pane.ts";

/** How a pane is set off from its neighbours: a closed box, a titled rule above it (small terminals), or nothing. */
export type Frame = "box" | "rule" | "none";

export type FrameText = { readonly title: string /** Said at the right end of the title's row. */; readonly right: Line; readonly tone: Tone };

/** The room that a frame leaves for its content. */
export function innerSize(frame: Frame, size: Size): Size {
	if (frame === "box") return { width: Math.max(0, size.width - 4), height: Math.max(0, size.height - 2) };
	return { width: size.width, height: Math.max(0, size.height - (frame === "rule" ? 1 : 0)) };
}

/** The content in its frame: exactly `size.height` rows of `size.width` columns; what does not fit is cut. */
export function framed(frame: Frame, text: FrameText, content: readonly Line[], size: Size): readonly Line[] {
	const inner = innerSize(frame, size);
	const rows = Array.from({ length: inner.height }, (_, index) => fitLine(content[index] ?? [], inner.width));
	if (frame === "none") return rows;
	if (frame === "rule") return [edge("─", "─", text, size.width), ...rows];
	const side = span("│", text.tone);
	const closed = rows.map((row) => [side, span(" "), ...row, span(" "), side]);
	return [edge("╭", "╮", text, size.width), ...closed, [span(`╰${"─".repeat(Math.max(0, size.width - 2))}╯`, text.tone)]];
}

/** `╭─ Title ──────── right ─╮`. The title is kept longest; the right text goes when there is no room. */
function edge(first: string, last: string, text: FrameText, width: number): Line {
	const room = Math.max(0, width - 6);
	const title = clipText(text.title, room);
	const left = room - cellWidth(title) - 3;
	const right = lineWidth(text.right) > 0 && left >= 4 ? clipLine(text.right, left) : [];
	const rightWidth = lineWidth(right);
	const fill = width - 5 - cellWidth(title) - (rightWidth > 0 ? rightWidth + 3 : 0);
	const line: Line = [
		span(`${first}─ `, text.tone),
		span(title, text.tone === "faint" ? "strong" : text.tone),
		span(` ${"─".repeat(Math.max(0, fill))}`, text.tone),
	];
	const end: Line = rightWidth > 0 ? [span(" "), ...right, span(` ─${last}`, text.tone)] : [span(last, text.tone)];
	return fitLine([...line, ...end], width, text.tone);
}
