import { TRIAD_ROLES } from "../../engine/agents/policy/manifest.ts";
import type { Summary, TradeRow } from "../../engine/summary-type.ts";
import { cleanText } from "../clean-text.ts";

/** Longest text of a summary that is shown. */
const TEXT_CHARS = 400;

/** Entries of a list or a table that are read; ours have a few hundred at most. */
const ENTRIES_MAX = 5000;

/** Every text of a summary, names of table rows included, made safe to show (security rule S-14): names and reasons come from files, agents and brokers. */
export function cleanSummary(summary: Summary): Summary {
	return cleaned(summary) as Summary;
}

function cleaned(value: unknown): unknown {
	if (typeof value === "string") return cleanText(value, TEXT_CHARS);
	if (Array.isArray(value)) return value.slice(0, ENTRIES_MAX).map(cleaned);
	if (typeof value !== "object" || value === null) return value;
	const entries = Object.entries(value).slice(0, ENTRIES_MAX);
	return Object.fromEntries(entries.map(([key, one]) => [cleanText(key, TEXT_CHARS), cleaned(one)]));
}

/**
 * What a field must hold: a type, `x?` = or null, `number~` = a number or null that then means "no number", a nested shape, a list or a table of
 * shapes, or a shape that may be absent.
 */
type Shape =
	| "string"
	| "string?"
	| "number"
	| "number?"
	| "number~"
	| "boolean"
	| "value"
	| { readonly fields: Readonly<Record<string, Shape>> }
	| { readonly list: Shape; readonly orNull?: true }
	| { readonly table: Shape }
	/** May be absent, as in summaries of older versions. */
	| { readonly maybe: Shape }
	| { readonly words: readonly string[] };

/**
 * The name of the first field of `value` that does not hold what a summary must, or null when all do: the file may have been edited, and
 * what draws it relies on the types. Fields that nobody knows are let through.
 */
export function wrongField(value: unknown): string | null {
	return wrong(value, SUMMARY, "");
}

/** A journal's trade line as the row of a summary, its texts made safe to show and nothing else in it, or null when it is none. */
export function cleanTrade(data: unknown): TradeRow | null {
	if (wrong(data, TRADE, "trade") !== null) return null;
	const row = data as TradeRow;
	const known = Object.keys(TRADE.fields).map((key) => [key, cleaned(row[key as keyof TradeRow]) ?? Number.NaN]);
	return Object.fromEntries(known) as TradeRow;
}

/** The summary with every number that JSON could not hold (null in curve and trades) as NaN, for those who draw it. To be called after `wrongField`. */
export function withNumbers(summary: Summary): Summary {
	const numbers = <T extends object>(row: T): T => Object.fromEntries(Object.entries(row).map(([key, one]) => [key, one === null ? Number.NaN : one])) as T;
	return { ...summary, curve: summary.curve.map(numbers), trades: summary.trades.map(numbers) };
}

const PILLAR: Shape = { fields: { score: "number", weakest: "string" } };
const COUNTS: Shape = { table: "number" };
const MARKET: Shape = { fields: { market: "string?", wall: "string" } };

const TRADE = {
	fields: {
		number: "number",
		side: { words: ["BUY", "SELL"] },
		lots: "number~",
		openedAt: "number",
		closedAt: "number",
		openPrice: "number~",
		closePrice: "number~",
		net: "number~",
		r: "number~",
		mfeR: "number~",
		maeR: "number~",
		entryReason: "string",
		exitReason: "string",
		shadow: "boolean",
	},
} as const satisfies Shape;

const GATE_ROW: Shape = {
	fields: {
		target: "string",
		label: "string",
		must: "string",
		value: "number?",
		bound: "number?",
		boundMust: "string?",
		verdict: { words: ["pass", "fail", "insufficient"] },
		why: "string",
	},
};

const TEXTS = ["sessionId", "mode", "symbol", "timeframe", "agent", "agentBuild", "feed", "configHash", "evidenceNote", "endReason", "endDetail", "currency"];
const NUMBERS = ["seed", "exitCode", "marketSeconds", "ticks", "bars", "tradesExecuted", "tradesClosed", "wins", "losses", "netProfit", "startBalance"];
const MORE_NUMBERS = ["endBalance", "endEquity", "openPositions", "maxDrawdownPct", "shadowTrades"];
const MEASURES = ["winRate", "payoff", "omega", "zFactor", "energyCapturedPct", "mfeCapturedPct"];

const BROKER: Shape = {
	fields: {
		...all(["server", "company", "loginTail", "accountHash", "brokerSymbol"], "string"),
		venue: { words: ["sandbox", "mt5"] },
		tradeMode: { words: ["demo", "real"] },
		linkAtEnd: { words: ["down", "reconciling", "up"] },
		rehearsal: { list: "string", orNull: true },
		...all(["linkLosses", "adopted"], "number"),
		probation: "number?",
		deals: { fields: all(["total", "ofIntents", "ofServer", "unmatched"], "number") },
		intents: { fields: all(["sent", "filled", "notFilled", "unknown"], "number") },
		balance: { fields: { ...all(["start", "ofDeals"], "number"), ...all(["end", "change", "difference"], "number?") } },
		notConfirmed: { list: "string" },
	},
};

