import type { Rect } from "./pane.ts";
import type { CockpitState, ScreenId } from "./state.ts";

/** The smallest terminal that the cockpit draws on, in cells. */
export const SMALLEST = { columns: 80, rows: 24 } as const;

/** Where the parts of the screen are. */
export type ShellLayout = {
	/** The terminal is smaller than SMALLEST: one line says so, nothing else is drawn. */
	readonly tooSmall: boolean;
	/** Name, badge and clocks. */
	readonly title: Rect;
	readonly status: Rect;
	readonly breadcrumb: Rect;
	/** The one line of a session that runs out of sight, or null. */
	readonly strip: Rect | null;
	/** The menu pane with the rule on its right, or null where it is folded away. */
	readonly menu: Rect | null;
	/** True when the menu has taken the place of the screen's own content, which shows the item's explanation meanwhile. */
	readonly menuOverContent: boolean;
	readonly content: Rect;
	/** One row for passing notices: always kept, so that a notice moves nothing. */
	readonly notice: Rect;
	readonly footer: Rect;
};

/** How the menu pane is shown: on a menu screen, beside a screen's content, opened in place of it, or not at all. */
export type MenuPlace = "screen" | "beside" | "over" | "folded";

const HEADER_ROWS = 3;
/** Notice and footer. */
const FOOT_ROWS = 2;
const MENU_SCREEN_COLUMNS = 50;
/** Narrow, and from MENU_BESIDE_WIDE_FROM on wide enough for `Virtual Trading (Paper Trading)` in one row. */
const MENU_BESIDE_COLUMNS = 32;
const MENU_BESIDE_WIDE_COLUMNS = 39;
const MENU_BESIDE_WIDE_FROM = 120;
/** Below this a screen needs the whole width. */
const MENU_BESIDE_FROM = 100;
/** The session screen has more to show: its menu folds away earlier. */
const MENU_BESIDE_SESSION_FROM = 160;

/** Divides a terminal of `columns` x `rows` cells. Every cell belongs to at most one part. */
export function shellLayout(columns: number, rows: number, shown: { readonly menu: MenuPlace; readonly strip: boolean }): ShellLayout {
	const top = HEADER_ROWS + (shown.strip ? 1 : 0);
	const height = Math.max(1, rows - top - FOOT_ROWS);
	const menuWidth = menuColumns(columns, shown.menu);
	const contentX = menuWidth === 0 ? 0 : menuWidth + 1;
	const row = (y: number): Rect => ({ x: 0, y, width: columns, height: 1 });
	return {
		tooSmall: columns < SMALLEST.columns || rows < SMALLEST.rows,
		title: row(0),
		status: row(1),
		breadcrumb: row(2),
		strip: shown.strip ? row(HEADER_ROWS) : null,
		menu: menuWidth === 0 ? null : { x: 0, y: top, width: menuWidth, height },
		menuOverContent: shown.menu === "over",
		content: { x: contentX, y: top, width: Math.max(1, columns - contentX), height },
		notice: row(rows - 2),
		footer: row(rows - 1),
	};
}

function menuColumns(columns: number, menu: MenuPlace): number {
	if (menu === "folded") return 0;
	const beside = columns >= MENU_BESIDE_WIDE_FROM ? MENU_BESIDE_WIDE_COLUMNS : MENU_BESIDE_COLUMNS;
	return Math.min(menu === "beside" ? beside : MENU_SCREEN_COLUMNS, Math.floor(columns / 2) - 1);
}

/** The layout for what the state shows. Pagers and lists take the room of their page from its `content`. */
export function layoutOf(state: CockpitState): ShellLayout {
	return shellLayout(state.columns, state.rows, { menu: menuPlace(state), strip: showsStrip(state) });
}

/** The screen in front. */
export function frontOf(state: Pick<CockpitState, "path">): ScreenId {
	return state.path.at(-1) ?? "main";
}

const MENU_SCREENS: readonly ScreenId[] = ["main", "live-testing"];

function menuPlace(state: CockpitState): MenuPlace {
	const front = frontOf(state);
	if (MENU_SCREENS.includes(front)) return "screen";
	if (state.columns >= (front === "session" ? MENU_BESIDE_SESSION_FROM : MENU_BESIDE_FROM)) return "beside";
	return state.focus === "menu" ? "over" : "folded";
}

/** True when a session trades, or has ended unseen, and the screen in front does not show it. */
export function showsStrip(state: CockpitState): boolean {
	if (state.live === null || (state.live.end !== null && !state.unread)) return false;
	const inFront = frontOf(state) === "session" && state.source === "live";
	return !inFront || menuPlace(state) === "over";
}
