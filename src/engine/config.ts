import type { ConversionRates, Instrument } from "./instrument.ts";
import type { SimulatorSettings } from "./paper/settings.ts";
import type { Rules } from "./rules.ts";
import type { BrokerMs, Money } from "./units.ts";

/** The three stages an agent passes; only `virtual` exists so far. */
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
	| {
			readonly kind: "csv";
			readonly file: string;
			readonly ticks: "every" | "ohlc" | "open";
			readonly from: BrokerMs | null;
			readonly to: BrokerMs | null;
			readonly skipBadRows: boolean;
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
	readonly agent: { readonly id: string; readonly params: Readonly<Record<string, number>> };
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