const TWIN_PARTS: Shape = { fields: all(["price", "latency", "spread", "slippage", "rejection", "swap"], "number") };

const TWIN: Shape = {
	fields: {
		...all(["compared", "pending", "gap", "onlyBrokerRefused", "onlyPaperRefused"], "number"),
		meanGapR: "number?",
		parts: TWIN_PARTS,
		verdict: { words: ["true", "too-kind", "too-harsh", "too-few"] },
		text: "string",
		trades: { list: { fields: { intentId: "number", realNet: "number?", paperNet: "number?", gap: "number", gapR: "number", parts: TWIN_PARTS } } },
	},
};

const AGENT_NOTES: Shape = {
	fields: {
		...all(["outside", "memberOutside"], "number"),
		disagreements: { fields: all([...TRIAD_ROLES, "nobody"], "number") },
		lastOutside: "string?",
	},
};

const SUMMARY: Shape = {
	fields: {
		...all([...TEXTS, "fingerprint", "nextStep"], "string"),
		...all(["file", "scenario", "repeatOf"], "string?"),
		...all([...NUMBERS, ...MORE_NUMBERS], "number"),
		...all(MEASURES, "number?"),
		...all(["unlimited", "evidence"], "boolean"),
		start: MARKET,
		end: MARKET,
		validator: { fields: { ...all(["approved", "refused", "adjusted"], "number"), byCode: COUNTS } },
		holds: COUNTS,
		breaker: {
			fields: {
				...all(["trips", "haltedSeconds"], "number"),
				eventRatePct: "number?",
				events: { list: { fields: { at: "number", what: "string", cause: "string", chs: "number~" } } },
			},
		},
		chs: {
			fields: {
				...all(["final", "min", "mean"], "number"),
				...all(["state", "evidence"], "string"),
				pillars: { fields: { agent: PILLAR, risk: PILLAR, market: PILLAR, execution: PILLAR } },
				components: { table: { fields: { raw: "number?", score: "number~" } } },
			},
		},
		costs: { fields: all(["spread", "commission", "swap", "slippage"], "number") },
		gate: { list: GATE_ROW },
		missing: { table: "string" },
		trades: { list: TRADE },
		curve: { list: { fields: { at: "number", equity: "number~", chs: "number~" } } },
		data: { fields: all(["rows", "badRows", "duplicates", "outOfOrder", "spreadsFilled", "gaps", "longestGapSeconds"], "number") },
		settings: { table: "value" },
		stage: { maybe: { fields: { counts: { words: ["whole", "losses", "no"] }, why: "string", news: { list: "string" }, ledgerHead: "string?" } } },
		journal: { fields: { ...all(["file", "head"], "string"), ...all(["lines", "bytes"], "number") } },
		agentNotes: { maybe: AGENT_NOTES },
		broker: { maybe: BROKER },
		paperTwin: { maybe: TWIN },
	},
};

function all(names: readonly string[], shape: Shape): Readonly<Record<string, Shape>> {
	return Object.fromEntries(names.map((name) => [name, shape]));
}

function wrong(value: unknown, shape: Shape, name: string): string | null {
	if (typeof shape === "string") return fits(value, shape) ? null : name;
	if ("maybe" in shape) return value === undefined ? null : wrong(value, shape.maybe, name);
	if ("list" in shape && shape.orNull === true && value === null) return null;
	if ("words" in shape) return typeof value === "string" && shape.words.includes(value) ? null : name;
	if (typeof value !== "object" || value === null || Array.isArray(value) !== "list" in shape) return name;
	const below = (key: string): string => (name === "" ? key : `${name}.${key}`);
	if ("fields" in shape) {
		const own = value as Readonly<Record<string, unknown>>;
		return first(
			Object.entries(shape.fields).map(
				([key, one]) =>
					() =>
						wrong(own[key], one, below(key)),
			),
		);
	}
	const one = "list" in shape ? shape.list : shape.table;
	return first(
		Object.entries(value).map(
			([key, entry]) =>
				() =>
					wrong(entry, one, below(key)),
		),
	);
}

function first(checks: readonly (() => string | null)[]): string | null {
	for (const check of checks) {
		const found = check();
		if (found !== null) return found;
	}
	return null;
}

function fits(value: unknown, shape: Extract<Shape, string>): boolean {
	const isNumber = typeof value === "number" && Number.isFinite(value);
	switch (shape) {
		case "string":
			return typeof value === "string";
		case "string?":
			return value === null || typeof value === "string";
		case "number":
			return isNumber;
		case "number?":
		case "number~":
			return value === null || isNumber;
		case "boolean":
			return typeof value === "boolean";
		case "value":
			return value === null || typeof value !== "object";
	}
}
