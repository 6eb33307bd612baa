import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import { cleanText } from "./adapters/clean-text.ts";
import { EXIT, Failure, usageFailure } from "./adapters/failure.ts";
import { builtInSymbol, type ExportName, parseExportName } from "./adapters/feed/csv/file-name.ts";
import { readJsonFile } from "./adapters/user-file.ts";
import { agentWith, type Change, conversionWith, instrumentWith, parseChange, rulesWith, simulatorWith } from "./config/changes.ts";
import { applyConfigFile } from "./config/file.ts";
import { optionName, type RunOptionKey, type RunOptions } from "./config/options.ts";
import { agentWarmupBars, listAgents } from "./engine/agents/registry.ts";
import type { AccountTerms, FeedChoice, SessionConfig } from "./engine/config.ts";
import type { Instrument } from "./engine/instrument.ts";
import { BUILT_IN_INSTRUMENTS, findInstrument } from "./engine/instruments/built-in.ts";
import { DEFAULT_CONVERSION } from "./engine/instruments/conversion.ts";
import { minutesOfTimeframe } from "./engine/market/timeframe.ts";
import { canConvert, createMoneyTerms } from "./engine/money.ts";

/** A run as planned before its data is opened: only the timeframe may still depend on the file. */
export type RunPlan = {
	readonly config: Omit<SessionConfig, "timeframeMinutes">;
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
	const agent = agentWith(options.agent ?? "berserker", agentIds(), changes);
	const rules = rulesWith(changes, mode, options.unlimited === true);
	const simulator = await simulatorWith(changes);
	const instrument = await resolveInstrument(options, feed, name, changes);
	const account = accountTerms(options);
	const conversion = conversionWith(DEFAULT_CONVERSION, changes);
	requireConversion(instrument, account, conversion);
	if (options.unlimited === true && typeof options.maxTrades === "number")
		throw usageFailure("--unlimited has no count limit: leave --max-trades out, or write --max-trades none.");
	if (mode !== "virtual") throw stageMissing(mode);
	const timeframe = options.timeframe === undefined ? (name?.timeframeMinutes ?? null) : minutesOfTimeframe(options.timeframe);
	return {
		timeframeMinutes: timeframe ?? (feed.kind === "csv" ? null : 1),
		timeframeAsked: options.timeframe !== undefined,
		speed: options.speed ?? (onTerminal ? 60 : "max"),
		headless: options.headless === true || !onTerminal,
		json: options.json === true,
		config: {
			mode,
			instrument,
			conversion,
			account,
			agent,
			feed,
			durationMinutes: options.duration ?? (feed.kind === "csv" ? null : 60),
			maxTrades: options.maxTrades === undefined ? (options.unlimited === true ? null : 10) : options.maxTrades,
			chsThreshold: options.chsThreshold ?? 0.55,
			riskPct: options.risk ?? 1,
			warmupBars: options.warmup ?? agentWarmupBars(agent.id, agent.params),
			seed: options.seed ?? randomInt(0, 4_294_967_296),
			rules,
			simulator,
			onBreaker: options.onBreaker ?? "hold",
			onExit: options.onExit ?? "flatten",
			unlimited: options.unlimited === true,
		},
	};
}

function agentIds(): readonly string[] {
	return listAgents().map((agent) => agent.id);
}

function feedChoice(options: RunOptions): FeedChoice {
	const kind = options.feed ?? (options.file === undefined ? "synthetic" : "csv");
	if (kind === "synthetic") {
		refuseOptions(options, ["file", "ticks", "from", "to", "skipBadRows"], "belongs to recorded data: use --feed csv --file PATH, or leave it out");
		return { kind, scenario: options.scenario ?? "normal" };
	}
	refuseOptions(options, ["scenario"], "belongs to the synthetic market: leave it out, or use --feed synthetic");
	if (options.file === undefined) throw usageFailure("--feed csv needs --file PATH: an MT5 export of bars or ticks, .csv or .csv.gz.");
	const from = options.from ?? null;
	const to = options.to ?? null;
	if (from !== null && to !== null && from >= to) throw usageFailure("--from must lie before --to (the moment given by --to is not used any more).");
	return { kind, file: resolve(options.file), ticks: options.ticks ?? "ohlc", from, to, skipBadRows: options.skipBadRows === true };
}

function refuseOptions(options: RunOptions, keys: readonly RunOptionKey[], why: string): void {
	for (const key of keys) {
		const value = options[key];
		if (value !== undefined && value !== false) throw usageFailure(`${optionName(key)} ${why}.`);
	}
}

async function resolveInstrument(options: RunOptions, feed: FeedChoice, name: ExportName | null, changes: readonly Change[]): Promise<Instrument> {
	const spec = options.spec === undefined ? null : { from: `--spec ${cleanText(options.spec, 100)}`, fields: readJsonFile("--spec", options.spec) };
	const specSymbol = typeof spec?.fields.symbol === "string" ? spec.fields.symbol : undefined;
	const fileSymbol = name?.symbol ?? name?.rawSymbol;
	const asked = options.symbol ?? specSymbol ?? fileSymbol ?? (feed.kind === "csv" ? undefined : "EURUSD");
	if (asked === undefined) throw usageFailure(`The symbol cannot be read from the file's name. Give it with --symbol, for example --symbol EURUSD.`);
	const known = findInstrument(asked) ?? findInstrument(builtInSymbol(asked) ?? "");
	if (known !== null && name?.symbol != null && name.symbol !== known.symbol) {
		const said = options.symbol === undefined ? `The symbol of --spec, ${known.symbol},` : `--symbol ${known.symbol}`;
		throw usageFailure(`${said} does not fit the file, whose name says ${name.symbol}. Leave it out, or rename the file if its name is wrong.`);
	}
	if (known === null && spec === null) {
		const list = BUILT_IN_INSTRUMENTS.map((instrument) => instrument.symbol).join(", ");
		throw usageFailure(`Symbol "${cleanText(asked, 40)}" has no built-in specification. Built in: ${list}. For another one give --spec PATH.`);
	}
	return instrumentWith(known?.symbol ?? asked, known, spec, changes);
}

/** Decimals in which accounts of these currencies are kept; 2 for all others. */
const CURRENCY_DIGITS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, VND: 0, IDR: 0, CLP: 0, HUF: 0, KWD: 3, BHD: 3, OMR: 3 };

function accountTerms(options: RunOptions): AccountTerms {
	const currency = options.currency ?? "USD";
	return {
		currency,
		currencyDigits: CURRENCY_DIGITS[currency] ?? 2,
		startBalance: options.balance ?? 10_000,
		leverage: options.leverage ?? 100,
		marginMode: options.account ?? "hedging",
	};
}

function requireConversion(instrument: Instrument, account: AccountTerms, rates: SessionConfig["conversion"]): void {
	const missing = canConvert(createMoneyTerms(instrument, account, rates));
	if (missing === null) return;
	throw usageFailure(
		`${instrument.symbol} on a ${account.currency} account needs the rate of ${missing}. Give it with --set conversion.${missing}=RATE, or choose another --currency.`,
	);
}

function stageMissing(mode: "demo" | "live"): Failure {
	const gate = mode === "demo" ? "a passed virtual-to-demo gate" : "a passed demo-to-live gate";
	return new Failure(
		EXIT.refused,
		`--mode ${mode} is refused: this version has no MetaTrader 5 bridge yet, so there is no connection, no account and no certificate. ${mode === "demo" ? "Demo" : "Live"} trading will need the bridge, the terminal's ${mode} account and ${gate}. Use --mode virtual.`,
	);
}
