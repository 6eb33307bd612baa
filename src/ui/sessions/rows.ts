import { figure, signedPlain, UNKNOWN } from "../../print/figures.ts";
import type { Tone } from "../../print/line.ts";
import { span } from "../../print/line.ts";
import { formatTime } from "../../print/text.ts";
import type { CockpitState, SessionRow } from "../state.ts";
import type { Views } from "../views.ts";
import { type Column, fitColumns } from "../widgets/columns.ts";
import { matches } from "../widgets/list.ts";

type Sort = Views["sessions"]["sort"];

/** What the list is made of. */
export type SessionsSlice = { readonly sessions: CockpitState["sessions"]; readonly view: Views["sessions"] };

/** The orders of the list, in the order in which `o` goes through them. */
export const SORTS: readonly Sort[] = ["newest", "net", "chs", "trades"];

/** The rows that are shown: filtered by every word, sorted; what has no value comes last. */
export function shownSessions({ sessions, view }: SessionsSlice): readonly SessionRow[] {
	if (sessions.state !== "ready") return [];
	const before = worked.get(view);
	if (before?.of === sessions.value) return before.rows;
	const kept = view.filter.trim() === "" ? sessions.value : sessions.value.filter((row) => matches(textOf(row), view.filter));
	const rows = [...kept].sort((a, b) => descending(keyOf(a, view.sort), keyOf(b, view.sort)) || (a.id < b.id ? 1 : -1));
	worked.set(view, { of: sessions.value, rows });
	return rows;
}

/** What a view has come to: painter, footer and keys ask for the same thousand rows again and again. */
const worked = new WeakMap<SessionsSlice["view"], { readonly of: readonly SessionRow[]; readonly rows: readonly SessionRow[] }>();

function keyOf(row: SessionRow, sort: Sort): number | null {
	switch (sort) {
		case "newest":
			return 0;
		case "net":
			return row.netProfit;
		case "chs":
			return row.chs;
		case "trades":
			return row.trades;
	}
}

function descending(a: number | null, b: number | null): number {
	const [left, right] = [a ?? Number.NEGATIVE_INFINITY, b ?? Number.NEGATIVE_INFINITY];
	return left === right ? 0 : right - left;
}

/** What the filter looks at. */
function textOf(row: SessionRow): string {
	return [row.id, whenOf(row), row.symbol, row.agent, row.agentBuild, row.scenario, row.ended, row.mode, evidenceOf(row)]
		.filter((text) => text !== null)
		.join(" ");
}

/** When it was started, wall clock in UTC: `2026-01-31 09:30`. */
export function whenOf(row: SessionRow): string {
	return row.startedWallMs === null ? UNKNOWN : formatTime(row.startedWallMs);
}

function evidenceOf(row: SessionRow): string {
	return row.evidence === null ? UNKNOWN : row.evidence ? "evidence" : "no";
}

/** What is wrong with a session that has no summary, and what can be done with it; null for a finished one. */
export function troubleOf(row: SessionRow): { readonly why: string; readonly advice: string } | null {
	switch (row.ended) {
		case "running":
			return { why: "This session is still running: its summary is written when it ends.", advice: "w shows the one that runs here." };
		case "not finished":
			return {
				why: "This session has no summary: its process was ended before it could write one.",
				advice: "Its journal is kept: v checks it, R plays it again, e exports it.",
			};
		case "damaged":
			return {
				why: "The summary of this session is damaged or cannot be read.",
				advice: "v checks the journal, which is what counts; restore summary.json from a copy.",
			};
		default:
			return null;
	}
}

const ENDED: Readonly<Record<string, { readonly text: string; readonly tone: Tone }>> = {
	running: { text: "● running", tone: "accent" },
	"not finished": { text: "⚠ unfinished", tone: "warn" },
	damaged: { text: "✗ damaged", tone: "bad" },
	breaker: { text: "■ breaker", tone: "bad" },
	"loss-limit": { text: "■ loss-limit", tone: "bad" },
	kill: { text: "■ kill", tone: "bad" },
	halt: { text: "■ halt", tone: "bad" },
	bug: { text: "✗ bug", tone: "bad" },
	"data-failure": { text: "✗ data", tone: "bad" },
	"journal-failure": { text: "✗ journal", tone: "bad" },
	interrupt: { text: "⚠ interrupt", tone: "warn" },
};

const COLUMNS: readonly Column<SessionRow>[] = [
	{ title: "id", width: 6, align: "left", rank: 0, cell: (row) => span(row.id.slice(-6), "faint") },
	{ title: "started", width: 11, align: "left", rank: 2, cell: (row) => span(row.startedWallMs === null ? UNKNOWN : whenOf(row).slice(5)) },
	{ title: "symbol", width: 7, align: "left", rank: 0, cell: (row) => span(row.symbol ?? UNKNOWN) },
	{ title: "agent", width: 11, align: "left", rank: 0, grows: true, cell: (row) => span(row.agentBuild ?? row.agent ?? UNKNOWN) },
	{ title: "scenario", width: 8, align: "left", rank: 4, cell: (row) => span(row.scenario ?? (row.symbol === null ? UNKNOWN : "file")) },
	{ title: "ended", width: 12, align: "left", rank: 0, cell: endedSpan },
	{ title: "trades", width: 6, align: "right", rank: 1, cell: (row) => span(row.trades === null ? UNKNOWN : figure(row.trades)) },
	{
		title: "net",
		width: 9,
		align: "right",
		rank: 0,
		cell: (row) => span(row.netProfit === null ? UNKNOWN : signedPlain(row.netProfit), (row.netProfit ?? 0) < 0 ? "bad" : "plain"),
	},
	{ title: "", width: 3, align: "left", rank: 5, cell: (row) => span(row.currency ?? "", "faint") },
	{ title: "CHS", width: 6, align: "right", rank: 0, cell: (row) => span(row.chs === null ? UNKNOWN : figure(row.chs)) },
	{
		title: "counts",
		width: 6,
		align: "left",
		rank: 3,
		cell: (row) => (row.evidence === null ? span(UNKNOWN) : row.evidence ? span("✓ yes", "good") : span("no", "faint")),
	},
];

function endedSpan(row: SessionRow): { readonly text: string; readonly tone: Tone } {
	return (Object.hasOwn(ENDED, row.ended) ? ENDED[row.ended] : undefined) ?? span(row.ended);
}

/** The columns that fit into `width`. */
export function sessionColumns(width: number): readonly Column<SessionRow>[] {
	return fitColumns(COLUMNS, width);
}
