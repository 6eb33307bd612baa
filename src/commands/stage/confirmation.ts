import type { Clock } from "../../adapters/ports.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { WrongWords } from "../../adapters/wrong-words.ts";
import type { ConfirmedStage, FoundChoice, StageTerms } from "./confirmed.ts";
import type { PreparedStage } from "./prepare.ts";

export type { WrongWords } from "../../adapters/wrong-words.ts";

/** One question, as `StageStart.question` of the screen shows it. */
export type StageQuestion = {
	readonly text: string;
	/** What must be typed, in words; never filled in for the user. */
	readonly expects: string;
	readonly triesLeft: number;
	/** Nothing is taken before this wall time; null = now. */
	readonly notBeforeWallMs: number | null;
	/** What was wrong with the last answer; empty = nothing yet. */
	readonly wrong: string;
};

/** Where the typed confirmation stands. */
export type ConfirmationState =
	/** Positions were found and nobody has said yet (`--found`) what becomes of them: `choose` comes first. */
	| { readonly kind: "choosing" }
	| { readonly kind: "asking"; readonly question: StageQuestion }
	| { readonly kind: "given-up"; readonly why: string }
	| { readonly kind: "confirmed"; readonly stage: ConfirmedStage };

/** The typed confirmation of a demo or live session: a machine over what is typed and the clock. Nothing is sent by it. */
export type Confirmation = {
	/** As it is now: a lock that has run out is gone, one that another program has caused is there. */
	state(): ConfirmationState;
	/** What becomes of found positions; taken only while `choosing`. */
	choose(choice: FoundChoice): ConfirmationState;
	/** Takes what was typed; ignored unless a question is open and its time has come. */
	answer(text: string): ConfirmationState;
};

/** Wrong words before the lock, its length, and how long the second question of live waits (control C06). */
export const TRIES = 3;
export const LOCK_MS = 60_000;
export const PAUSE_MS = 10_000;

/** The words of the issue, to the letter. */
export const DEMO_QUESTION = "This will execute REAL trades on your DEMO account! Proceed with demo testing? [y/N]";

/** One step of the way: what is asked, and what an answer means. */
type Step = {
	readonly text: string;
	readonly expects: string;
	/** Wall time that must pass after the step before. */
	readonly pauseMs: number;
	judge(answer: string): "right" | "no" | { readonly wrong: string };
};

/**
 * The confirmation of a prepared session. Demo: y, then the word DEMO. Live: `LIVE` with the last four digits of the login, ten seconds later the
 * most that the session may lose, as a number. Three wrong words lock for 60 s, across restarts of the program. Throws an `Error` when the
 * session may not start at all (`terms` null): a bug of the caller.
 */
