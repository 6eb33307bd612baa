import type { Rules } from "../rules.ts";
import type { BrokerMs, Points } from "../units.ts";
import { type Breach, breach } from "./breach.ts";
import { countSince, type EventWindow, remember } from "./event-window.ts";

const MEAN_OF = 5;

/** Refusals by ourselves and by the broker, slips and faults of the agent, for C08, C10, C13, C16, C17, C29 and C32. Plain JSON. */
export type Answers = {
	sizeDenials: number;
	readonly collarDenials: EventWindow;
	readonly rateDenials: EventWindow;
	rejectsInRow: number;
	readonly rejects: EventWindow;
	/** Adverse slippage of the last five filled requests, in spreads. */
	readonly slips: number[];
	agentFaults: number;
};

/** How a broker's answer is meant (rulebook A3): only `refused` is a definite no; a requote or a closed market is `transient`. */
export type AnswerKind = "done" | "refused" | "transient" | "unknown";

/** Nothing refused yet. */
export function createAnswers(): Answers {
	return { sizeDenials: 0, collarDenials: [], rateDenials: [], rejectsInRow: 0, rejects: [], slips: [], agentFaults: 0 };
}

/** Counts a refusal of the validator by its control and returns what the session must do about it. */
export function noteDenied(
	answers: Answers,
	rules: Rules,
	at: BrokerMs,
	refused: { readonly control: string; readonly code: string; readonly message: string },
): Breach | null {
	switch (refused.control) {
		case "C08":
			answers.sizeDenials++;
			if (!(answers.sizeDenials >= rules.sizeDenialsToHalt)) return null;
			return breach("SIZE_DENIALS", `${answers.sizeDenials} refusals for shape or size, limit ${rules.sizeDenialsToHalt}; the last: ${refused.message}`);
		case "C10": {
			remember(answers.collarDenials, at, rules.collarDenialsWindowMs, rules.collarDenialsToPause);
			const count = countSince(answers.collarDenials, at, rules.collarDenialsWindowMs);
			if (!(count >= rules.collarDenialsToPause)) return null;
			const text = `${count} refusals by the price collar within ${rules.collarDenialsWindowMs / 1000} s; the last: ${refused.message}`;
			return breach("COLLAR_DENIALS", text, at + rules.collarPauseMs);
		}
		case "C13":
			return refused.code === "INTENT_REUSED" ? breach("INTENT_TWICE", refused.message) : null;
		case "C16": {
			remember(answers.rateDenials, at, rules.rateDenialsWindowMs, rules.rateDenialsToHalt);
			const count = countSince(answers.rateDenials, at, rules.rateDenialsWindowMs);
			if (!(count >= rules.rateDenialsToHalt)) return null;
			return breach("RATE_DENIALS", `${count} refusals by the message rate within ${rules.rateDenialsWindowMs / 1000} s; the last: ${refused.message}`);
		}
		case "C17":
			return breach("ENTRIES_RUNAWAY", refused.message);
		default:
			return null;
	}
}

/** Counts a broker's answer (C29, C37). Transient answers neither add to nor end a row of refusals. */
export function noteAnswer(answers: Answers, rules: Rules, at: BrokerMs, kind: AnswerKind, text: string): Breach | null {
	switch (kind) {
		case "done":
			answers.rejectsInRow = 0;
			return null;
		case "transient":
			return null;
		case "unknown":
			return breach("ORDER_UNKNOWN", text);
		case "refused": {
			answers.rejectsInRow++;
			remember(answers.rejects, at, rules.rejectsWindowMs, rules.rejectsToHalt);
			const inWindow = countSince(answers.rejects, at, rules.rejectsWindowMs);
			if (answers.rejectsInRow >= rules.rejectsInRowToHalt)
				return breach("BROKER_REJECTS", `${answers.rejectsInRow} refusals by the broker in a row; the last: ${text}`);
			if (inWindow >= rules.rejectsToHalt)
				return breach("BROKER_REJECTS", `${inWindow} refusals by the broker within ${rules.rejectsWindowMs / 1000} s; the last: ${text}`);
			return null;
		}
	}
}

/**
 * Counts the slippage of one filled request of ours (C29): adverse points from the price asked for, judged in spreads. Stops and targets
 * fired by the server are not requests and do not count. `spreadPoints` is the larger of the spread at sending and the symbol's
 * typical one, at least a point: a spread of 0 would make any slip infinite.
 */
export function noteSlippage(answers: Answers, rules: Rules, slippagePoints: Points, spreadPoints: Points): Breach | null {
	const spreads = Math.max(0, slippagePoints) / Math.max(1, spreadPoints);
	if (!(spreads <= rules.slippageSpreadsMax)) {
		return breach("SLIPPAGE", `a fill slipped ${slippagePoints} points, ${spreads.toFixed(1)} spreads, limit ${rules.slippageSpreadsMax}`);
	}
	answers.slips.push(spreads);
	if (answers.slips.length > MEAN_OF) answers.slips.shift();
	const mean = answers.slips.reduce((sum, one) => sum + one, 0) / MEAN_OF;
	if (answers.slips.length < MEAN_OF || mean <= rules.slippageMeanSpreadsMax) return null;
	return breach("SLIPPAGE", `the last ${MEAN_OF} fills slipped ${mean.toFixed(1)} spreads on average, limit ${rules.slippageMeanSpreadsMax}`);
}

/** Counts an answer of the agent that cannot be used (C32); it is skipped, and too many halt. */
export function noteAgentFault(answers: Answers, rules: Rules, what: string): Breach | null {
	answers.agentFaults++;
	if (!(answers.agentFaults >= rules.agentFaultsToHalt)) return null;
	return breach("AGENT_FAULTS", `${answers.agentFaults} invalid answers of the agent, limit ${rules.agentFaultsToHalt}; the last: ${what}`);
}
