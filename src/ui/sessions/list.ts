import { clipLine, clipText, type Line, line, span, textOf } from "../../print/line.ts";
import { formatCount } from "../../print/text.ts";
import type { Size } from "../pane.ts";
import type { SessionRow } from "../state.ts";
import { rowLine, titleLine } from "../widgets/columns.ts";
import { windowStart } from "../widgets/list.ts";
import { type SessionsSlice, sessionColumns, shownSessions, troubleOf, whenOf } from "./rows.ts";

/** Rows that are no sessions: the line above, the titles, and the two about the selected one. */
const FRAME_ROWS = 4;
/** The mark of the selected and of the marked row. */
const MARGIN = 4;

/** Sessions that one page shows. */
export function sessionsPage(height: number): number {
	return Math.max(1, height - FRAME_ROWS);
}

/** The list with its selected row, and below what that one is and what can be done with it. */
export function paintSessions(slice: SessionsSlice, size: Size): readonly Line[] {
	if (slice.sessions.state !== "ready") return [];
	const { view, sessions } = slice;
	const rows = shownSessions(slice);
	const columns = sessionColumns(size.width - MARGIN - 1);
	const at = Math.max(0, Math.min(view.selected, rows.length - 1));
	const height = sessionsPage(size.height);
	const from = windowStart(at, rows.length, height);
	const shown = rows.slice(from, from + height).map((row, index) => {
		const marked = row.id === view.marked ? span("x ", "warn") : span("  ");
		const cells = rowLine(columns, row);
		return from + index === at ? line(span(" ❯", "accent"), marked, span(textOf(cells), "selected")) : line("  ", marked, ...cells);
	});
	while (shown.length < height) shown.push([]);
	const selected = rows[at];
	return [
		topLine(slice, rows.length, sessions.value.length, at, size.width),
		[span(" ".repeat(MARGIN)), ...titleLine(columns)],
		...(rows.length === 0 ? noneFound(sessions.value.length, view.filter, height) : shown),
		...(selected === undefined ? [] : detailLines(selected, view.marked, size.width)),
	];
}

function topLine({ view }: SessionsSlice, found: number, all: number, at: number, width: number): Line {
	const { filter, typing, sort } = view;
	if (typing) return clipLine(line(span(" / ", "key"), span(filter, "strong"), span("█", "accent"), span("  Enter keeps it, Esc clears it", "faint")), width);
	const place = found === 0 ? "none" : `${formatCount(at + 1)} of ${formatCount(found)}`;
	const filtered = filter === "" ? "" : `  filter "${filter}" (of ${formatCount(all)}; / and Esc clears it)`;
	return clipLine(line(span(` ${place}, ${sort === "newest" ? "newest first" : `by ${SORT_WORDS[sort]}`}`, "strong"), span(filtered, "warn")), width);
}

const SORT_WORDS = { net: "net result", chs: "CHS", trades: "number of trades" } as const;

function noneFound(all: number, filter: string, height: number): readonly Line[] {
	const said: readonly Line[] =
		all === 0
			? [[], [span("    No session yet.", "strong")], [span("    Live Testing > Virtual Trading starts one: 0 for the main menu, then 4, 1, Enter.")]]
			: [[], [span(`    No session has "${filter}". / changes the filter.`)]];
	return Array.from({ length: height }, (_, index) => said[index] ?? []);
}

function detailLines(row: SessionRow, marked: string | null, width: number): readonly Line[] {
	const trouble = troubleOf(row);
	const about = ` ${row.id}  ${whenOf(row)} UTC  ${row.mode ?? ""}  ${row.agentBuild ?? row.agent ?? ""}`;
	const first = trouble === null ? [span(about, "faint")] : [span(` ${trouble.why}`, "warn")];
	const second =
		marked === null
			? (trouble?.advice ?? "Enter opens it, x marks it for a comparison.")
			: marked === row.id
				? "Marked: choose another one and press C to compare, x to unmark."
				: `C compares it with ${marked.slice(-6)}.`;
	return [clipLine(first, width), [span(clipText(` ${second}`, width), "faint")]];
}
