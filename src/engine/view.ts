import type { AgentPosition, AgentView, EntryPermission } from "./agents/agent.ts";
import type { Engine } from "./engine.ts";
import { scoreAllowsRisk } from "./guard.ts";
import { type EntryHold, entryHold } from "./limits/entry-hold.ts";
import { atrPointsOf, observe, observePosition } from "./market/features.ts";
import { medianSpread } from "./market/spread-window.ts";
import { count } from "./tally.ts";
import { floatingOf, resultInR } from "./trade.ts";
import { BREAKER_CONTROL } from "./trading-state.ts";
import type { BrokerMs } from "./units.ts";
import { isInFlight } from "./unknown.ts";

/**
 * What the agent sees of the bar that has just closed. Observation, positions and permission are worked out when they are looked at,
 * and once: most bars are none of an agent's business, and a hold counts only where somebody wanted to enter.
 */
export function freshView(engine: Engine): AgentView {
	const view = VIEWS.get(engine) ?? createView(engine);
	view.forget();
	return view;
}

/** Whether an entry may be made now; a no is counted. An open breaker that is not latched is counted too, but lets the agent go on, in the shadow. */
export function entryPermission(engine: Engine): EntryPermission {
	const { permission, countAs } = judgeEntry(engine);
	if (countAs !== null) count(engine.tally.holds, countAs);
	return permission;
}

/** The same without counting: for an agent outside, which is told before it is known whether it wants to enter. */
export function entryNow(engine: Engine): EntryPermission {
	return judgeEntry(engine).permission;
}

function judgeEntry(engine: Engine): { readonly permission: EntryPermission; readonly countAs: string | null } {
	if (engine.phase !== "trading") return { permission: NOT_TRADING, countAs: null };
	if (engine.breaker.open && !engine.breaker.latched && !engine.config.unlimited) return { permission: MAY_ENTER, countAs: BREAKER_CONTROL };
	const hold = holdOf(engine);
	if (hold !== null) {
		const permission = { mayEnter: false, control: hold.control, reason: hold.message } as const;
		return { permission, countAs: hold.code === "STATE" ? hold.control : hold.code };
	}
	if (scoreAllowsRisk(engine)) return { permission: MAY_ENTER, countAs: null };
	return { permission: { mayEnter: false, control: BREAKER_CONTROL, reason: NOT_PROVEN }, countAs: BREAKER_CONTROL };
}

/**
 * Why no entry could be made now although the state is ACTIVE (cool-down, hours, spread), for the screen: asking counts nothing. Null when
 * one could, when the session does not trade, and when the trading state itself says no.
 */
export function entryHoldNow(engine: Engine): { readonly control: string; readonly reason: string; readonly until: BrokerMs | null } | null {
	if (engine.phase !== "trading" || engine.trading.state !== "ACTIVE") return null;
	const hold = holdOf(engine);
	if (hold !== null) return { control: hold.control, reason: hold.message, until: hold.until };
	return scoreAllowsRisk(engine) ? null : { control: BREAKER_CONTROL, reason: NOT_PROVEN, until: null };
}

const NOT_PROVEN = "the health score does not prove that risk may be taken";
const MAY_ENTER: EntryPermission = { mayEnter: true };
const NOT_TRADING: EntryPermission = { mayEnter: false, control: "phase", reason: "the session is not trading" };

/** One view an engine, made once: it holds nothing but what has been looked at since the last bar, so it is no part of the state. */
const VIEWS = new WeakMap<Engine, AgentView & { forget(): void }>();

function createView(engine: Engine): AgentView & { forget(): void } {
	let entry: EntryPermission | null = null;
	let positions: readonly AgentPosition[] | null = null;
	let observed = false;
	const view = {
		forget() {
			entry = null;
			positions = null;
			observed = false;
		},
		get at() {
			return engine.at;
		},
		get bar() {
			return engine.bars.closed;
		},
		get bid() {
			return engine.bid;
		},
		get ask() {
			return engine.ask;
		},
		get atrPoints() {
			return atrPointsOf(engine.features);
		},
		get entry() {
			entry ??= entryPermission(engine);
			return entry;
		},
		get positions() {
			positions ??= engine.trades.length === 0 ? NONE : engine.trades.map((trade) => positionOf(engine, trade));
			return positions;
		},
		get observation() {
			if (!observed) observeAll(engine, view.positions[0]);
			observed = true;
			return engine.features.observation;
		},
	};
	VIEWS.set(engine, view);
	return view;
}

const NONE: readonly AgentPosition[] = [];

function observeAll(engine: Engine, own: AgentPosition | undefined): void {
	observe(engine.features, engine.bars.closed);
	observePosition(
		engine.features,
		own === undefined ? NO_POSITION : { side: own.side === "BUY" ? 1 : -1, r: own.floatingR, mfeR: own.mfeR, ageBars: own.ageBars },
	);
}

const NO_POSITION = { side: 0, r: 0, mfeR: 0, ageBars: 0 } as const;

function positionOf(engine: Engine, trade: Engine["trades"][number]): AgentPosition {
	return {
		positionId: trade.positionId,
		side: trade.side,
		lots: trade.lots,
		openPrice: trade.openPrice,
		openedAt: trade.openedAt,
		sl: trade.sl,
		tp: trade.tp,
		ageBars: engine.bars.closedCount - trade.openedBar,
		floatingR: floatingOf(trade, engine.terms, trade.side === "BUY" ? engine.bid : engine.ask) / trade.riskMoney,
		mfeR: resultInR(trade, engine.terms).mfe,
	};
}

/** The first reason why no real entry may be made now, the breaker apart; null when there is none. */
function holdOf(engine: Engine): EntryHold | null {
	return entryHold(engine.limits, engine.config.rules, engine.at, {
		trading: engine.trading,
		instrument: engine.config.instrument,
		startedAt: engine.tradingFrom ?? engine.at,
		bid: engine.bid,
		ask: engine.ask,
		quoteAt: engine.quoteAt,
		quoteState: engine.dataHealth.state,
		quoteWhy: engine.dataHealth.why,
		medianSpreadPoints: medianSpread(engine.spreads, engine.at),
		openPositions: engine.positions.length,
		entriesInFlight: engine.plans.filter((plan) => plan.entry && isInFlight(plan)).length,
		unknownOrders: engine.plans.filter((plan) => plan.unknown).length,
		flattening: engine.flattening !== null,
	});
}
