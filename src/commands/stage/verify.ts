import { canonicalJson } from "../../adapters/canonical.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import type { RunPlan } from "../../config.ts";
import { CONFIRMATION_MS, type ConfirmedStage, type StageTerms } from "./confirmed.ts";
import { planHashOf } from "./look.ts";

/** How much more than confirmed the maximum loss may be when the session starts, in percent of it: equity moves while words are typed. */
const LOSS_TOLERANCE_PCT = 1;

/** What a difference means, in words. Every field of `StageTerms` is here: a test says so. */
const WORDS = {
	mode: "the stage",
	accountHash: "the account",
	loginTail: "the account's login",
	server: "the broker's server",
	tradeMode: "the kind of account (demo or real)",
	venue: "whether it is the sandbox",
	currency: "the account's currency",
	currencyDigits: "the decimals of the account's currency",
	maxLoss: "the maximum loss of the session",
	planHash: "what was asked for (options, files or limits)",
	instrumentHash: "the broker's specification of the symbol",
	certificate: "the certificate of the stage",
	rehearsal: "whether the session is a rehearsal",
	probation: "the count of probation sessions",
	found: "the positions that are open",
} as const satisfies Record<keyof StageTerms, string>;

/**
 * Demo and live need a fresh confirmation of exactly this plan. Throws a `Failure` (exit 4) when there is none, it is older than two minutes, from the future, or of
 * something else.
 */
export function requireConfirmed(plan: RunPlan, confirmed: ConfirmedStage | null, nowMs: number): asserts confirmed is ConfirmedStage {
	const { mode } = plan.config;
	if (confirmed === null) {
		throw refused(
			`--mode ${mode} is refused: nobody has confirmed it with typed words. That needs a person at a terminal: kinetra run --mode ${mode}, or the cockpit's Live Testing. No option, file or variable replaces it (control C07).`,
		);
	}
	const age = nowMs - confirmed.confirmedWallMs;
	if (!(age >= 0 && age <= CONFIRMATION_MS)) {
		throw refused(`The confirmation is ${Math.round(age / 1000)} s old; it holds for ${CONFIRMATION_MS / 1000} s. Nothing was sent. Start again.`);
	}
	if (confirmed.terms.mode !== mode || confirmed.terms.planHash !== planHashOf(plan)) throw different("planHash");
	const isChoice = confirmed.terms.found.length === 0 ? confirmed.found === "none" : confirmed.found === "resume" || confirmed.found === "close";
	if (!isChoice) throw different("found");
}

/** Compares what was confirmed with what is so now, field by field. Throws a `Failure` (exit 4) that names the first field that differs. */
export function requireSame(confirmed: StageTerms, now: StageTerms): void {
	for (const key of Object.keys(WORDS) as (keyof StageTerms)[]) {
		if (!isSame(key, confirmed, now)) throw different(key);
	}
}

function isSame(key: keyof StageTerms, confirmed: StageTerms, now: StageTerms): boolean {
	if (key === "maxLoss") return now.maxLoss > 0 && now.maxLoss <= confirmed.maxLoss * (1 + LOSS_TOLERANCE_PCT / 100);
	// What is missing may be said in other words a minute later; that it is a rehearsal may not change.
	if (key === "rehearsal") return (now.rehearsal === null) === (confirmed.rehearsal === null);
	return canonicalJson(now[key]) === canonicalJson(confirmed[key]);
}

function different(key: keyof StageTerms): Failure {
	return refused(`Not started: ${WORDS[key]} is not as you confirmed it. Nothing was sent. Start again and read the lines once more.`);
}

function refused(message: string): Failure {
	return new Failure(EXIT.refused, message);
}
