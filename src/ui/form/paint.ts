import { cellWidth, clipLine, endOfText, fitText, type Line, line, type Span, span } from "../../print/line.ts";
import { wrap } from "../../print/text.ts";
import type { Size } from "../pane.ts";
import type { Sheet, SheetRow } from "./sheet.ts";

/** What the form shows. */
export type FormSlice = {
	readonly sheet: Sheet | null;
	readonly field: number;
	readonly typed: string | null;
	readonly cursor: number;
	/** Why the session cannot start now, or null. */
	readonly blocked: string | null;
	readonly focused: boolean;
	/** The words of Start, and what Enter does there. */
	readonly startText: string;
	readonly startHelp: string;
};

const LABEL_COLUMNS = 15;
const VALUE_COLUMNS = 24;

/** The fields, Start, and what there is to know about the one with the cursor. */
export function formLines(slice: FormSlice, size: Size): readonly Line[] {
	const { sheet } = slice;
	if (sheet === null) return [line(span("  The form is being worked out.", "faint"))];
	const fields = sheet.rows.map((row, index) => fieldLine(row, index === slice.field, slice, size.width));
	return [...fields, startLine(slice, sheet), [], ...explanation(slice, sheet, size.width)].slice(0, size.height);
}

/** What the choices mean and the command line that does the same, in a height that may be small. */
export function planLines(sheet: Sheet, size: Size): readonly Line[] {
	const command = wrapped(sheet.command, size.width, "accent");
	const said = sheet.summary.length > 0 ? sheet.summary : ["No session, until what ✗ marks is mended."];
	const sentences = said.map((sentence) => wrapped(sentence, size.width, "plain"));
	const titled = [line(span(" What will happen", "strong")), ...sentences.flat(), [], line(span(" The same from the command line", "strong")), ...command];
	if (titled.length <= size.height) return titled;
	// The command line first where not everything fits: it says all that was chosen. Then as many whole sentences as there is room for.
	const rows = [...command];
	for (const sentence of sentences) {
		if (rows.length + sentence.length > size.height) break;
		rows.push(...sentence);
	}
	return rows.slice(0, size.height);
}

/** Rows that the fields, Start, and an explanation of usual length take. */
export function formRows(sheet: Sheet | null): number {
	return (sheet?.rows.length ?? 11) + 5;
}

function fieldLine(row: SheetRow, current: boolean, slice: FormSlice, width: number): Line {
	const isTyped = current && slice.typed !== null;
	const cursorTone = slice.focused ? "selected" : "strong";
	// Of a path the end says more than the beginning.
	const told = row.kind === "open-words" ? endOfText(row.value, VALUE_COLUMNS - 6) : row.value;
	const shown = current && (row.kind === "words" || row.kind === "open-words" || row.kind === "file") ? `< ${told} >` : told;
	const value: readonly Span[] = isTyped
		? typedSpans(slice.typed ?? "", slice.cursor)
		: [span(fitText(` ${shown} `, VALUE_COLUMNS), current ? cursorTone : row.chosen ? "accent" : "plain")];
	const hint = row.problem === null ? span(row.allowed, "faint") : span(`✗ ${row.problem}`, "bad");
	const mark = current ? span("❯ ", "accent") : span("  ");
	const label = span(fitText(row.label, LABEL_COLUMNS), current ? "strong" : "plain");
	return clipLine([mark, label, span(row.chosen ? "●" : " ", "accent"), ...value, span("  "), hint], width);
}

/** The text being typed in its columns, with the cursor; the end of a text that is too long is what is seen. */
function typedSpans(text: string, cursor: number): readonly Span[] {
	const characters = Array.from(text);
	const before = endOfText(characters.slice(0, cursor).join(""), VALUE_COLUMNS - 3);
	const after = fitText(characters.slice(cursor).join(""), VALUE_COLUMNS - 2 - cellWidth(before));
	return [span(` ${before}`, "strong"), span("█", "accent"), span(after, "strong")];
}

function startLine(slice: FormSlice, sheet: Sheet): Line {
	const current = slice.field >= sheet.rows.length;
	const text = ` ${slice.startText} `;
	if (slice.blocked !== null) return line(span(current ? "❯ " : "  ", "accent"), span(text, "faint"), span("✗ cannot start", "warn"));
	return line(span(current ? "❯ " : "  ", "accent"), span(text, current && slice.focused ? "selected" : "strong"), span(current ? "  Enter" : "", "key"));
}

function explanation(slice: FormSlice, sheet: Sheet, width: number): readonly Line[] {
	const row = sheet.rows[slice.field];
	const blocked = slice.blocked === null ? [] : wrapped(`✗ ${slice.blocked}`, width, "bad");
	if (row === undefined) {
		return blocked.length > 0
			? blocked
			: wrapped(`${slice.startHelp} Arrows go to the fields and through their values; what ● marks was chosen by you.`, width, "faint");
	}
	const allowed = row.kind === "file" ? ` ${row.allowed}` : row.allowed === "" ? "" : ` Allowed: ${row.allowed}.`;
	const about = wrapped(`${row.label}: ${row.line}.${allowed}`, width, "faint");
	return row.problem === null ? about : [...wrapped(`✗ ${row.problem}`, width, "bad"), ...about];
}

function wrapped(text: string, width: number, tone: Span["tone"]): readonly Line[] {
	return wrap(text, Math.max(10, width - 2)).map((part) => line(span(` ${part}`, tone)));
}
