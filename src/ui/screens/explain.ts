import { type Line, line, span } from "../../print/line.ts";
import { wrap } from "../../print/text.ts";
import { type Pane, pane, type Rect } from "../pane.ts";
import type { CockpitState } from "../state.ts";

/** Wider lines are hard to read. */
const READABLE_COLUMNS = 76;

/** A text with its title, and a mark below it (`not available yet`) or null. */
export type Explained = { readonly title: string; readonly mark: string | null; readonly paragraphs: readonly string[] };

/** A titled text for a content area: paragraphs, wrapped, with a blank row between them. */
export function explainPane(id: string, rect: Rect, text: (state: CockpitState) => Explained): Pane {
	return pane<{ title: string; mark: string | null; paragraphs: string }>({
		id,
		rect,
		select(state) {
			const { title, mark, paragraphs } = text(state);
			return { title, mark, paragraphs: paragraphs.join("\n") };
		},
		paint: ({ title, mark, paragraphs }, size) => explainLines({ title, mark, paragraphs: paragraphs.split("\n") }, size.width - 1).slice(0, size.height),
	});
}

function explainLines({ title, mark, paragraphs }: Explained, width: number): readonly Line[] {
	const room = Math.max(10, Math.min(READABLE_COLUMNS, width - 1));
	const body = paragraphs.flatMap((paragraph) => [[], ...wrap(paragraph, room).map((text): Line => line(` ${text}`))]);
	const head = wrap(title, room).map((text): Line => line(span(` ${text}`, "accent")));
	return [[], ...head, ...(mark === null ? [] : [line(span(` ${mark}`, "warn"))]), ...body];
}