export function createConfirmation(prepared: PreparedStage, clock: Clock, words: WrongWords): Confirmation {
	const { terms, options } = prepared;
	if (terms === null) throw new Error("a session that may not start cannot be confirmed");
	const steps = prepared.mode === "demo" ? DEMO_STEPS : liveSteps(terms);
	const asked = options.found === "resume" || options.found === "close" ? options.found : null;
	let found: ConfirmedStage["found"] | null = terms.found.length === 0 ? "none" : asked;
	let at = 0;
	let stepFromMs = clock.nowMs();
	let wrong = "";
	let over: Extract<ConfirmationState, { kind: "given-up" | "confirmed" }> | null = null;

	if (found === null && options.found === "stop") giveUp(LEFT_ALONE);

	function state(): ConfirmationState {
		if (over !== null) return over;
		const step = steps[at];
		if (found === null || step === undefined) return { kind: "choosing" };
		const { count, lockedUntilMs } = lockNow();
		const pausedUntilMs = stepFromMs + step.pauseMs;
		const notBefore = Math.max(lockedUntilMs ?? 0, pausedUntilMs);
		return {
			kind: "asking",
			question: {
				text: step.text,
				expects: step.expects,
				triesLeft: lockedUntilMs === null ? Math.max(1, TRIES - count) : 0,
				notBeforeWallMs: notBefore > clock.nowMs() ? notBefore : null,
				wrong,
			},
		};
	}

	/** The lock as it is now. One that claims to last longer than a lock does was written by another clock: it lasts as long as a lock does. */
	function lockNow(): ReturnType<WrongWords["read"]> {
		const { count, lockedUntilMs } = words.read();
		const now = clock.nowMs();
		if (lockedUntilMs === null) return { count, lockedUntilMs };
		if (lockedUntilMs <= now) return { count: 0, lockedUntilMs: null };
		if (lockedUntilMs <= now + LOCK_MS) return { count: 0, lockedUntilMs };
		shorten(now + LOCK_MS);
		return { count: 0, lockedUntilMs: now + LOCK_MS };
	}

	function shorten(untilMs: number): void {
		try {
			words.write(0, untilMs);
		} catch (error) {
			giveUp(unnoted(error));
		}
	}

	function giveUp(why: string): void {
		over = { kind: "given-up", why };
	}

	function take(text: string): void {
		const step = steps[at];
		if (step === undefined) return;
		const verdict = step.judge(text.trim());
		if (verdict === "no") giveUp("Not confirmed. Nothing was sent.");
		else if (verdict === "right") goOn();
		else miss(verdict.wrong);
	}

	function goOn(): void {
		wrong = "";
		at += 1;
		stepFromMs = clock.nowMs();
		if (at < steps.length) return;
		words.write(0, null);
		over = { kind: "confirmed", stage: { terms: terms as StageTerms, options, found: found ?? "none", confirmedWallMs: clock.nowMs() } };
	}

	function miss(why: string): void {
		const count = lockNow().count + 1;
		const isLocked = count >= TRIES;
		words.write(isLocked ? 0 : count, isLocked ? clock.nowMs() + LOCK_MS : null);
		wrong = isLocked ? `${why} That was the third: nothing is taken for ${LOCK_MS / 1000} seconds.` : why;
	}

	return {
		state,
		choose(choice) {
			if (over === null && found === null) {
				if (choice === "stop") giveUp(LEFT_ALONE);
				else found = choice;
				stepFromMs = clock.nowMs();
			}
			return state();
		},
		answer(text) {
			try {
				const now = state();
				if (now.kind === "asking" && now.question.notBeforeWallMs === null) take(text);
			} catch (error) {
				// A lock that cannot be kept would not lock.
				giveUp(unnoted(error));
			}
			return state();
		},
	};
}

const LEFT_ALONE = "Not started: the positions that were found stay as they are. Nothing was sent.";

function unnoted(error: unknown): string {
	return `Not confirmed: what was typed cannot be noted (${reasonOf(error)}). Nothing was sent.`;
}

const DEMO_STEPS: readonly Step[] = [
	{
		text: DEMO_QUESTION,
		expects: "y or n",
		pauseMs: 0,
		judge: (answer) => (/^y(es)?$/i.test(answer) ? "right" : "no"),
	},
	{ text: "Type DEMO to start.", expects: "the word DEMO, in capitals", pauseMs: 0, judge: (answer) => word(answer, "DEMO") },
];

function liveSteps({ loginTail, server, currency, currencyDigits, maxLoss }: StageTerms): readonly Step[] {
	return [
		{
			text: `This will trade REAL MONEY on account ••${loginTail} at ${server}.`,
			expects: "the word LIVE, a space, and the last 4 digits of the account's login",
			pauseMs: 0,
			judge: (answer) => word(answer, `LIVE ${loginTail}`),
		},
		{
			text: `How much may this session lose at most, in ${currency}?`,
			expects: `the maximum loss from the lines above, as a number with ${currencyDigits === 0 ? "no" : currencyDigits} decimals`,
			pauseMs: PAUSE_MS,
			judge: (answer) =>
				/^\d{1,15}(\.\d{1,8})?$/.test(answer) && Number(answer) === maxLoss ? "right" : { wrong: "That is not the maximum loss of this session." },
		},
	];
}

function word(answer: string, expected: string): "right" | { readonly wrong: string } {
	if (answer === expected) return "right";
	if (answer.toLowerCase() === expected.toLowerCase()) return { wrong: "Almost: it must be written in capitals." };
	return { wrong: "That is not what is asked for." };
}
