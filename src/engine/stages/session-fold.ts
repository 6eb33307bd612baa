import { isObject, type JournalFields, listOf, numberOf, partOf, textOf } from "../journal-fields.ts";
import { brokerDay } from "../time.ts";
import type { BrokerMs } from "../units.ts";
import type { EvidenceTrade } from "./evidence.ts";

/** What a journal has to say for a gate, from its raw lines. Plain JSON; never changes once the session has ended. */
export type SessionFold = {
	/** Of the configuration, as the first line says it. */
	readonly configHash: string;
	readonly runKey: string;
	/** The line `ended`: why the session ended by itself; null when there is none, as after a crash. */
	readonly endReason: string | null;
	/** What the operator did beside the agent; `null`: the journal is of a version that did not write it down. */
	readonly steeredBy: readonly string[] | null;
	readonly trades: readonly EvidenceTrade[];
	/** Entries judged by validation, and those refused for breaking a rule. Shadow orders are not among them. */
	readonly orders: number;
	readonly rejections: number;
	/** Trips of the breaker. */
	readonly trips: number;
	/** Decision points, and those at which the breaker was open; null: not written down, as after a crash. */
	readonly decisions: { readonly steps: number; readonly haltedSteps: number } | null;
	/** The first latched halt by a loss limit or the breaker, in words, and its control; null = none. */
	readonly latched: { readonly control: string; readonly reason: string } | null;
	/** Market time traded: from the end of the warm-up to the last line; null when trading never began. */
	readonly period: { readonly from: BrokerMs; readonly to: BrokerMs } | null;
	/** Broker days on which a trade was closed, days since 1970. */
	readonly days: readonly number[];
	/** Deals that the broker reported, by ticket, in order; at most 1000. */
	readonly deals: readonly number[];
	/** What could not be read, with its line, or null: such a journal proves nothing. */
	readonly unreadable: string | null;
};

/** A line of a journal, as far as a fold needs it. */
type Line = { readonly n: number; readonly at: BrokerMs | null; readonly kind: string; readonly data: unknown };

/** Folds a journal; give it every line in order. */
export function createSessionFold(): { add(line: Line): void; result(): SessionFold } {
	const fold = start();
	return {
		add: (line) => addLine(fold, line),
		result: () => ({ ...fold, days: [...new Set(fold.days)] }),
	};
}

type Mutable = { -readonly [K in keyof SessionFold]: SessionFold[K] extends readonly (infer T)[] ? T[] : SessionFold[K] };

/** Loss limits, the health breaker and the drawdown: a demo session that latches one of them has failed (docs/GATES.md). */
const FAILING: ReadonlySet<string> = new Set(["C21", "C22", "C23", "C24", "C25", "C26"]);
const DEALS_KEPT = 1000;

function start(): Mutable {
	return {
		configHash: "",
		runKey: "",
		endReason: null,
		steeredBy: null,
		trades: [],
		orders: 0,
		rejections: 0,
		trips: 0,
		decisions: null,
		latched: null,
		period: null,
		days: [],
		deals: [],
		unreadable: null,
	};
}

function addLine(fold: Mutable, { n, at, kind, data }: Line): void {
	if (at !== null && fold.period !== null && at > fold.period.to) fold.period = { ...fold.period, to: at };
	const reader = READERS[kind];
	if (reader === undefined) return;
	const problem = isObject(data) ? reader(fold, data, at ?? 0) : "has no fields";
	if (problem !== null) fold.unreadable ??= `line ${n} (${kind}) ${problem}`;
}

type Reader = (fold: Mutable, data: JournalFields, at: BrokerMs) => string | null;

/** The kinds of lines that matter; a reader returns what it could not read. */
const READERS: Readonly<Record<string, Reader>> = {
	session(fold, data) {
		fold.configHash = textOf(data, "configHash");
		fold.runKey = textOf(data, "runKey");
		return null;
	},
	trading(fold, _data, at) {
		fold.period = { from: at, to: at };
		return null;
	},
	trade(fold, data, at) {
		if (data.shadow === true) return null;
		const [r, mfe, mae, chs] = [numberOf(data, "r"), numberOf(data, "mfeR"), numberOf(data, "maeR"), numberOf(partOf(data, "score"), "chs")];
		if (r === null || mfe === null || mae === null || chs === null) return "lacks a result in R, an excursion or the score";
		fold.trades.push({ r, mfe, mae, chs });
		fold.days.push(brokerDay(at));
		return null;
	},
	order(fold, data) {
		if (data.purpose === "open") fold.orders++;
		return null;
	},
	refused(fold, data) {
		if (data.isRejection !== true || data.shadow === true) return null;
		fold.orders++;
		fold.rejections++;
		return null;
	},
	state(fold, data) {
		noteLatch(fold, textOf(data, "control"), textOf(data, "to"), textOf(data, "reason"));
		return null;
	},
	breach(fold, data) {
		noteLatch(fold, textOf(data, "control"), textOf(data, "state"), textOf(data, "message") || textOf(data, "reason"));
		return null;
	},
	breaker(fold, data) {
		if (data.what === "trip") fold.trips++;
		if (data.latched === true) noteLatch(fold, "C25", "HALTED", textOf(data, "text"));
		return null;
	},
	broker(fold, data) {
		const ticket = data.type === "deal" ? numberOf(partOf(data, "deal"), "ticket") : null;
		if (ticket !== null && fold.deals.length < DEALS_KEPT) fold.deals.push(ticket);
		return null;
	},
	ended(fold, data) {
		fold.endReason = textOf(data, "reason");
		const breaker = partOf(data, "breaker");
		const [steps, haltedSteps] = [numberOf(breaker, "steps"), numberOf(breaker, "haltedSteps")];
		if (steps !== null && haltedSteps !== null) fold.decisions = { steps, haltedSteps };
		if (Array.isArray(data.steeredBy)) fold.steeredBy = listOf(data, "steeredBy").map(String);
		return null;
	},
};

/** A second latch changes no state, so the limit's own line counts as well. */
function noteLatch(fold: Mutable, control: string, state: string, reason: string): void {
	if ((state === "HALTED" || state === "KILLED") && FAILING.has(control)) fold.latched ??= { control, reason };
}
