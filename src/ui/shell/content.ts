import { layoutOf } from "../layout.ts";
import { type Pane, pane } from "../pane.ts";
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
		select: () => ({ text: `Kinetra needs 80x24, this terminal is ${columns}x${rows}. K kills, q quits.` }),
		paint: ({ text }) => [[{ text, tone: "strong" }]],
	});
}

/** What came of a request, for a few seconds. */
export function noticePane(rect: Pane["rect"]): Pane {
	return pane<{ notice: CockpitState["notice"] }>({
		id: "notice",
		rect,
		select: ({ notice }) => ({ notice }),
		paint: ({ notice }) => (notice === null ? [] : [[{ text: ` ${NOTICE_MARKS[notice.tone]} ${notice.text}`, tone: notice.tone }]]),
	});
}

const NOTICE_MARKS = { good: "✓", warn: "⚠", bad: "✗" } as const;
