import { randomInt } from "node:crypto";
import { cleanText } from "./adapters/clean-text.ts";
import { type ExportName, parseExportName } from "./adapters/feed/csv/file-name.ts";
import { readJsonFile } from "./adapters/user-file.ts";
import { agentWith, type Change, conversionWith, instrumentWith, limitsWith, parseChange, rulesWith, simulatorWith } from "./config/changes.ts";
import { DEFAULTS } from "./config/defaults.ts";
import { applyConfigFile } from "./config/file.ts";
import type { RunOptions } from "./config/options.ts";
import { accountTerms, agentIds, feedChoice, noSpecification, refuseUnlimitedCount, requireConversion, requireStage, symbolFor } from "./config/together.ts";
import { agentWarmupBars } from "./engine/agents/registry.ts";
import type { FeedChoice, SessionConfig } from "./engine/config.ts";
import type { Instrument } from "./engine/instrument.ts";
import { DEFAULT_CONVERSION } from "./engine/instruments/conversion.ts";
import { minutesOfTimeframe } from "./engine/market/timeframe.ts";
import type { StageLimits } from "./engine/stages/binding.ts";

/** A run as planned before its data is opened: only the timeframe may still depend on the file. */
export type RunPlan = {
	readonly config: Omit<SessionConfig, "timeframeMinutes">;
	/** The limits of all three stages that the same options mean: what certificates are bound to (control C03). */
	readonly limits: StageLimits;
	/** Minutes a bar as asked for or as the file's name says; null = whatever the data turns out to be. */
	readonly timeframeMinutes: number | null;
	/** True when the user asked for the timeframe, false when only the file's name says it. */
	readonly timeframeAsked: boolean;
	readonly speed: number | "max";
	readonly headless: boolean;
	readonly json: boolean;
};

/**
 * Turns options, `--config`, `--set`, `--spec` and the file's name into one checked plan; what is not given takes its default
 * (command line over file, file over file name, file name over default). Throws a `Failure`: exit 2 for what cannot be, exit 4 for a stage that does not exist yet.
 */
export async function planRun(given: RunOptions, onTerminal: boolean): Promise<RunPlan> {
	const options = { ...given, set: [...given.set] };
	const fromFile = options.config === undefined ? [] : applyConfigFile(options.config, options);
	const changes = [...fromFile, ...options.set.map(parseChange)];
	const mode = options.mode ?? "virtual";
	const feed = feedChoice(options);
	const name = feed.kind === "csv" ? parseExportName(feed.file) : null;
	const agent = agentWith(options.agent ?? DEFAULTS.agent, agentIds(), changes);
	const rules = rulesWith(changes, mode, options.unlimited === true);
	const limits = limitsWith(changes);
	const simulator = await simulatorWith(changes);
	const instrument = await resolveInstrument(options, feed, name, changes);
	const account = accountTerms(options);
	const conversion = conversionWith(DEFAULT_CONVERSION, changes);
	requireConversion(instrument, account, conversion);
	refuseUnlimitedCount(options);
	requireStage(options);
	const timeframe = options.timeframe === undefined ? (name?.timeframeMinutes ?? null) : minutesOfTimeframe(options.timeframe);
	return {
		timeframeMinutes: timeframe ?? (feed.kind === "csv" ? null : minutesOfTimeframe(DEFAULTS.timeframe)),
		timeframeAsked: options.timeframe !== undefined,
		speed: options.speed ?? (onTerminal ? DEFAULTS.speed : "max"),
		headless: options.headless === true || !onTerminal,
		json: options.json === true,
		limits,
		config: {
			mode,
			instrument,
			conversion,
			account,
			agent,
			feed,
			durationMinutes: options.duration ?? (feed.kind === "csv" ? null : DEFAULTS.durationMinutes),
			maxTrades: options.maxTrades === undefined ? (options.unlimited === true ? null : DEFAULTS.maxTrades) : options.maxTrades,
			chsThreshold: options.chsThreshold ?? DEFAULTS.chsThreshold,
			riskPct: options.risk ?? DEFAULTS.riskPct,
			warmupBars: options.warmup ?? agentWarmupBars(agent.id, agent.params),
			seed: options.seed ?? randomInt(0, 4_294_967_296),
			rules,
			simulator,
			onBreaker: options.onBreaker ?? "hold",
			onExit: options.onExit ?? "flatten",
			onLatch: "end",
			unlimited: options.unlimited === true,
		},
	};
}

async function resolveInstrument(options: RunOptions, feed: FeedChoice, name: ExportName | null, changes: readonly Change[]): Promise<Instrument> {
	const spec = options.spec === undefined ? null : { from: `--spec ${cleanText(options.spec, 100)}`, fields: readJsonFile("--spec", options.spec) };
	const specSymbol = typeof spec?.fields.symbol === "string" ? spec.fields.symbol : undefined;
	const { asked, known } = symbolFor(options, feed, name, specSymbol);
	if (known === null && spec === null) throw noSpecification(asked);
	return instrumentWith(known?.symbol ?? asked, known, spec, changes);
}
