import type { SessionConfig } from "../../engine/config.ts";
import type { ConversionRates, Instrument } from "../../engine/instrument.ts";
import { DEFAULT_SIMULATOR } from "../../engine/paper/settings.ts";
import { defaultRules, limitsOff, type Rules } from "../../engine/rules.ts";
import { WARMUP_BARS } from "./features.ts";
import type { EpisodeTerms } from "./ground.ts";

/** Percent of the balance that one trade plans to lose: 1 R. */
const RISK_PCT = 1;
/** The episode's account. So much leverage that margin never cuts a volume: every trade is one R, whatever the symbol, and results can be compared. */
const ACCOUNT: SessionConfig["account"] = { currency: "USD", currencyDigits: 2, startBalance: 10_000, leverage: 1000, marginMode: "hedging" };

/**
 * What the sessions of a training are: a measuring run (no breaker, no loss, count, rate, size or exposure limit, for an agent that is stopped learns
 * nothing from what follows) with everything that says whether an order is right: the mandatory stop, the price collar, the hours without entries, the
 * broker's rules, and the cool-down after a close, which stays because a policy that learned without it would count on entries that it does not get.
 */
export function episodeTerms(instrument: Instrument, conversion: ConversionRates, timeframeMinutes: number): EpisodeTerms {
	return {
		mode: "virtual",
		instrument,
		conversion,
		account: ACCOUNT,
		agent: { id: "training", params: {} },
		timeframeMinutes,
		maxTrades: null,
		chsThreshold: 0.55,
		riskPct: RISK_PCT,
		warmupBars: WARMUP_BARS,
		rules: trainingRules(timeframeMinutes),
		simulator: DEFAULT_SIMULATOR,
		onBreaker: "hold",
		onExit: "flatten",
		onLatch: "end",
		unlimited: true,
	};
}

const DAY_MINUTES = 1440;

function trainingRules(timeframeMinutes: number): Rules {
	const usual = defaultRules("virtual");
	const { cooldownMs } = usual;
	// Daily bars are decided at midnight, where no entry would ever be allowed (wiring.ts does the same for sessions).
	const noEntryAroundMidnightMinutes = timeframeMinutes < DAY_MINUTES ? usual.noEntryAroundMidnightMinutes : 0;
	return { ...limitsOff(usual), cooldownMs, noEntryAroundMidnightMinutes };
}
