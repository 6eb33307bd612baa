import type { Clock } from "../../adapters/ports.ts";
import type { ConfirmedStage, FoundChoice } from "./confirmed.ts";
import type { PreparedStage } from "./prepare.ts";

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
	/** Positions were found and nobody has said yet what becomes of them: `choose` comes first. */
	| { readonly kind: "choosing" }
	| { readonly kind: "asking"; readonly question: StageQuestion }
	| { readonly kind: "given-up"; readonly why: string }
	| { readonly kind: "confirmed"; readonly stage: ConfirmedStage };

/** Wrong words and the lock that follows three of them, kept beyond the end of the program (adapters/wrong-words.ts). */
export type WrongWords = {
	/** Wrong answers since the last right one or the last lock, and the wall time at which the lock ends (null = none). */
	read(): { readonly count: number; readonly lockedUntilMs: number | null };
	write(count: number, lockedUntilMs: number | null): void;
};

/** The typed confirmation of a demo or live session: a machine over what is typed and the clock. Nothing is sent by it. */
export type Confirmation = {
	/** As it is now: a lock that has run out is gone, one that another program has caused is there. */
	state(): ConfirmationState;
	/** What becomes of found positions; taken only while `choosing`. */
	choose(choice: FoundChoice): ConfirmationState;
	/** Takes what was typed; ignored unless a question is open and its time has come. */
	answer(text: string): ConfirmationState;
};

/** The confirmation of a prepared session that may start (`terms` not null; throws an `Error` otherwise: a bug). */
export function createConfirmation(prepared: PreparedStage, clock: Clock, words: WrongWords): Confirmation {
	throw new Error(`not there yet: ${prepared.mode} ${clock.nowMs()} ${words.read().count}`);
}
