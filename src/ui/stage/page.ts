import { checkLines } from "../../print/check-lines.ts";
import { type Line, span } from "../../print/line.ts";
import { bullet, titled, wrapped } from "../../print/line-block.ts";
import type { StageStart } from "../state.ts";

const WIDEST = 110;

/** Everything above the question: what is about to be traded, whether it counts, what was found, and the checks. Newest needs first. */
export function stageLines(start: StageStart | null, width: number): readonly Line[] {
	if (start === null) return [[], ...wrapped("No session is about to start. The forms of Demo Account Testing and Live Trading lead here.", width)];
	const room = Math.min(WIDEST, width);
	return [
		...headLines(start, room),
		...factLines(start, room),
		...rehearsalLines(start, room),
		...foundLines(start, room),
		...(start.checks.length === 0 ? [] : [[], ...titled("Checks", checkLines(start.checks, room - 2), room)]),
		...(start.phase === "checking" ? [[span("… ", "accent"), span("checking; nothing is sent", "faint")]] : []),
	];
}

function headLines({ mode, sandbox, phase, refusal }: StageStart, width: number): Line[] {
	const what = mode === "demo" ? "A DEMO session: real orders on a demo account" : "A LIVE session: real orders, YOUR MONEY";
	return [
		[],
		...wrapped(` ${what} `, width, mode),
		...(sandbox ? wrapped(" SANDBOX: a stand-in terminal with an invented market. No broker, no money. ", width, "selected") : []),
		...(phase === "refused"
			? [
					[],
					...wrapped(`✗ It cannot start. ${refusal}`, width, "bad"),
					...wrapped("Nothing was sent. r checks again, Esc goes back to the form.", width, "faint"),
				]
			: []),
		...(phase === "starting"
			? [[], ...wrapped("Starting ... The account, the gate and the positions are looked at once more before the first order.", width, "accent")]
			: []),
	];
}

function factLines({ facts }: StageStart, width: number): Line[] {
	return facts.length === 0
		? []
		: [
				[],
				...titled(
					"What will be traded",
					facts.flatMap((fact) => bullet(fact, width - 2)),
					width,
				),
			];
}

function rehearsalLines({ rehearsal, facts }: StageStart, width: number): Line[] {
	// Before the gate was judged there is nothing to say of it.
	if (rehearsal === null) return facts.length === 0 ? [] : [[], ...wrapped("✓ It counts as evidence.", width, "good")];
	return [
		[],
		...wrapped("⚠ REHEARSAL: it may run, and never counts as evidence. What is missing:", width, "warn"),
		...rehearsal.flatMap((one) => bullet(one, width - 2).map((row): Line => [span("  "), ...row])),
	];
}

function foundLines({ found, foundChoice }: StageStart, width: number): Line[] {
	if (found.length === 0) return [];
	const chosen =
		foundChoice === "resume"
			? "They are taken over."
			: foundChoice === "close"
				? "They are closed as soon as the session begins."
				: "What becomes of them is asked first.";
	return [
		[],
		...wrapped(`⚠ Positions of this agent are on the account already. ${chosen}`, width, "warn"),
		...found.flatMap((one) => bullet(one, width - 2).map((row): Line => [span("  "), ...row])),
	];
}
