import { basename } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { DEFAULTS } from "../../config/defaults.ts";
import type { RunOptions } from "../../config/options.ts";
import { createBreaker } from "../../engine/health/breaker.ts";
import { findScenario } from "../../engine/market/synthetic/scenario.ts";
import { formatNumber, formatSeconds } from "../../print/text.ts";

/** What a session with these options will be, in sentences. `initial` gives the words for what is not chosen. */
export function describeChoices(options: RunOptions, initial: (key: string) => string): readonly string[] {
	const threshold = options.chsThreshold ?? DEFAULTS.chsThreshold;
	const trades = options.maxTrades === undefined ? DEFAULTS.maxTrades : options.maxTrades;
	const attempts = trades === null ? "No limit of entry attempts" : `At most ${trades} entry attempt${trades === 1 ? "" : "s"}`;
	const risk = `${attempts}, ${formatNumber(options.risk ?? DEFAULTS.riskPct)} % of equity planned at risk in each`;
	return [
		`${marketText(options, initial)}, ${paceText(options)}.`,
		`${risk}; the breaker stops new risk below a score (CHS) of ${formatNumber(threshold)} and re-arms above ${formatNumber(createBreaker(threshold).rearmLevel)}.`,
		...(options.file === undefined ? [weatherText(options.scenario ?? DEFAULTS.scenario)] : []),
		options.seed === undefined ? "A random seed, printed with the session." : `Seed ${options.seed}: the same session every time.`,
		"Paper money: no order leaves this machine.",
	];
}

function marketText(options: RunOptions, initial: (key: string) => string): string {
	const symbol = (options.symbol ?? initial("symbol")).trim();
	const agent = `${options.agent ?? DEFAULTS.agent} on ${options.timeframe ?? initial("timeframe")} bars`;
	const source = options.file === undefined ? `the synthetic market, scenario ${options.scenario ?? DEFAULTS.scenario}` : basename(options.file);
	return cleanText(`${symbol} from ${source}: ${agent}`, 400);
}

function weatherText(scenario: string): string {
	return `Scenario ${scenario} (${findScenario(scenario)?.line ?? "unknown"}).${isDrill(scenario) ? " A drill: never evidence, the agent's record stays as it is." : ""}`;
}

function paceText(options: RunOptions): string {
	const speed = options.speed ?? DEFAULTS.speed;
	const minutes = options.duration ?? (options.file === undefined ? DEFAULTS.durationMinutes : null);
	const market = minutes === null ? "the whole file" : `${formatSeconds(minutes * 60)} of market time`;
	if (speed === "max") return `${market} as fast as this machine can`;
	const wall = minutes === null ? "" : `, about ${formatSeconds((minutes * 60) / speed)} on your clock`;
	return `${market} at ${formatNumber(speed)}x${wall}`;
}

/** A staged market proves nothing: whoever picks the weather could pick the result. */
function isDrill(scenario: string): boolean {
	return scenario !== DEFAULTS.scenario;
}
