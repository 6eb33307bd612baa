import type { LoadedAgent } from "../adapters/agent/loaded.ts";
import { cleanText } from "../adapters/clean-text.ts";
import { usageFailure } from "../adapters/failure.ts";
import { minutesOfTimeframe, timeframeName } from "../engine/market/timeframe.ts";
import type { ResolvedAgent } from "./agent.ts";

/**
 * Refuses a warm-up that is shorter than the manifest of a policy or program asks for: it would decide on features that it has never seen so young. Rules
 * hold by themselves until they have what they need. Throws a usage `Failure`. `asked`: --warmup, undefined when it was not given.
 */
export function requireWarmup({ loaded, choice, warmupBars }: Pick<ResolvedAgent, "loaded" | "choice" | "warmupBars">, asked: number | undefined): void {
	if (loaded.kind === "rule" || asked === undefined || asked >= warmupBars) return;
	throw usageFailure(
		`Agent ${cleanText(choice.id, 60)} needs ${warmupBars} bars of warm-up by its manifest; --warmup ${asked} is fewer. Leave --warmup out, or give at least ${warmupBars}.`,
	);
}

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
