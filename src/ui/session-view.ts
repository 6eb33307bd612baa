import type { BrokerTerms } from "../engine/config.ts";
import type { LogEntry } from "../engine/log.ts";
import type { Projection } from "../engine/project.ts";
import type { Summary } from "../engine/summary-type.ts";
import type { BrokerMs, Money } from "../engine/units.ts";
import type { AlertBook } from "./alerts.ts";

/** What does not change while a session runs. */
export type SessionAbout = {
	readonly sessionId: string;
	readonly mode: "virtual" | "demo" | "live";
	/** True on the stand-in terminal: everything then says SANDBOX. */
	readonly sandbox: boolean;
	/** Quotes come as the broker makes them: the market has its own pace. */
	readonly liveQuotes: boolean;
	/** The account of a demo or live session and how the session counts; null = paper. */
	readonly broker: Pick<BrokerTerms, "server" | "loginTail" | "tradeMode" | "rehearsal" | "probation" | "paperTwin"> | null;
	readonly replay: boolean;
	readonly symbol: string;
	readonly timeframe: string;
	readonly agent: string;
	readonly agentBuild: string;
	/** Where quotes come from, for people: `synthetic, scenario crash`, or the file's name. */
	readonly feed: string;
	readonly seed: number;
	readonly digits: number;
	readonly lotsDigits: number;
	readonly currency: string;
	readonly currencyDigits: number;
	readonly startBalance: Money;
	readonly threshold: number;
	readonly rearmLevel: number;
	readonly onBreaker: "hold" | "flatten";
	readonly onExit: "flatten" | "keep";
	readonly unlimited: boolean;
	/** Why this session can never count (drill, repeat, unlimited), or null. */
	readonly noEvidence: string | null;
	readonly folder: string;
	readonly startedWallMs: number;
	readonly notes: readonly string[];
	/** A replay's span in market time, for seeking; null while it is not known. */
	readonly span: { readonly from: BrokerMs; readonly to: BrokerMs } | null;
};

/** A point of the chart: a sample of the session at a market time. */
export type Sample = { readonly at: BrokerMs; readonly bid: number; readonly equity: Money; readonly chs: number };

/** A fill on the chart. */
export type Marker = { readonly at: BrokerMs; readonly price: number; readonly kind: "buy" | "sell" | "exit"; readonly net: Money | null };

/** How a session came to its end, or that its thread failed. */
export type SessionEnd =
	| { readonly kind: "ended"; readonly summary: Summary; readonly folder: string; readonly problems: readonly string[] }
	/** A replay that has reached its end: whether it came to the recorded fingerprint (null: there was none to compare). */
	| { readonly kind: "replayed"; readonly matches: boolean | null; readonly detail: string }
	| { readonly kind: "failed"; readonly message: string };

/** The screen's bounded copy of a session, live or replayed. */
export type SessionView = {
	readonly about: SessionAbout;
	/** Null until the first one has come. */
	readonly now: Projection | null;
	/** Wall time at which `now` came: a gap means that the engine is silent. */
	readonly receivedWallMs: number;
	readonly speed: number | "max";
	/** True while it goes slower than was asked for, because something has latched and waits for the operator. */
	readonly slowed: boolean;
	/** A replay that is held. */
	readonly held: boolean;
	/** The last LOG_KEPT entries, oldest first. */
	readonly log: readonly LogEntry[];
	/** Entries that were dropped because they came faster than anybody could read; the journal has them. */
	readonly logLost: number;
	/** The last MARKERS_KEPT fills. */
	readonly markers: readonly Marker[];
	/** At most SAMPLES_KEPT points from the session's start to now. */
	readonly samples: readonly Sample[];
	/** Since when the link was as it was in the last copy before KILLED; once it has been up anew since, the kill is confirmed. null = none was seen. */
	readonly linkBeforeKill: BrokerMs | null;
	readonly alerts: AlertBook;
	readonly end: SessionEnd | null;
};

export const LOG_KEPT = 500;
export const MARKERS_KEPT = 300;
export const SAMPLES_KEPT = 400;
