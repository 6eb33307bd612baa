import { saveCarry } from "../../adapters/archive/carry.ts";
import type { Home } from "../../adapters/home.ts";
import type { ChsCarry } from "../../engine/health/state.ts";
import type { BegunSession } from "./begin.ts";

/** Wall time between two stores of a running session's record. */
const INTERVAL_MS = 1000;

/** Keeps the agent's record up to date while a session runs, so that ending the process by force does not make its losses forgotten (chs.md 2). */
export type Keeper = { keep(tradesClosed: number, nowMs: number, handOn: () => ChsCarry): void };

/**
 * A keeper of this session; it does nothing for runs that never touch the record. A store that fails is left to the end of the
 * session, which tries again and says so.
 */
export function createKeeper(home: Home, session: BegunSession): Keeper {
	let kept = 0;
	let nextAt = 0;
	return {
		keep(tradesClosed, nowMs, handOn) {
			if (session.base === null || tradesClosed === kept || nowMs < nextAt) return;
			kept = tradesClosed;
			nextAt = nowMs + INTERVAL_MS;
			try {
				saveCarry(home, session.agentBuild, session.start.config.mode, session.base, session.files.id, { carry: handOn(), period: null });
			} catch {
				// The end of the session stores again, and reports what is wrong then.
			}
		},
	};
}
