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

/** Columns of a fact's name (`Account    `); what has none stands alone. */
const NAME_COLUMNS = 11;

/** Names in a column, no blank row and nothing that the head has said: also on a small screen the largest loss must stand above the question. */
function factLines({ facts }: StageStart, width: number): Line[] {
	const told = facts.filter((fact) => !/^(DEMO|LIVE) session/.test(fact));
	return told.flatMap((fact) => {
		const name = fact.slice(0, NAME_COLUMNS);
		if (!/^[A-Za-z ]{10} $/.test(name)) return wrapped(fact, width - 2).map((row): Line => [span("  "), ...row]);
		return wrapped(fact.slice(NAME_COLUMNS), width - 2 - NAME_COLUMNS).map((row, index): Line => {
			return [span("  "), span(index === 0 ? name : " ".repeat(NAME_COLUMNS), "faint"), ...row];
		});
	});
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
