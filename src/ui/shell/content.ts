import { clipText } from "../../print/line.ts";
import { wrap } from "../../print/text.ts";
import { layoutOf } from "../layout.ts";
import { type Pane, pane, type Rect } from "../pane.ts";
import type { Screen } from "../screen.ts";
import { explainPane } from "../screens/explain.ts";
import type { CockpitState } from "../state.ts";
import { highlightedItem, menuOf } from "./menus.ts";

/** The panes of the content area: the screen's own, or the explanation of the highlighted item while a menu has that place. */
export function contentPanes(state: CockpitState, screen: Screen): readonly Pane[] {
	const { content, menuOverContent } = layoutOf(state);
	if (screen.menu === null && !menuOverContent) return screen.panes(state, content);
	return [
		explainPane("explain", content, (now) => {
			const item = highlightedItem(menuOf(now));
			return { title: item?.label ?? "", mark: item?.mark?.(now) ?? null, paragraphs: item?.explain(now) ?? [] };
		}),
	];
}

/** The line that says that the terminal is too small; keys work all the same, above all K. */
export function tooSmallPane(columns: number, rows: number): Pane {
	return pane<{ text: string }>({
		id: "too-small",
		rect: { x: 0, y: 0, width: columns, height: 1 },
		select: () => ({ text: smallText(columns, rows) }),
		paint: ({ text }, { width }) => [[{ text: clipText(text, width), tone: "strong" }]],
	});
}

/** The most that fits: the way out stays the longest. */
function smallText(columns: number, rows: number): string {
	const keys = "K kills, q quits.";
	const texts = [
		`Kinetra needs 80x24, this terminal is ${columns}x${rows}. ${keys}`,
		`Kinetra needs 80x24, not ${columns}x${rows}. ${keys}`,
		`Kinetra needs 80x24. ${keys}`,
	];
	return texts.find((text) => text.length <= columns) ?? "Kinetra needs 80x24";
}

const NOTICE_ROWS_MAX = 6;
const NOTICE_MARKS = { good: "✓", warn: "⚠", bad: "✗" } as const;

/** Rows that a notice takes: one, more for a message that says what to do, which stands over the content then. */
export function noticeRows({ notice, columns }: Pick<CockpitState, "notice" | "columns">): number {
	return notice === null ? 1 : Math.min(NOTICE_ROWS_MAX, wrap(notice.text, columns - 4).length);
}

/** What came of a request, for a few seconds; it grows upwards from the row that is kept for it. */
export function noticePane(kept: Rect, rows: number): Pane {
	return pane<{ notice: CockpitState["notice"] }>({
		id: "notice",
		rect: { ...kept, y: kept.y - (rows - 1), height: rows },
		select: ({ notice }) => ({ notice }),
		paint: ({ notice }, { width, height }) =>
			notice === null
				? []
				: wrap(notice.text, width - 4)
						.slice(0, height)
						.map((text, row) => [{ text: ` ${row === 0 ? NOTICE_MARKS[notice.tone] : " "} ${text}`, tone: notice.tone }]),
	});
}
