import { isObject, partOf, textOf } from "./journal-fields.ts";
import { agentEntry } from "./log-agent.ts";
import { adoptionEntry, linkEntry, resolvedEntry, troubleEntry } from "./log-broker.ts";
import { dataEntry, limitEntry, stateEntry } from "./log-guards.ts";
import type { LogLine, LogMemory } from "./log-line.ts";
import { answerEntry, orderEntry, orderNews, refusedEntry, shadowEntry } from "./log-orders.ts";
import { sessionEntry } from "./log-session.ts";
import { dealEntry, tradeEntry } from "./log-trades.ts";
import type { JournalRecord } from "./outbox.ts";
import { createTradeNumbers } from "./trade-numbers.ts";
import type { BrokerMs, Lots, Money } from "./units.ts";

/** What the trade log can be filtered by. */
export type LogKind = "trade" | "order" | "refused" | "breaker" | "limit" | "data" | "agent" | "command" | "session";

/** How much an entry matters: `alarm` changes the frame, `warn` is an alert, `info` is read when somebody looks. */
export type Weight = "info" | "good" | "warn" | "alarm";

/** One line of the trade log, made from one line of the journal. Bounded, plain JSON. */
export type LogEntry = {
	readonly at: BrokerMs;
	readonly kind: LogKind;
	readonly weight: Weight;
	/** Two or three words: `BUY filled`, `stop loss`, `breaker trip`. */
	readonly event: string;
	readonly price: number | null;
	readonly lots: Lots | null;
	/** Net result in account currency, of closed trades. */
	readonly result: Money | null;
	/** Why, in a sentence. As the journal has it: whoever hands it to a screen cleans it. */
	readonly reason: string;
	/** The control behind it (`C25`), or null. */
	readonly control: string | null;
	/** Number of the trade that it belongs to, where it is known. */
	readonly trade: { readonly number: number; readonly shadow: boolean } | null;
	/** What the chart marks: a fill of this kind at `price`. */
	readonly mark: "buy" | "sell" | "exit" | null;
};

/** Turns the lines of one journal, in their order, into the lines of its trade log. */
export type Log = {
	/** The entry for a line, or null for lines that nobody needs to read (score snapshots, account reports) or that say what the line before said. */
	entryOf(record: JournalRecord): LogEntry | null;
};

/**
 * The log of one session. `digits`: decimals of the symbol's prices. `lookUp` asks a running engine which trade a position is; give it
 * lines after the engine has acted on them. Lines that are not what they should be (a journal from a disk) give no entry and never throw.
 */
export function createLog(digits: number, lookUp?: (positionId: number) => number | null): Log {
	const memory: LogMemory = { digits, numbers: createTradeNumbers(lookUp), asked: new Map(), open: new Map(), told: null };
	return {
		entryOf(record) {
			memory.numbers.note(record);
			const makers: Readonly<Record<string, (line: LogLine, kind: string) => LogEntry | null>> = MAKERS;
			const make = Object.hasOwn(makers, record.kind) ? makers[record.kind] : undefined;
			if (make === undefined || !isObject(record.data) || !Number.isFinite(record.at)) return null;
			return make({ at: record.at, data: record.data, memory }, record.kind);
		},
	};
}

/** The maker of each kind of line. Kinds without one are read by nobody: `session`, `rows`, `agent`, `decision`, `chs`, `entry-failed`, `sealed`. */
const MAKERS = {
	broker: brokerLine,
	order: orderEntry,
	refused: refusedEntry,
	trade: tradeEntry,
	"shadow-order": shadowEntry,
	"shadow-trade": tradeEntry,
	breach: limitEntry,
	"margin-call": limitEntry,
	state: stateEntry,
	breaker: stateEntry,
	data: dataEntry,
	"agent-fault": agentEntry,
	"agent-note": agentEntry,
	"agent-outside": agentEntry,
	dropped: agentEntry,
	"nothing-to-close": agentEntry,
	"nothing-to-modify": agentEntry,
	command: sessionEntry,
	"command-refused": sessionEntry,
	trading: sessionEntry,
	ending: sessionEntry,
	ended: sessionEntry,
	bug: sessionEntry,
	adoption: adoptionEntry,
} as const;

function brokerLine(line: LogLine): LogEntry | null {
	switch (textOf(line.data, "type")) {
		case "deal":
			return dealEntry({ ...line, data: partOf(line.data, "deal") });
		case "answer":
			return answerEntry({ ...line, data: partOf(line.data, "answer") });
		case "resolved":
			return resolvedEntry({ ...line, data: partOf(line.data, "answer") });
		case "link":
			return linkEntry(line);
		case "account-trouble":
			return troubleEntry(line);
		case "order":
		case "order-removed":
			return orderNews(line);
		default:
			return null;
	}
}
