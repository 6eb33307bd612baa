import { GUIDE } from "../../guide.ts";
import { clipLine, fitLine, type Line, span } from "../../print/line.ts";
import { layMarkdown, type PageHeading } from "../../print/markdown.ts";
import type { Binding, Context } from "../key.ts";
import { layoutOf } from "../layout.ts";
import { type Pane, pane, type Rect } from "../pane.ts";
import type { Screen } from "../screen.ts";
import { setView } from "../store.ts";
import { captureSearch, type PagerHandle, type PagerView, pagerBindings, paintPager } from "../widgets/pager.ts";

/** Longer lines are hard to read. */
const WIDEST_TEXT = 100;
/** Columns of the contents beside the text, where there is room for both. */
const CONTENTS_COLUMNS = 30;
const GAP = 3;
/** Sections that a digit can reach; `0` goes back. */
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;

/** The guide laid out for a width, with its contents put in before the first section. */
type Laid = { readonly width: number; readonly lines: readonly Line[]; readonly sections: readonly PageHeading[] };

/** Live Testing > View Live Testing Guide. */
export const guideScreen: Screen = createGuideScreen(GUIDE);

/** A screen that shows a Markdown text: scrolling, search, and its second-level headings as sections that digits jump to. */
export function createGuideScreen(text: string): Screen {
	let laid: Laid | null = null;
	/** Laying out takes milliseconds and the width seldom changes: the last one is kept. */
	function at(width: number): Laid {
		if (laid?.width !== width) laid = layOut(text, width);
		return laid;
	}
	const here = (context: Context): Laid => at(rectsIn(layoutOf(context.store.getState()).content).text.width);
	const pager: PagerHandle = {
		get: ({ store }) => store.getState().views.guide,
		set: ({ store }, change) => setView(store, "guide", change),
		lines: (context) => here(context).lines,
		height: (context) => layoutOf(context.store.getState()).content.height,
	};
	return {
		id: "guide",
		title: () => "Live Testing Guide",
		menu: null,
		panes: (_, content) => panes(content, at),
		bindings: [...pagerBindings(pager), ...sectionBindings(pager, (context) => here(context).sections)],
		capture: (context, key) => captureSearch(pager, context, key),
	};
}

function layOut(text: string, width: number): Laid {
	const { lines, headings } = layMarkdown(text, width);
	const found = headings.filter(({ depth }) => depth === 2);
	const first = found[0]?.row ?? lines.length;
	const contents = [...found.map((section, index) => contentsLine(section, index, false, width)), []];
	const sections = found.map((section) => ({ ...section, row: section.row + contents.length }));
	return { width, lines: [...lines.slice(0, first), ...contents, ...lines.slice(first)], sections };
}

/** A row of the contents: the digit that leads there, and the name of the section; `❯` says where one is. */
function contentsLine(section: PageHeading, index: number, current: boolean, width: number): Line {
	const name = section.text.replace(/^\d+\. /, "");
	return clipLine([span(current ? "❯ " : "  ", "accent"), span(DIGITS[index] ?? " ", "key"), span(`  ${name}`, current ? "strong" : "plain")], width);
}

/** Where the text goes and, in a wide terminal, the contents. */
function rectsIn(content: Rect): { readonly text: Rect; readonly contents: Rect | null } {
	const room = Math.max(1, content.width - 2);
	const width = Math.min(WIDEST_TEXT, room);
	const text = { x: content.x + Math.min(1, content.width - 1), y: content.y, width, height: content.height };
	const beside = room >= WIDEST_TEXT + GAP + CONTENTS_COLUMNS;
	return { text, contents: beside ? { ...text, x: text.x + WIDEST_TEXT + GAP, width: CONTENTS_COLUMNS } : null };
}

function panes(content: Rect, at: (width: number) => Laid): readonly Pane[] {
	const { text, contents } = rectsIn(content);
	const laid = at(text.width);
	const reading = pane<PagerView>({
		id: "guide",
		rect: text,
		select: (state) => state.views.guide,
		paint: (view, size) => withPlace(paintPager(laid.lines, view, size), laid.sections, view, size.width),
	});
	if (contents === null) return [reading];
	const beside = pane<PagerView>({
		id: "guide-contents",
		rect: contents,
		select: (state) => state.views.guide,
		paint: (view, { width }) => [
			[span("Contents", "accent")],
			[],
			...laid.sections.map((section, index) => contentsLine(section, index, index === sectionAt(laid.sections, view.top), width)),
		],
	});
	return [reading, beside];
}

/** The pager's rows; the last one also names the section, because its heading may have been scrolled away. */
function withPlace(rows: readonly Line[], sections: readonly PageHeading[], view: PagerView, width: number): readonly Line[] {
	const section = sections[sectionAt(sections, view.top)];
	const foot = rows.at(-1) ?? [];
	return section === undefined || view.typing ? rows : [...rows.slice(0, -1), fitLine([...foot, span(`  ${section.text}`, "faint")], width)];
}

/** Index of the section that is read when `top` is the first row, which may be the blank one above a heading; -1 before the first section. */
function sectionAt(sections: readonly PageHeading[], top: number): number {
	return sections.findLastIndex(({ row }) => row <= top + 1);
}

function sectionBindings(pager: PagerHandle, sections: (context: Context) => readonly PageHeading[]): readonly Binding[] {
	function jump(context: Context, index: number): void {
		const all = sections(context);
		const row = index < 0 ? 0 : all[Math.min(index, all.length - 1)]?.row;
		if (row !== undefined) pager.set(context, { top: row });
	}
	const now = (context: Context): number => sectionAt(sections(context), pager.get(context).top);
	return [
		{ keys: DIGITS, shown: "1-9", label: "section", help: "To a section of the guide", run: (context, key) => jump(context, Number(key) - 1) },
		{ keys: ["t"], label: "contents", help: "To the table of contents", run: (context) => jump(context, -1) },
		{ keys: ["right", "]"], label: "", help: "To the next section", run: (context) => jump(context, now(context) + 1) },
		{ keys: ["left", "["], label: "", help: "To the section before", run: (context) => jump(context, now(context) - 1) },
	];
}
