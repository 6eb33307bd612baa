import { basename } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { DEFAULTS, STAGE_DEFAULTS } from "../../config/defaults.ts";
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
	const live = options.feed === "bridge";
	return [
		`${marketText(options, initial)}, ${live ? `${formatSeconds((options.duration ?? DEFAULTS.durationMinutes) * 60)} of the market's own time` : paceText(options)}.`,
		`${risk}; ${breakerText(threshold)}`,
		...(options.file === undefined && !live ? [weatherText(options.scenario ?? DEFAULTS.scenario)] : []),
		options.seed === undefined ? "A random seed, printed with the session." : `Seed ${options.seed}: the same session every time.`,
		"Paper money: no order leaves this machine.",
	];
}

/** What a demo or live session with these options will be, in sentences. `initial` gives what is not chosen. */
export function describeStage(mode: "demo" | "live", options: RunOptions, initial: (key: string) => string): readonly string[] {
	const symbol = (options.symbol ?? initial("symbol")).trim();
	const account = mode === "demo" ? "a DEMO account: real orders, no money of yours" : "a REAL account: real orders, YOUR MONEY";
	const minutes = options.duration ?? STAGE_DEFAULTS[mode].durationMinutes;
	const time = minutes === null ? "as long as the rules of live allow" : `${formatSeconds(minutes * 60)} of the market's own time`;
	const trades = options.maxTrades === undefined ? STAGE_DEFAULTS[mode].maxTrades : options.maxTrades;
	const attempts = trades === null ? "As many entry attempts as its rules allow" : `At most ${trades} entry attempt${trades === 1 ? "" : "s"}`;
	const twin =
		options.shadow === true ? ["The simulator trades the same beside it (--shadow), and every fill is compared: would paper have told the truth?"] : [];
	return [
		cleanText(
			`${symbol} at your broker, by ${options.agent ?? DEFAULTS.agent} on ${options.timeframe ?? initial("timeframe")} bars, ${time}, on ${account}.`,
			400,
		),
		`${attempts}, ${formatNumber(options.risk ?? STAGE_DEFAULTS[mode].riskPct)} % of equity planned at risk in each; ${breakerText(options.chsThreshold ?? DEFAULTS.chsThreshold)}`,
		`A trip of the breaker ${options.onBreaker === "flatten" ? "closes open positions" : "leaves open positions to their stops"}; the end of the session ${options.onExit === "keep" ? "leaves them open at the broker" : "closes them"}.`,
		...twin,
		"Start checks the way to the broker, the account and the gate first, and then asks. Nothing is sent before the last word is typed.",
	];
}

function breakerText(threshold: number): string {
	return `the breaker stops new risk below a score (CHS) of ${formatNumber(threshold)} and re-arms above ${formatNumber(createBreaker(threshold).rearmLevel)}.`;
}

function marketText(options: RunOptions, initial: (key: string) => string): string {
	const symbol = (options.symbol ?? initial("symbol")).trim();
	const agent = `${options.agent ?? DEFAULTS.agent} on ${options.timeframe ?? initial("timeframe")} bars`;
	const source =
		options.feed === "bridge"
			? "your broker's live quotes, with paper fills"
			: options.file === undefined
				? `the synthetic market, scenario ${options.scenario ?? DEFAULTS.scenario}`
				: basename(options.file);
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
