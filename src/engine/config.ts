import type { AgentChoice } from "./agents/choice.ts";
import type { LossHistory } from "./broker-report.ts";
import type { ConversionRates, Instrument } from "./instrument.ts";
import type { SimulatorSettings } from "./paper/settings.ts";
import type { Rules } from "./rules.ts";
import type { BrokerMs, Money } from "./units.ts";

/** The three stages an agent passes. */
export type Mode = "virtual" | "demo" | "live";

/** The simulated or real account a session trades on. */
export type AccountTerms = {
	readonly currency: string;
	/** Decimals of the account currency (2 for USD, 0 for JPY). */
	readonly currencyDigits: number;
	readonly startBalance: Money;
	readonly leverage: number;
	readonly marginMode: "netting" | "hedging";
};

/** The feed as asked for; adapters/feed turns it into a MarketData port. */
export type FeedChoice =
	| { readonly kind: "synthetic"; readonly scenario: string }
	/** Live quotes of the broker, by way of the bridge. */
	| { readonly kind: "bridge" }
	| {
			readonly kind: "csv";
			readonly file: string;
			readonly ticks: "every" | "ohlc" | "open";
			readonly from: BrokerMs | null;
			readonly to: BrokerMs | null;
			readonly skipBadRows: boolean;
	  };

/** Where evidence comes from: `sandbox` is the stand-in terminal, whose evidence never opens a real one. */
export type Venue = "sandbox" | "mt5";

/** The broker's account that a demo or live session trades on, as the broker described it before the first event. Nothing secret: no whole login. */
export type BrokerTerms = {
	readonly venue: Venue;
	readonly server: string;
	readonly company: string;
	/** The last four digits of the login. */
	readonly loginTail: string;
	/** SHA-256 over login and server, 64 hex digits: the same account has the same one. */
	readonly accountHash: string;
	/** By the broker's word (control C02). */
	readonly tradeMode: "demo" | "real";
	/** The symbol as the broker calls it. */
	readonly brokerSymbol: string;
	/** What is missing for evidence, in sentences: the session is a REHEARSAL. null = it counts. */
	readonly rehearsal: readonly string[] | null;
	/** Live: which of the three probation sessions this is (1 to 3), or null after them (control C07). */
	readonly probation: number | null;
	/** What becomes of positions of this agent that were there before: taken over, closed at once, or there were none. */
	readonly found: "none" | "resume" | "close";
	/** Where the loss limits of day and permit start from (controls C22 to C24), from earlier sessions on the account (`lossHistoryAfter`); absent = none. */
	readonly earlier?: LossHistory;
	/** The simulator runs on the same quotes and every fill is compared (`--shadow`). */
	readonly paperTwin: boolean;
};

/**
 * Everything that decides what a session does, resolved and checked: the same value and the same data give the same journal.
 * Plain JSON; its canonical form is hashed into the journal and the summary.
 */
export type SessionConfig = {
	readonly mode: Mode;
	readonly instrument: Instrument;
	/** Rates for converting profit and margin of symbols that do not quote the account currency. */
	readonly conversion: ConversionRates;
	readonly account: AccountTerms;
	/** Demo and live only; absent in virtual sessions, whatever their feed. */
	readonly broker?: BrokerTerms;
	readonly agent: AgentChoice;
	readonly feed: FeedChoice;
	readonly timeframeMinutes: number;
	/** Market minutes after the warm-up; null = the whole file. */
	readonly durationMinutes: number | null;
	/** Order attempts that may be sent for entries; null = no limit. */
	readonly maxTrades: number | null;
	readonly chsThreshold: number;
	/** Percent of equity planned to be lost at the stop: 1 R. */
	readonly riskPct: number;
	/** Closed bars that fill the features before the session may trade. */
	readonly warmupBars: number;
	readonly seed: number;
	readonly rules: Rules;
	readonly simulator: SimulatorSettings;
	readonly onBreaker: "hold" | "flatten";
	readonly onExit: "flatten" | "keep";
	/**
	 * What a latched halt does: `end` ends the session, for nobody watches an unattended one; `wait` leaves it to the operator, who resets and
	 * resumes, or stops. Sessions of older versions have no such field: they end. Who watches is no part of what a configuration is, so
	 * neither its hash nor the run key covers it.
	 */
	readonly onLatch: "end" | "wait";
	/** Measuring run: no breaker, loss, count or rate limits; never evidence. */
	readonly unlimited: boolean;
};
