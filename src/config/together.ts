import { resolve } from "node:path";
import { cleanText } from "../adapters/clean-text.ts";
import { type Failure, usageFailure } from "../adapters/failure.ts";
import { builtInSymbol, type ExportName, parseExportName } from "../adapters/feed/csv/file-name.ts";
import type { AccountTerms, FeedChoice, SessionConfig } from "../engine/config.ts";
import type { Instrument } from "../engine/instrument.ts";
import { BUILT_IN_INSTRUMENTS, findInstrument } from "../engine/instruments/built-in.ts";
import { DEFAULT_CONVERSION } from "../engine/instruments/conversion.ts";
import { canConvert, createMoneyTerms } from "../engine/money.ts";
import { readAgentText } from "./agent-name.ts";
import { parseChange } from "./changes.ts";
import { DEFAULTS } from "./defaults.ts";
import { optionName, type RunOptionKey, type RunOptions } from "./options.ts";
import { checkAmounts, requireStage } from "./stage.ts";

/**
 * What the options say together, as far as it can be known without opening a file: throws the `Failure` that a run with them would
 * end with. Configuration files, specifications and `--set` are not read.
 */
export function checkTogether(options: RunOptions): void {
	const feed = feedChoice(options);
	const name = feed.kind === "csv" ? parseExportName(feed.file) : null;
	readAgentText(options.agent ?? DEFAULTS.agent);
	const { asked, known } = symbolFor(options, feed, name, undefined);
	// A live symbol is described by the broker, rates included.
	if (feed.kind !== "bridge" && known === null && options.spec === undefined) throw noSpecification(asked);
	if (feed.kind !== "bridge" && known !== null) requireConversion(known, accountTerms(options), DEFAULT_CONVERSION);
	refuseUnlimitedCount(options);
	requireStage(options, feed, options.set.map(parseChange));
	checkAmounts(options, feed);
}

const RECORDED_ONLY = "belongs to recorded data: use --feed csv --file PATH, or leave it out";

/** Where quotes come from. Throws when options of several feeds are mixed, a file is missing, or a stage has another feed than its own. */
export function feedChoice(options: RunOptions): FeedChoice {
	const mode = options.mode ?? "virtual";
	const kind = options.feed ?? (mode !== "virtual" ? "bridge" : options.file === undefined ? DEFAULTS.feed : "csv");
	if (mode !== "virtual" && kind !== "bridge")
		throw usageFailure(`--feed ${kind} makes no sense in ${mode}: it trades at the broker, on the broker's quotes. Leave --feed out, or use --mode virtual.`);
	if (kind !== "csv") refuseOptions(options, ["file", "ticks", "from", "to", "skipBadRows"], RECORDED_ONLY);
	if (kind === "synthetic") return { kind, scenario: options.scenario ?? DEFAULTS.scenario };
	if (kind === "bridge") {
		refuseOptions(options, ["scenario"], "belongs to the synthetic market: leave it out");
		return { kind };
	}
	refuseOptions(options, ["scenario"], "belongs to the synthetic market: leave it out, or use --feed synthetic");
	if (options.file === undefined) throw usageFailure("--feed csv needs --file PATH: an MT5 export of bars or ticks, .csv or .csv.gz.");
	const from = options.from ?? null;
	const to = options.to ?? null;
	if (from !== null && to !== null && from >= to) throw usageFailure("--from must lie before --to (the moment given by --to is not used any more).");
	return { kind, file: resolve(options.file), ticks: options.ticks ?? "ohlc", from, to, skipBadRows: options.skipBadRows === true };
}

/** The symbol that options, specification (`specSymbol`) and file name ask for, and the built-in instrument it stands for, if any. Throws when they contradict each other. */
export function symbolFor(
	options: RunOptions,
	feed: FeedChoice,
	name: ExportName | null,
	specSymbol: string | undefined,
): { readonly asked: string; readonly known: Instrument | null } {
	const fileSymbol = name?.symbol ?? name?.rawSymbol;
	const asked = options.symbol ?? specSymbol ?? fileSymbol ?? (feed.kind === "csv" ? undefined : DEFAULTS.symbol);
	if (asked === undefined) throw usageFailure(`The symbol cannot be read from the file's name. Give it with --symbol, for example --symbol EURUSD.`);
	const known = findInstrument(asked) ?? findInstrument(builtInSymbol(asked) ?? "");
	if (known !== null && name?.symbol != null && name.symbol !== known.symbol) {
		const said = options.symbol === undefined ? `The symbol of --spec, ${known.symbol},` : `--symbol ${known.symbol}`;
		throw usageFailure(`${said} does not fit the file, whose name says ${name.symbol}. Leave it out, or rename the file if its name is wrong.`);
	}
	return { asked, known };
}

/** Why a symbol without a specification cannot be traded. */
export function noSpecification(asked: string): Failure {
	const list = BUILT_IN_INSTRUMENTS.map((instrument) => instrument.symbol).join(", ");
	return usageFailure(`Symbol "${cleanText(asked, 40)}" has no built-in specification. Built in: ${list}. For another one give --spec PATH.`);
}

/** Decimals in which accounts of these currencies are kept; 2 for all others. */
const CURRENCY_DIGITS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, VND: 0, IDR: 0, CLP: 0, HUF: 0, KWD: 3, BHD: 3, OMR: 3 };

/** The account that a virtual session starts with. */
export function accountTerms(options: RunOptions): AccountTerms {
	const currency = options.currency ?? "USD";
	return {
		currency,
		currencyDigits: CURRENCY_DIGITS[currency] ?? 2,
		startBalance: options.balance ?? 10_000,
		leverage: options.leverage ?? 100,
		marginMode: options.account ?? "hedging",
	};
}

/** Refuses an account currency into which the instrument's money cannot be converted. */
export function requireConversion(instrument: Instrument, account: AccountTerms, rates: SessionConfig["conversion"]): void {
	const missing = canConvert(createMoneyTerms(instrument, account, rates));
	if (missing === null) return;
	throw usageFailure(
		`${instrument.symbol} on a ${account.currency} account needs the rate of ${missing}. Give it with --set conversion.${missing}=RATE, or choose another --currency.`,
	);
}

/** Refuses a count limit on a measuring run. */
export function refuseUnlimitedCount(options: RunOptions): void {
	if (options.unlimited === true && typeof options.maxTrades === "number")
		throw usageFailure("--unlimited has no count limit: leave --max-trades out, or write --max-trades none.");
}

function refuseOptions(options: RunOptions, keys: readonly RunOptionKey[], why: string): void {
	for (const key of keys) {
		const value = options[key];
		if (value !== undefined && value !== false) throw usageFailure(`${optionName(key)} ${why}.`);
	}
}
