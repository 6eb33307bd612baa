import { endOfText, fitLine, type Line, line, span } from "../../print/line.ts";
import { wrapped } from "../../print/line-block.ts";
import type { Size } from "../pane.ts";
import type { StageStart } from "../state.ts";

export type QuestionSlice = {
	readonly mode: StageStart["mode"];
	readonly question: StageStart["question"];
	/** True while positions that were found need a choice before anything else. */
	readonly choosing: boolean;
	readonly typed: string;
	readonly cursor: number;
	/** Seconds until something is taken; 0 = now. */
	readonly waitSeconds: number;
};

/** Rows that the question takes at this width: none while nothing is asked. */
export function questionRows(slice: Pick<QuestionSlice, "mode" | "question" | "choosing" | "waitSeconds">, width: number): number {
	return questionLines({ ...slice, typed: "", cursor: 0 }, { width, height: 0 }).length;
}

/** The question in its frame, what is typed so far, and what was wrong before. Always as high for the same question. */
export function questionLines(slice: QuestionSlice, { width }: Size): readonly Line[] {
	const tone = slice.mode === "live" ? "live" : "accent";
	const room = Math.max(10, width - 4);
	const body = slice.choosing ? choiceLines(room) : slice.question === null ? null : askLines(slice, slice.question, room);
	if (body === null) return [];
	return [
		[span(`╭${"─".repeat(Math.max(0, width - 2))}╮`, tone)],
		...body.map((row): Line => [span("│", tone), span(" "), ...fitLine(row, room), span(" "), span("│", tone)]),
		[span(`╰${"─".repeat(Math.max(0, width - 2))}╯`, tone)],
	];
}

function choiceLines(width: number): Line[] {
	return [
		...wrapped("What becomes of the positions that are there?", width, "strong"),
		line(span("r", "key"), " resume: take them over, with their stops"),
		line(span("c", "key"), " close: close them as soon as the session begins"),
		line(span("s", "key"), " stop: do not start; nothing is touched"),
	];
}

function askLines({ typed, cursor, waitSeconds, mode }: QuestionSlice, question: NonNullable<StageStart["question"]>, width: number): Line[] {
	const { text, expects, triesLeft, wrong } = question;
	const tries = triesLeft === 1 ? "1 try left" : `${triesLeft} tries left`;
	return [
		...wrapped(text, width, mode === "live" ? "warn" : "strong"),
		...wrapped(`Type ${expects}, then Enter. ${tries}; three wrong answers lock for a minute. Esc gives up: nothing was sent.`, width, "faint"),
		waitSeconds > 0
			? line(span("⏸ ", "warn"), span(`Wait ${waitSeconds} s: nothing is taken before.`, "warn"))
			: line(span("> ", "key"), ...typedSpans(typed, cursor, width - 3)),
		...wrapped(wrong === "" ? " " : `✗ ${wrong}`, width, "bad"),
	];
}

/** What is typed, seen where it grows. */
function typedSpans(text: string, cursor: number, width: number): Line {
	const characters = Array.from(text);
	const before = endOfText(characters.slice(0, cursor).join(""), Math.max(1, width - 1));
	return [span(before, "strong"), span("█", "accent"), span(characters.slice(cursor).join(""), "strong")];
}
