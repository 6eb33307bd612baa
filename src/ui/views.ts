import type { LogEntry, LogKind } from "../engine/log.ts";
import type { Sheet } from "./form/sheet.ts";
import { type ListView, NEW_LIST } from "./widgets/list.ts";
import { NEW_PAGER, type PagerView } from "./widgets/pager.ts";

/** What a form remembers: the row of the cursor, the text being typed (null = none) with its cursor, and the form worked out from the choices (null before it was first opened). */
export type FormView = { readonly field: number; readonly typed: string | null; readonly cursor: number; readonly sheet: Sheet | null };

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
	/** `selected`: which agent and configuration is shown, as the list has them. */
	readonly gates: PagerView & { readonly selected: number };
	readonly demo: FormView;
	/** The form, and the page that is in its place while the gate is closed. */
	readonly live: FormView & PagerView;
	/** `typed`: the address of the bridge while it is being changed. */
	readonly connection: PagerView & { readonly typed: string | null; readonly cursor: number };
	readonly "test-connection": PagerView;
	/** `typed`: the answer as far as it is typed. */
	readonly "stage-start": PagerView & { readonly typed: string; readonly cursor: number };
	/** `of`: the session that the rest is about; `tab` counts from 0; `selected`: the row of the trades, newest first. */
	readonly summary: PagerView & { readonly of: string | null; readonly tab: number; readonly selected: number };
	readonly compare: PagerView;
	readonly sessions: ListView & { readonly sort: "newest" | "net" | "chs" | "trades"; readonly marked: string | null };
	readonly virtual: FormView;
	readonly file: ListView;
	readonly help: PagerView;
};

const NEW_FORM: FormView = { field: 0, typed: null, cursor: 0, sheet: null };

export const NEW_VIEWS: Views = {
	session: { chart: "price", panes: "all", log: { ...NEW_LIST, kind: null, anchor: null }, list: "log", bell: false },
	trade: NEW_PAGER,
	guide: NEW_PAGER,
	status: NEW_PAGER,
	data: NEW_LIST,
	agents: NEW_LIST,
	gates: { ...NEW_PAGER, selected: 0 },
	demo: NEW_FORM,
	live: { ...NEW_PAGER, ...NEW_FORM },
	connection: { ...NEW_PAGER, typed: null, cursor: 0 },
	"test-connection": NEW_PAGER,
	"stage-start": { ...NEW_PAGER, typed: "", cursor: 0 },
	summary: { ...NEW_PAGER, of: null, tab: 0, selected: 0 },
	compare: NEW_PAGER,
	sessions: { ...NEW_LIST, sort: "newest", marked: null },
	virtual: NEW_FORM,
	file: NEW_LIST,
	help: NEW_PAGER,
};
