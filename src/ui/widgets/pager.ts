import { cellWidth, clipLine, fitLine, type Line, span, textOf } from "../../print/line.ts";
import type { Binding, Context, Key } from "../key.ts";
import type { Size } from "../pane.ts";
import { editText } from "./text-field.ts";

/** What a long text remembers: the first row shown, what is searched for, and whether that is being typed. */
export type PagerView = { readonly top: number; readonly query: string; readonly typing: boolean };

export const NEW_PAGER: PagerView = { top: 0, query: "", typing: false };

/** How a pager is reached. `lines` are those of the text at its present width. */
export type PagerHandle = {
	readonly get: (context: Context) => PagerView;
	readonly set: (context: Context, change: Partial<PagerView>) => void;
	readonly lines: (context: Context) => readonly Line[];
	readonly height: (context: Context) => number;
};

/** The visible part of a text, with the rows that match the query marked and a last row that says where one is. */
export function paintPager(lines: readonly Line[], view: PagerView, size: Size): readonly Line[] {
	const height = Math.max(1, size.height - 1);
	const top = Math.max(0, Math.min(view.top, lines.length - height));
	const query = view.query.toLowerCase();
	const shown = lines.slice(top, top + height).map((row) => (query !== "" && textOf(row).toLowerCase().includes(query) ? marked(row, query) : row));
	while (shown.length < height) shown.push([]);
	return [...shown, foot(lines, view, top, height, size.width)];
}

function foot(lines: readonly Line[], view: PagerView, top: number, height: number, width: number): Line {
	if (view.typing) return fitLine([span("/", "key"), span(view.query, "strong"), span("█", "accent"), span("  Enter finds, Esc ends", "faint")], width);
	const place = lines.length <= height ? "all shown" : `${top + 1}-${Math.min(lines.length, top + height)} of ${lines.length}`;
	return view.query === "" ? [span(place, "faint")] : clipLine([span(`${place}  `, "faint"), ...foundText(lines, view.query)], width);
}

/** How many rows have what was searched for, and how to go on. */
function foundText(lines: readonly Line[], query: string): Line {
	const rows = lines.filter((row) => textOf(row).toLowerCase().includes(query.toLowerCase())).length;
	if (rows === 0) return [span(`"${query}" is not in this text; / searches for something else, Esc ends the search`, "warn")];
	return [span(`"${query}" in ${rows} row${rows === 1 ? "" : "s"}, n next, Esc ends the search`, "faint")];
}

/** The row with what was searched for marked. */
function marked(row: Line, query: string): Line {
	const text = textOf(row);
	const at = text.toLowerCase().indexOf(query);
	let seen = 0;
	return row.flatMap((part) => {
		const from = Math.max(0, at - seen);
		const to = Math.min(part.text.length, at + query.length - seen);
		seen += part.text.length;
		if (to <= from) return [part];
		return [span(part.text.slice(0, from), part.tone), span(part.text.slice(from, to), "selected"), span(part.text.slice(to), part.tone)].filter(
			(piece) => cellWidth(piece.text) > 0,
		);
	});
}

/** The keys that every long text has: scrolling, and `/` to search, `n` for the next place. */
export function pagerBindings(pager: PagerHandle): readonly Binding[] {
	const scroll = (by: (height: number) => number) => (context: Context) => {
		const height = Math.max(1, pager.height(context) - 1);
		const last = Math.max(0, pager.lines(context).length - height);
		pager.set(context, { top: Math.max(0, Math.min(last, Math.min(pager.get(context).top, last) + by(height))) });
	};
	return [
		{ keys: ["up", "k"], shown: "↑↓", label: "scroll", help: "Scroll (also j and k)", run: scroll(() => -1) },
		{ keys: ["down", "j"], label: "", help: "A row down", run: scroll(() => 1) },
		{ keys: ["pageup"], label: "", help: "A page up", run: scroll((height) => -height) },
		{ keys: ["pagedown", "space"], label: "", help: "A page down", run: scroll((height) => height) },
		{ keys: ["home", "g"], label: "", help: "To the beginning", run: scroll(() => Number.NEGATIVE_INFINITY) },
		{ keys: ["end", "G"], label: "", help: "To the end", run: scroll(() => Number.POSITIVE_INFINITY) },
		{ keys: ["/"], label: "search", help: "Search in this text", run: (context) => pager.set(context, { typing: true, query: "" }) },
		{ keys: ["n"], label: "", help: "To the next place that was searched for", run: (context) => findNext(pager, context, pager.get(context).top + 1) },
	];
}

function findNext(pager: PagerHandle, context: Context, from: number): void {
	const query = pager.get(context).query.toLowerCase();
	const lines = pager.lines(context);
	if (query === "") return;
	for (let step = 0; step < lines.length; step++) {
		const index = (from + step) % lines.length;
		if (
			!textOf(lines[index] ?? [])
				.toLowerCase()
				.includes(query)
		)
			continue;
		pager.set(context, { top: index });
		return;
	}
}

/** Takes the keys of a search that is being typed: every key moves to the first match; Escape ends it, then or later. True = dealt with. */
export function captureSearch(pager: PagerHandle, context: Context, key: Key): boolean {
	const view = pager.get(context);
	if (!view.typing) {
		// What is open closes first: the search, then the screen.
		if (key !== "escape" || view.query === "") return false;
		pager.set(context, { query: "" });
		return true;
	}
	if (key === "enter") pager.set(context, { typing: false });
	else if (key === "escape") pager.set(context, { typing: false, query: "" });
	else {
		const field = editText({ text: view.query, cursor: Array.from(view.query).length }, key, 60);
		if (field !== null) {
			pager.set(context, { query: field.text });
			findNext(pager, context, view.top);
		}
	}
	return true;
}
