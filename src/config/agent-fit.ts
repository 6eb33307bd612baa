import type { LoadedAgent } from "../adapters/agent/loaded.ts";
import { cleanText } from "../adapters/clean-text.ts";
import { usageFailure } from "../adapters/failure.ts";
import { minutesOfTimeframe, timeframeName } from "../engine/market/timeframe.ts";

/** What a session trades, as far as it is known: null = it is not yet. */
export type Ground = { readonly symbol: string | null; readonly timeframeMinutes: number | null };

/**
 * Refuses a session on a symbol or timeframe that the policy or program is not for: what it has learned there means nothing elsewhere. Throws a usage
 * `Failure`. Asked as soon as something is known (when the run is planned), and again when all of it is (when the market is open).
 */
export function requireFit(agent: LoadedAgent, { symbol, timeframeMinutes }: Ground): void {
	if (agent.kind === "rule") return;
	const { name, timeframe, symbols } = agent.kind === "policy" ? agent.policy.manifest : agent.program;
	const meant = timeframe === null ? null : minutesOfTimeframe(timeframe);
	if (timeframe !== null && timeframeMinutes !== null && meant !== timeframeMinutes) {
		throw usageFailure(
			`Agent ${cleanText(name, 60)} is for ${timeframe} bars by its manifest, and this session has ${timeframeName(timeframeMinutes)}. Use --timeframe ${timeframe}, or data of that timeframe.`,
		);
	}
	if (symbols !== null && symbol !== null && !symbols.includes(symbol)) {
		throw usageFailure(
			`Agent ${cleanText(name, 60)} is for ${symbols.slice(0, 10).join(", ")}${symbols.length > 10 ? ` and ${symbols.length - 10} more` : ""} by its manifest, and this session trades ${cleanText(symbol, 40)}. Choose one of them with --symbol, or another agent.`,
		);
	}
}
