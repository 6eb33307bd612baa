import { saveCarry } from "../../adapters/archive/carry.ts";
import type { Home } from "../../adapters/home.ts";
import type { ChsCarry } from "../../engine/health/state.ts";
import type { Progress } from "../../engine/project.ts";
import type { BegunSession } from "./begin.ts";
import { periodOf, tradedBefore } from "./period.ts";

/** Wall time between two stores of a running session's record. */
const INTERVAL_MS = 1000;
const MINUTE_MS = 60_000;

/** How far the session is: trades closed, and the market time that it has traded. */
export type Kept = Pick<Progress, "phase" | "at" | "marketMinute" | "closed" | "shadowClosed">;

/** Keeps the agent's record up to date while a session runs, so that ending the process by force does not make its losses forgotten (chs.md 2). */
export type Keeper = { keep(now: Kept, nowMs: number, handOn: () => ChsCarry): void };

/**
 * A keeper of this session; it does nothing for runs that never touch the record, nor on market days that the agent has traded before. A
 * store that fails is left to the end of the session, which tries again and says so.
 */
export function createKeeper(home: Home, session: BegunSession): Keeper {
	let kept = 0;
	let nextAt = 0;
	return {
		keep({ phase, at, marketMinute, closed, shadowClosed }, nowMs, handOn) {
			const trades = closed + shadowClosed;
			if (session.base === null || trades === kept || nowMs < nextAt) return;
			const period = periodOf(session, phase === "warmup" ? null : Math.round(at - marketMinute * MINUTE_MS), at);
			if (tradedBefore(session, period) !== null) return;
			kept = trades;
			nextAt = nowMs + INTERVAL_MS;
			try {
				saveCarry(home, session.agentBuild, session.start.config.mode, session.base, session.files.id, { carry: handOn(), period });
			} catch {
				// The end of the session stores again, and reports what is wrong then.
			}
		},
	};
}
