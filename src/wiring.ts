import { createPaperBroker } from "./adapters/broker/paper.ts";
import type { KeptBars } from "./adapters/feed/csv/kept-bars.ts";
import { openCsvFeed } from "./adapters/feed/mt5-csv.ts";
import { DEFAULT_SESSION_START, openSyntheticFeed, requoteProbabilityOf } from "./adapters/feed/synthetic.ts";
import type { Broker, MarketData } from "./adapters/ports.ts";
import { requireFit } from "./config/agent-fit.ts";
import type { RunPlan } from "./config.ts";
import type { SessionConfig } from "./engine/config.ts";
import { warmupStartAt } from "./engine/market/synthetic/warmup.ts";
import { createMoneyTerms } from "./engine/money.ts";
import { defaultRules } from "./engine/rules.ts";
import type { BrokerMs } from "./engine/units.ts";

/** Rows a batch: large enough that the loop dominates, small enough to stay in the processor's cache. */
const BATCH_ROWS = 4096;
const DAY_MINUTES = 1440;

/** The feed of a run, and the configuration completed by what opening it told. */
export type OpenedFeed = {
	readonly feed: MarketData;
	readonly config: SessionConfig;
	readonly notes: readonly string[];
	/** Time of its first row; null when not known before. */
	readonly firstAt: BrokerMs | null;
	/** Market time from its first row to its last; null when not known. */
	readonly marketMs: number | null;
};

/** A market to run a session on, and the account behind it. */
export type OpenedMarket = OpenedFeed & {
	/** The id that the session must have: a real broker makes the ids of its orders from it. Null = any new one. */
	readonly sessionId: string | null;
	readonly broker: Broker;
	/** Closes broker and feed, and what they came from. */
	close(): void;
};

/** Opens a made or recorded market with the simulated account. Throws as `openFeed`. */
export function openMarket(plan: Pick<RunPlan, "agent" | "config" | "timeframeMinutes" | "timeframeAsked">, kept: KeptBars | null = null): OpenedMarket {
	const opened = openFeed(plan, kept);
	requireFitOf(plan, opened);
	const broker = openBroker(opened.config, opened.feed);
	return {
		...opened,
		sessionId: null,
		broker,
		close() {
			broker.close();
			opened.feed.close();
		},
	};
}

/** Refuses data of a symbol or timeframe that the agent is not for, as soon as the data says what it is, and closes it. Throws a usage `Failure`. */
export function requireFitOf({ agent }: Pick<RunPlan, "agent">, { feed, config }: OpenedFeed): void {
	try {
		requireFit(agent, { symbol: config.instrument.symbol, timeframeMinutes: config.timeframeMinutes });
	} catch (error) {
		feed.close();
		throw error;
	}
}

/**
 * Opens the feed that a plan asks for. Throws a `Failure` (exit 2 or 3) when the data cannot be used; the caller closes the feed. `kept`: bars that a
 * thread has read before, for work that opens the same file again and again.
 */
export function openFeed(plan: Pick<RunPlan, "config" | "timeframeMinutes" | "timeframeAsked">, kept: KeptBars | null = null): OpenedFeed {
	const { config } = plan;
	const { feed: choice, instrument } = config;
	if (choice.kind === "synthetic") {
		const timeframeMinutes = plan.timeframeMinutes ?? 1;
		const sessionStartAt = DEFAULT_SESSION_START;
		const startAt = warmupStartAt(instrument, sessionStartAt, config.warmupBars * timeframeMinutes);
		const feed = openSyntheticFeed({ instrument, scenario: choice.scenario, seed: config.seed, startAt, sessionStartAt, endAt: null, batchRows: BATCH_ROWS });
		return withDailyRule({ feed, config: { ...config, timeframeMinutes }, notes: [], firstAt: startAt, marketMs: null });
	}
	if (choice.kind === "bridge") throw new Error("live quotes are opened by commands/stage/open-live.ts");
	// The symbol has been settled with the specification at hand; asking the reader to compare names again would refuse brokers' own.
	const timeframeMinutes = plan.timeframeAsked ? plan.timeframeMinutes : null;
	const opened = openCsvFeed({ ...choice, symbol: null, instrument, timeframeMinutes, batchRows: BATCH_ROWS }, kept);
	const { firstAt, endAt, notes } = opened;
	const marketMs = endAt === null ? null : endAt - firstAt;
	return withDailyRule({ feed: opened.feed, config: { ...config, timeframeMinutes: opened.timeframeMinutes }, notes, firstAt, marketMs });
}

/** Daily bars are decided at broker midnight, where the default of C15 would forbid every entry; a window that the user has set stays. */
function withDailyRule(opened: OpenedFeed): OpenedFeed {
	const { config } = opened;
	const usual = defaultRules(config.mode).noEntryAroundMidnightMinutes;
	if (config.timeframeMinutes < DAY_MINUTES || config.mode !== "virtual" || config.rules.noEntryAroundMidnightMinutes !== usual) return opened;
	const note = "Daily bars are decided at broker midnight: rules.noEntryAroundMidnightMinutes is 0 for this session.";
	return { ...opened, config: { ...config, rules: { ...config.rules, noEntryAroundMidnightMinutes: 0 } }, notes: [...opened.notes, note] };
}

/** The simulated account of a virtual session; the scenario's requotes come from the feed's identity, so a replay meets the same. */
export function openBroker(config: SessionConfig, feed: MarketData): Broker {
	return createPaperBroker(
		{
			terms: createMoneyTerms(config.instrument, config.account, config.conversion),
			account: config.account,
			settings: config.simulator,
			triggerFill: feed.traits.triggerFill,
			seed: config.seed,
			ticketStart: 1,
		},
		(at) => requoteProbabilityOf(feed.identity, at),
	);
}
