import { peekCarry } from "../../adapters/archive/carry.ts";
import { cleanText } from "../../adapters/clean-text.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import { reasonOf } from "../../adapters/reason.ts";
import { DEFAULTS } from "../../config/defaults.ts";
import { createBreaker, watchBreaker } from "../../engine/health/breaker.ts";
import { readCarry } from "../../engine/health/carry.ts";
import { createChs, onStart, scoreOf } from "../../engine/health/chs.ts";
import type { ChsCarry } from "../../engine/health/state.ts";
import type { AgentRow } from "../../ui/state.ts";
import { type KnownAgent, knownAgents, ownPolicies } from "../agents/known.ts";

/** Every agent with its parameters, where it comes from, and what its virtual record says. A policy or record that cannot be read is said, not thrown. */
export function agentRows(home: Home): readonly AgentRow[] {
	const listed = knownAgents();
	return [...listed, ...ownPolicies(home, listed)].map((known) => ({ ...known, ...(known.problem === null ? recordOf(home, known) : { record: null }) }));
}

function recordOf(home: Home, known: KnownAgent): Pick<AgentRow, "record" | "problem"> {
	try {
		const stored = peekCarry(home, known.build, "virtual");
		if (stored.carry === null) return { record: null, problem: null };
		const accepted = stored.accepted.length;
		const sessions = stored.sessions.length;
		const carry = readCarry(stored.carry);
		if (carry === null) return { record: null, problem: "Its record does not fit this version of Kinetra. Restore it from a copy." };
		return { record: { sessions, trades: carry.trades, accepted, ...standing(carry) }, problem: null };
	} catch (error) {
		return { record: null, problem: cleanText(error instanceof Failure ? error.message : reasonOf(error), 400) };
	}
}

/** With what score the next session would start at the default threshold, and whether the breaker would be latched at once. */
function standing(carry: ChsCarry): { readonly chs: number; readonly latched: boolean } {
	const chs = createChs({ carry, riskFraction: DEFAULTS.riskPct / 100, tripLevel: DEFAULTS.chsThreshold });
	// Any moment and any sum will do: a start measures both from themselves.
	onStart(chs, 0, 10_000);
	const breaker = createBreaker(DEFAULTS.chsThreshold);
	watchBreaker(breaker, chs, 0);
	return { chs: scoreOf(chs), latched: breaker.latched };
}
