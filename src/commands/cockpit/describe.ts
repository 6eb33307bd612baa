import { basename } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { DEFAULTS } from "../../config/defaults.ts";
import type { RunOptions } from "../../config/options.ts";
import { createBreaker } from "../../engine/health/breaker.ts";
import { findScenario } from "../../engine/market/synthetic/scenario.ts";
import { formatNumber, formatSeconds } from "../../print/text.ts";

/** What a session with these options will be, in sentences. `initial` gives the words for what is not chosen. */
export function describeChoices(options: RunOptions, initial: (key: string) => string): readonly string[] {
	const agent = options.agent ?? DEFAULTS.agent;
	const threshold = options.chsThreshold ?? DEFAULTS.chsThreshold;
	const trades = options.maxTrades === undefined ? DEFAULTS.maxTrades : options.maxTrades;
	const attempts = trades === null ? "no limit of entry attempts" : `at most ${trades} entry attempt${trades === 1 ? "" : "s"}`;
	return [
		marketText(options, initial),
		`${agent} decides on ${options.timeframe ?? initial("timeframe")} bars: ${attempts}, ${formatNumber(options.risk ?? DEFAULTS.riskPct)} % of equity planned at risk in each.`,
		paceText(options),
		`The breaker stops new risk below a score (CHS) of ${formatNumber(threshold)} and re-arms above ${formatNumber(createBreaker(threshold).rearmLevel)}.`,
		`Paper money: no order leaves this machine.${isDrill(options) ? " A drill: never evidence, the agent's record stays as it is." : ""}`,
	];
}

function marketText(options: RunOptions, initial: (key: string) => string): string {
	const symbol = (options.symbol ?? initial("symbol")).trim();
	const seed = options.seed === undefined ? "A random seed, always printed." : `Seed ${options.seed}: the same market every time.`;
	if (options.file !== undefined) return cleanText(`${symbol} from ${basename(options.file)}, recorded quotes. ${seed}`, 400);
	const scenario = options.scenario ?? DEFAULTS.scenario;
	return cleanText(`${symbol} on the synthetic market, scenario ${scenario}: ${findScenario(scenario)?.line ?? "unknown"}. ${seed}`, 400);
}

function paceText(options: RunOptions): string {
	const speed = options.speed ?? DEFAULTS.speed;
	const minutes = options.duration ?? (options.file === undefined ? DEFAULTS.durationMinutes : null);
	const market = minutes === null ? "The whole file" : `${formatSeconds(minutes * 60)} of market time after the warm-up`;
	if (speed === "max") return `${market}, as fast as this machine can.`;
	const wall = minutes === null ? "" : `: about ${formatSeconds((minutes * 60) / speed)} on your clock`;
	return `${market} at ${formatNumber(speed)}x${wall}.`;
}

/** A staged market proves nothing: whoever picks the weather could pick the result. */
function isDrill(options: RunOptions): boolean {
	return options.file === undefined && (options.scenario ?? DEFAULTS.scenario) !== DEFAULTS.scenario;
}
