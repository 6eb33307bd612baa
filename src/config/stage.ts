import { usageFailure } from "../adapters/failure.ts";
import type { FeedChoice, Mode } from "../engine/config.ts";
import type { Rules } from "../engine/rules.ts";
import { type Change, rulesWith } from "./changes.ts";
import { DEFAULTS, STAGE_DEFAULTS } from "./defaults.ts";
import { optionName, type RunOptionKey, type RunOptions } from "./options.ts";

/** How long, how often and how much: what the stage decides where the options are silent. */
export type Amounts = { readonly durationMinutes: number | null; readonly maxTrades: number | null; readonly riskPct: number };

/** Options that would invent what a real account has, or steer a market that is the broker's; and why each makes no sense in demo and live. */
const NOT_WHERE_MONEY_MOVES: Readonly<Partial<Record<RunOptionKey, string>>> = {
	seed: "chooses a generated market and a simulator's dice; the market is the broker's",
	balance: "is the broker's to say",
	leverage: "is the broker's to say",
	currency: "is the broker's to say",
	account: "is the broker's to say: whether the account nets or hedges is a fact",
	unlimited: "takes limits away, and no limit can be taken away there (control C07)",
	json: "prints the journal to a program, and a demo or live session needs a person at a terminal; its journal is in its folder",
};

/** What the broker's live quotes leave no room for, in every mode. */
const NOT_ON_LIVE_QUOTES: Readonly<Partial<Record<RunOptionKey, string>>> = {
	speed: "makes no sense on live quotes: the market has its own pace",
	spec: "makes no sense on live quotes: the broker describes the symbol",
};

/**
 * Refuses what cannot go with the mode, the feed or each other: options of demo and live without them, options of a made-up market or account with
 * them. Throws a usage `Failure` that names option and reason.
 */
export function requireStage(options: RunOptions, feed: FeedChoice, changes: readonly Change[]): void {
	const mode = options.mode ?? "virtual";
	if (mode === "virtual") refuse(options, { found: BROKER_ONLY, shadow: BROKER_ONLY });
	else refuse(options, inMode(mode));
	if (feed.kind !== "bridge") {
		const live = "belongs to live quotes: use it with --feed bridge, --mode demo or --mode live";
		refuse(options, { bridge: live, tokenFile: live });
		return;
	}
	refuse(options, NOT_ON_LIVE_QUOTES);
	for (const { area, from } of changes) {
		if (area === "instrument" || area === "conversion")
			throw usageFailure(`${from} makes no sense on live quotes: the broker describes the symbol and its rates.`);
		if (area === "simulator" && mode !== "virtual") throw usageFailure(`${from} makes no sense in ${mode}: the broker fills the orders.`);
	}
	if (options.maxTrades === null && mode !== "virtual")
		throw usageFailure(`--max-trades none makes no sense in ${mode}: no limit can be taken away there (control C07). Give a number.`);
}

/** The amounts of a session: as asked, else as usual in its stage. Throws a usage `Failure` for more than the rules of demo or live allow. */
export function amountsOf(options: RunOptions, feed: FeedChoice, rules: Rules): Amounts {
	const mode = options.mode ?? "virtual";
	if (mode === "virtual") {
		return {
			durationMinutes: options.duration ?? (feed.kind === "csv" ? null : DEFAULTS.durationMinutes),
			maxTrades: options.maxTrades === undefined ? (options.unlimited === true ? null : DEFAULTS.maxTrades) : options.maxTrades,
			riskPct: options.risk ?? DEFAULTS.riskPct,
		};
	}
	const usual = STAGE_DEFAULTS[mode];
	const minutes = options.duration ?? Math.min(usual.durationMinutes ?? rules.sessionMinutesMax, rules.sessionMinutesMax);
	const trades = options.maxTrades ?? Math.min(usual.maxTrades ?? rules.entriesPerSessionMax, rules.entriesPerSessionMax);
	const risk = options.risk ?? Math.min(usual.riskPct, rules.riskPerTradePctMax);
	within(mode, "duration", minutes, "sessionMinutesMax", rules.sessionMinutesMax, "minutes");
	within(mode, "maxTrades", trades, "entriesPerSessionMax", rules.entriesPerSessionMax, "entries");
	within(mode, "risk", risk, "riskPerTradePctMax", rules.riskPerTradePctMax, "% of equity");
	return { durationMinutes: minutes, maxTrades: trades, riskPct: risk };
}

/** As `amountsOf` before `--set` and `--config` are read: what the options say against the usual rules of their stage. */
export function checkAmounts(options: RunOptions, feed: FeedChoice): void {
	const ruled = options.set.some((text) => text.startsWith("rules.")) || options.config !== undefined;
	if (!ruled) amountsOf(options, feed, rulesWith([], options.mode ?? "virtual", false));
}

const BROKER_ONLY = "belongs to --mode demo and --mode live";

function inMode(mode: Exclude<Mode, "virtual">): Readonly<Partial<Record<RunOptionKey, string>>> {
	return Object.fromEntries(Object.entries(NOT_WHERE_MONEY_MOVES).map(([key, why]) => [key, `makes no sense in ${mode}: it ${why}`]));
}

function refuse(options: RunOptions, reasons: Readonly<Partial<Record<RunOptionKey, string>>>): void {
	for (const [key, why] of Object.entries(reasons) as [RunOptionKey, string][]) {
		const value = options[key];
		if (value !== undefined && value !== false) throw usageFailure(`${optionName(key)} ${why}. Leave it out.`);
	}
}

function within(mode: Mode, key: RunOptionKey, value: number, rule: string, most: number, unit: string): void {
	if (value <= most) return;
	throw usageFailure(`${optionName(key)} ${value} is beyond the limit of ${mode}: ${rule} is ${most} ${unit}. Give at most ${most}.`);
}
