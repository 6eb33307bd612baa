import type { LogEntry, LogKind } from "../engine/log.ts";
import type { Sheet } from "./form/sheet.ts";
import { type ListView, NEW_LIST } from "./widgets/list.ts";
import { NEW_PAGER, type PagerView } from "./widgets/pager.ts";

/** What the screens remember of their own, one row a screen; each screen changes its own row only. */
export type Views = {
	readonly session: {
		readonly chart: "price" | "equity" | "chs";
		/** Panes that are folded away by `p`. */
		readonly panes: "all" | "chart" | "log";
		/** `anchor`: the entry that the arrows have reached; null follows the newest. An entry and not a place, which would move as new ones come. */
		readonly log: ListView & { readonly kind: LogKind | null; readonly anchor: LogEntry | null };
		/** Which list the arrows move in. */
		readonly list: "log" | "trades";
		readonly bell: boolean;
	};
	readonly trade: PagerView;
	readonly guide: PagerView;
	readonly status: PagerView;
	readonly data: ListView;
	readonly agents: ListView;
	readonly gates: PagerView;
	readonly live: PagerView;
	/** `of`: the session that the rest is about; `tab` counts from 0; `selected`: the row of the trades, newest first. */
	readonly summary: PagerView & { readonly of: string | null; readonly tab: number; readonly selected: number };
	readonly compare: PagerView;
	readonly sessions: ListView & { readonly sort: "newest" | "net" | "chs" | "trades"; readonly marked: string | null };
	/** `sheet` is the form worked out from the choices; null before it was first opened. */
	readonly virtual: { readonly field: number; readonly typed: string | null; readonly cursor: number; readonly sheet: Sheet | null };
	readonly file: ListView;
	readonly help: PagerView;
};

export const NEW_VIEWS: Views = {
	session: { chart: "price", panes: "all", log: { ...NEW_LIST, kind: null, anchor: null }, list: "log", bell: false },
	trade: NEW_PAGER,
	guide: NEW_PAGER,
	status: NEW_PAGER,
	data: NEW_LIST,
	agents: NEW_LIST,
	gates: NEW_PAGER,
	live: NEW_PAGER,
	summary: { ...NEW_PAGER, of: null, tab: 0, selected: 0 },
	compare: NEW_PAGER,
	sessions: { ...NEW_LIST, sort: "newest", marked: null },
	virtual: { field: 0, typed: null, cursor: 0, sheet: null },
	file: NEW_LIST,
	help: NEW_PAGER,
};
