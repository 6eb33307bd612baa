import { type Line, line, span } from "../../print/line.ts";
import { wrap } from "../../print/text.ts";
import { type Pane, pane, type Rect } from "../pane.ts";
import type { CockpitState } from "../state.ts";

/** Wider lines are hard to read. */
const READABLE_COLUMNS = 76;

/** A titled text for a content area: paragraphs, wrapped, with a blank row between them. */
export function explainPane(id: string, rect: Rect, text: (state: CockpitState) => { readonly title: string; readonly paragraphs: readonly string[] }): Pane {
	return pane<{ title: string; paragraphs: string }>({
		id,
		rect,
		select(state) {
			const { title, paragraphs } = text(state);
			return { title, paragraphs: paragraphs.join("\n") };
		},
		paint: ({ title, paragraphs }, size) => [...explainLines(title, paragraphs.split("\n"), size.width - 1)].slice(0, size.height),
	});
}

function explainLines(title: string, paragraphs: readonly string[], width: number): readonly Line[] {
	const room = Math.max(10, Math.min(READABLE_COLUMNS, width - 1));
	const body = paragraphs.flatMap((paragraph) => [[], ...wrap(paragraph, room).map((text): Line => line(` ${text}`))]);
	return [[], line(span(` ${title}`, "accent")), ...body];
}
