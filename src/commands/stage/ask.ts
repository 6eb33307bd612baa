import { setTimeout } from "node:timers/promises";
import { wallClock } from "../../adapters/clock/wall.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import type { Clock } from "../../adapters/ports.ts";
import { wrongWords } from "../../adapters/wrong-words.ts";
import type { RunOptions } from "../../config/options.ts";
import { planRun } from "../../config.ts";
import { checkRowText } from "../../print/check-row.ts";
import { wrap } from "../../print/text.ts";
import type { Terminal } from "../../terminal.ts";
import { earlyEnd } from "../connection/early-end.ts";
import { type Confirmation, type ConfirmationState, createConfirmation, DEMO_QUESTION } from "./confirmation.ts";
import type { ConfirmedStage, FoundChoice } from "./confirmed.ts";
import { type PreparedStage, prepareStage } from "./prepare.ts";
import { type TypedLines, typedLines } from "./typed-line.ts";

/**
 * The way into a demo or live session in plain lines: the checks as they happen, what will be traded, then the typed words. Null for a virtual session, which needs
 * none of it. Throws a `Failure`: exit 2 for options, 3 for the connection, 4 for a refusal, a pipe or a no, 130 or 143 for an interrupt. Nothing has been sent then.
 */
export async function askStage(options: RunOptions, home: Home, terminal: Terminal): Promise<ConfirmedStage | null> {
	const { mode } = (await planRun(options, true)).config;
	if (mode === "virtual") return null;
	requirePerson(mode, terminal);
	const clock = wallClock();
	const prepared = await prepare(options, home, terminal, clock);
	if (prepared.terms === null) throw new Failure(prepared.exitCode, prepared.refusal);
	for (const line of pageOf(prepared, terminal)) terminal.print(line);
	return confirm(createConfirmation(prepared, clock, wrongWords(home)), terminal, clock);
}

/** Words from a pipe are nobody's (control C06). Throws a `Failure` (exit 4), whatever the options. */
export function requirePerson(mode: "demo" | "live", terminal: Pick<Terminal, "interactive">, stdin: { readonly isTTY?: boolean } = process.stdin): void {
	if (terminal.interactive && stdin.isTTY === true) return;
	throw new Failure(
		EXIT.refused,
		`--mode ${mode} is refused without a terminal: a person must read what will be traded and type the words. Neither a pipe nor an option replaces that (controls C06, C07).`,
	);
}

async function prepare(options: RunOptions, home: Home, terminal: Terminal, clock: Clock): Promise<PreparedStage> {
	const end = earlyEnd();
	try {
		const onCheck = (row: Parameters<typeof checkRowText>[0]): void => terminal.print(checkRowText(row, terminal.palette, terminal.columns()));
		const prepared = await prepareStage({ home, options, env: process.env, clock, signal: end.signal, onCheck });
		const code = end.code();
		if (code !== null) throw new Failure(code, "Ended while checking. Nothing was sent.");
		return prepared;
	} finally {
		end.done();
	}
}

/** Everything that is read before anything is typed. */
function pageOf({ facts, rehearsal, found, mode }: PreparedStage, { palette, columns }: Terminal): readonly string[] {
	const width = Math.max(40, columns() - 1);
	const lines = ["", ...facts.map((fact, index) => (index === 0 ? (mode === "live" ? palette.bad(fact) : palette.warn(fact)) : fact))];
	if (rehearsal !== null)
		lines.push("", palette.warn("REHEARSAL: it may run, but it never counts. Missing:"), ...rehearsal.flatMap((text) => indented(text, width)));
	if (found.length > 0) lines.push("", palette.warn("Found on the account, of this agent:"), ...found.flatMap((text) => indented(text, width)));
	return [...lines, ""];
}

function indented(text: string, width: number): readonly string[] {
	return wrap(text, width - 4).map((line, index) => `${index === 0 ? "  - " : "    "}${line}`);
}

const FOUND_CHOICES: readonly FoundChoice[] = ["resume", "close", "stop"];

async function confirm(confirmation: Confirmation, terminal: Terminal, clock: Clock): Promise<ConfirmedStage> {
	const end = earlyEnd();
	const lines = typedLines(process.stdin, terminal);
	end.signal.addEventListener("abort", lines.end);
	const left = (): Failure => new Failure(end.code() ?? (lines.interrupted() ? EXIT.sigint : EXIT.refused), "Not confirmed. Nothing was sent.");
	let shown = "";
	try {
		for (;;) {
			const state = confirmation.state();
			if (state.kind === "confirmed") return state.stage;
			if (state.kind === "given-up") throw new Failure(EXIT.refused, state.why);
			const wrong = state.kind === "asking" ? state.question.wrong : "";
			if (wrong !== "" && wrong !== shown) terminal.print(terminal.palette.bad(wrong));
			shown = wrong;
			const notBefore = state.kind === "asking" ? state.question.notBeforeWallMs : null;
			if (notBefore !== null) {
				await waitUntil(notBefore, lines, terminal, clock);
				if (lines.ended()) throw left();
				continue;
			}
			const text = await lines.ask(promptOf(state));
			if (text === null) throw left();
			if (state.kind === "asking") {
				confirmation.answer(text);
				// The same wrong word twice is told twice.
				shown = "";
				continue;
			}
			const choice = FOUND_CHOICES.find((word) => word === text.trim().toLowerCase());
			if (choice === undefined) terminal.print(terminal.palette.bad("Type resume, close or stop."));
			else confirmation.choose(choice);
		}
	} finally {
		lines.close();
		end.done();
	}
}

function promptOf(state: Extract<ConfirmationState, { kind: "choosing" | "asking" }>): string {
	if (state.kind === "choosing") return "What becomes of them? resume = take them over, close = close them at once, stop = do not start\n> ";
	const { text, expects, triesLeft } = state.question;
	if (text === DEMO_QUESTION) return `${text} `;
	return `${text}\nType ${expects} (${triesLeft} ${triesLeft === 1 ? "try" : "tries"} left)\n> `;
}

/** Waits for a question whose time has not come; what is typed meanwhile is thrown away. */
async function waitUntil(notBefore: number, lines: TypedLines, terminal: Terminal, clock: Clock): Promise<void> {
	terminal.print(`Nothing is taken for ${Math.ceil((notBefore - clock.nowMs()) / 1000)} seconds. Read the lines above once more; Ctrl-C gives up.`);
	while (clock.nowMs() < notBefore && !lines.ended()) await setTimeout(Math.min(100, Math.max(1, notBefore - clock.nowMs())));
}
