import { randomInt } from "node:crypto";
import type { LoadedAgent } from "./adapters/agent/loaded.ts";
import { cleanText } from "./adapters/clean-text.ts";
import { type ExportName, parseExportName } from "./adapters/feed/csv/file-name.ts";
import { readJsonFile } from "./adapters/user-file.ts";
import { resolveAgent } from "./config/agent.ts";
import { requireFit, requireWarmup } from "./config/agent-fit.ts";
import { type Change, conversionWith, instrumentWith, limitsWith, parseChange, rulesWith, simulatorWith } from "./config/changes.ts";
import { DEFAULTS } from "./config/defaults.ts";
import { applyConfigFile } from "./config/file.ts";
import type { RunOptions } from "./config/options.ts";
import { amountsOf, requireStage } from "./config/stage.ts";
import { accountTerms, feedChoice, noSpecification, refuseUnlimitedCount, requireConversion, symbolFor } from "./config/together.ts";
import type { FeedChoice, SessionConfig } from "./engine/config.ts";
import type { Instrument } from "./engine/instrument.ts";
import { BUILT_IN_INSTRUMENTS } from "./engine/instruments/built-in.ts";
import { DEFAULT_CONVERSION } from "./engine/instruments/conversion.ts";
import { minutesOfTimeframe } from "./engine/market/timeframe.ts";
import type { StageLimits } from "./engine/stages/binding.ts";

/** What a run on live quotes asks of the bridge. */
export type LiveAsk = {
	/** The symbol as the user writes it. */
	readonly symbol: string;
	/** The built-in instrument of that name: it knows sessions and commission, which the broker does not tell. */
	readonly known: Instrument | null;
	/** Address of the bridge, as far as the options say. */
	readonly bridge: string | null;
	/** File of the bridge's token, as far as the options say. */
	readonly tokenFile: string | null;
	/** What becomes of positions that are found at the start; null = the user is asked. */
	readonly found: "resume" | "close" | "stop" | null;
	readonly shadow: boolean;
};

/** A run as planned before its data is opened: only the timeframe may still depend on the file. */
export type RunPlan = {
	/** Who decides, loaded; `config.agent` names the same. */
	readonly agent: LoadedAgent;
	/**
	 * On live quotes the instrument is a presumption on which nothing can be traded, conversion rates are empty, and in demo and live the account is
	 * one too: the broker replaces them when its link is opened (commands/stage/describe.ts).
	 */
	readonly config: Omit<SessionConfig, "timeframeMinutes">;
	/** Null for made and recorded markets. */
	readonly live: LiveAsk | null;
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
 * (command line over file, file over file name, file name over default). Throws a usage `Failure` for what cannot be.
 */
export async function planRun(given: RunOptions, onTerminal: boolean): Promise<RunPlan> {
	const options = { ...given, set: [...given.set] };
	const fromFile = options.config === undefined ? [] : applyConfigFile(options.config, options);
	const changes = [...fromFile, ...options.set.map(parseChange)];
	const mode = options.mode ?? "virtual";
	const feed = feedChoice(options);
	const name = feed.kind === "csv" ? parseExportName(feed.file) : null;
	const agent = await resolveAgent(options.agent ?? DEFAULTS.agent, changes);
	const rules = rulesWith(changes, mode, options.unlimited === true);
	const limits = limitsWith(changes);
	const simulator = await simulatorWith(changes);
	refuseUnlimitedCount(options);
	requireStage(options, feed, changes);
	const amounts = amountsOf(options, feed, rules);
	const live = feed.kind === "bridge" ? liveAsk(options, feed) : null;
	const instrument = live === null ? await resolveInstrument(options, feed, name, changes) : presumed(live);
	const account = accountTerms(options);
	const conversion = live === null ? conversionWith(DEFAULT_CONVERSION, changes) : {};
	if (live === null) requireConversion(instrument, account, conversion);
	const timeframe = options.timeframe === undefined ? (name?.timeframeMinutes ?? null) : minutesOfTimeframe(options.timeframe);
	const timeframeMinutes = timeframe ?? (feed.kind === "csv" ? null : minutesOfTimeframe(DEFAULTS.timeframe));
	requireWarmup(agent, options.warmup);
	// What a file's name says of its timeframe is not certain; the broker's symbol is known when its link is open.
	requireFit(agent.loaded, {
		symbol: live === null ? instrument.symbol : null,
		timeframeMinutes: feed.kind !== "csv" || options.timeframe !== undefined ? timeframeMinutes : null,
	});
	return {
		agent: agent.loaded,
		timeframeMinutes,
		timeframeAsked: options.timeframe !== undefined,
		// Live rows run as they come: the market itself is the pace.
		speed: live !== null ? "max" : (options.speed ?? (onTerminal ? DEFAULTS.speed : "max")),
		headless: options.headless === true || !onTerminal,
		json: options.json === true,
		limits,
		live,
		config: {
			mode,
			instrument,
			conversion,
			account,
			agent: agent.choice,
			feed,
			...amounts,
			chsThreshold: options.chsThreshold ?? DEFAULTS.chsThreshold,
			warmupBars: options.warmup ?? agent.warmupBars,
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

function liveAsk(options: RunOptions, feed: FeedChoice): LiveAsk {
	const { asked, known } = symbolFor(options, feed, null, undefined);
	const { bridge = null, tokenFile = null, found = null, shadow = false } = options;
	return { symbol: asked, known, bridge, tokenFile, found, shadow };
}

/** Stands for the symbol until the broker has described it: nothing can be traded on it. */
function presumed({ symbol, known }: LiveAsk): Instrument {
	const like = known ?? BUILT_IN_INSTRUMENTS[0];
	if (like === undefined) throw new Error("there is no built-in instrument");
	return { ...like, symbol, tradeMode: "DISABLED", sessions: like.sessions.map(() => []) };
}
