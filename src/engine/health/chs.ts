import type { RegimeLabel } from "../market/regime.ts";
import { addToRecord, baselineOf, stepArms } from "./edge.ts";
import { compose, raiseFault, refreshAgent, refreshEquity, refreshFeed, refreshMarket, refreshOrders, refreshRisk } from "./pillars.ts";
import { type Chs, type ChsCarry, type ChsConfig, copyOf, createChsState, FAULT } from "./state.ts";
import { addTrade, type TradeResult } from "./statistics.ts";

/** One order attempt as the score needs it. */
export type OrderResult = {
	/** `invalid`: refused by our own validation; `rejected`: by the broker; `filled`. Holds are not attempts. */
	readonly outcome: "invalid" | "rejected" | "filled";
	/** From sending to the answer, ms; not read when `invalid`. */
	readonly latencyMs: number;
	/** Adverse slippage of the fill in R (negative = favourable); read when `filled`. */
	readonly slippageR: number;
	/** Money at risk after the fill in R, 1 = as planned; read when `filled`. */
	readonly exposureR: number;
};

const LATENCY_MS_MAX = 10_000;
const SHARE_DECAY = 0.99;
const FEED_WARM_TICKS = 200;

/** Starts a score; see chs.md and docs/CHS.md. It reads 0 until `onStart`. */
export function createChs(config: ChsConfig): Chs {
	const chs = createChsState(config);
	refreshAll(chs);
	return chs;
}

/** The session begins: broker time in ms and equity in account currency, which becomes the peak. */
export function onStart(chs: Chs, nowMs: number, equity: number): void {
	const sane = Number.isFinite(nowMs) && Number.isFinite(equity) && equity > 0;
	chs.faults = sane ? chs.faults & ~FAULT.unstarted : chs.faults | FAULT.unstarted;
	if (sane) {
		chs.feed.nowMs = nowMs;
		chs.feed.lastTickMs = nowMs;
		chs.account.equity = equity;
		chs.account.peak = equity;
	}
	refreshAll(chs);
}

/** A quote arrived at broker time `tMs`. O(1); does nothing more than note the time once the feed is known to be well. */
export function onTick(chs: Chs, tMs: number): void {
	const { feed } = chs;
	if (!Number.isFinite(tMs)) {
		raiseFault(chs, FAULT.clock);
		return;
	}
	const settled = feed.ticks >= FEED_WARM_TICKS && feed.nowMs === feed.lastTickMs && tMs >= feed.nowMs && (chs.faults & FAULT.clock) === 0;
	feed.ticks++;
	if (tMs > feed.lastTickMs) feed.lastTickMs = tMs;
	if (tMs > feed.nowMs) feed.nowMs = tMs;
	if (settled) return;
	chs.faults &= ~FAULT.clock;
	refreshFeed(chs);
	compose(chs);
}

/** Time passed; at least once a second. While the market is closed the feed's age does not grow. A tick from the future counts as one of now. */
export function onClock(chs: Chs, nowMs: number, marketOpen: boolean): void {
	const { feed } = chs;
	if (!Number.isFinite(nowMs)) {
		raiseFault(chs, FAULT.clock);
		return;
	}
	if (!marketOpen && nowMs > feed.nowMs) feed.lastTickMs += nowMs - feed.nowMs;
	feed.nowMs = nowMs;
	if (feed.lastTickMs > nowMs) feed.lastTickMs = nowMs;
	chs.faults &= ~FAULT.clock;
	refreshFeed(chs);
	compose(chs);
}

/** A bar closed; `label` is what `onClose` of market/regime.ts said. Null (no label yet) is left out. */
export function onBar(chs: Chs, label: RegimeLabel | null): void {
	if (label === null) return;
	const { regime } = chs;
	const { shares } = regime;
	shares.underdamped = SHARE_DECAY * shares.underdamped + (label === "underdamped" ? 1 : 0);
	shares.critical = SHARE_DECAY * shares.critical + (label === "critical" ? 1 : 0);
	shares.overdamped = SHARE_DECAY * shares.overdamped + (label === "overdamped" ? 1 : 0);
	if (regime.last !== null) {
		regime.pairs = SHARE_DECAY * regime.pairs + 1;
		regime.same = SHARE_DECAY * regime.same + (label === regime.last ? 1 : 0);
	}
	regime.last = label;
	regime.bars++;
	regime.kappa = kappaOf(chs);
	refreshMarket(chs);
	compose(chs);
}

/**
 * The account moved: equity with floating result (account currency), margin level in percent (null = nothing open, infinite), and the
 * open loss against plan in R (0 when in profit). O(1); called on every quote while a position is open.
 */
export function onAccount(chs: Chs, equity: number, marginLevelPct: number | null, openLossR: number): void {
	const { account } = chs;
	if (!(Number.isFinite(equity) && Number.isFinite(openLossR) && (marginLevelPct === null || Number.isFinite(marginLevelPct)))) {
		raiseFault(chs, FAULT.account);
		return;
	}
	const exposed = marginLevelPct !== null;
	const marginPct = marginLevelPct ?? 0;
	const same = equity === account.equity && exposed === account.exposed && marginPct === account.marginPct && !(openLossR > account.overshoot);
	if (same && (chs.faults & FAULT.account) === 0) return;
	account.equity = equity;
	if (equity > account.peak) account.peak = equity;
	account.exposed = exposed;
	account.marginPct = marginPct;
	chs.faults &= ~FAULT.account;
	if (openLossR > account.overshoot) {
		account.overshoot = openLossR;
		refreshRisk(chs);
	} else refreshEquity(chs);
	compose(chs);
}

/** An order attempt came to its end. O(1). An outcome with numbers that are none keeps the score at 0 until `rebase`. */
export function onOrder(chs: Chs, order: OrderResult): void {
	const { orders, account } = chs;
	const invalid = order.outcome === "invalid";
	const filled = order.outcome === "filled";
	if (!((invalid || Number.isFinite(order.latencyMs)) && (!filled || (Number.isFinite(order.slippageR) && Number.isFinite(order.exposureR))))) {
		raiseFault(chs, FAULT.order);
		return;
	}
	orders.attempts++;
	orders.validator = 0.9 * orders.validator + (invalid ? 0.1 : 0);
	if (!invalid) {
		orders.broker = 0.9 * orders.broker + (filled ? 0 : 0.1);
		orders.latencyMs = 0.85 * orders.latencyMs + 0.15 * Math.max(0, Math.min(LATENCY_MS_MAX, order.latencyMs));
	}
	if (filled) {
		orders.slippageR = 0.85 * orders.slippageR + 0.15 * Math.max(0, order.slippageR);
		if (order.exposureR > account.overshoot) account.overshoot = order.exposureR;
		refreshRisk(chs);
	}
	refreshOrders(chs);
	refreshFeed(chs);
	compose(chs);
}

/** A trade closed, real or shadow (shadow trades feed everything but the account). O(1). Numbers that are none keep the score at 0 until `rebase`. */
export function onTrade(chs: Chs, trade: TradeResult): void {
	const { account, arms } = chs;
	const { r } = trade;
	if (!(Number.isFinite(r) && Number.isFinite(trade.mfe) && Number.isFinite(trade.mae))) {
		raiseFault(chs, FAULT.trade);
		return;
	}
	const mfe = Math.max(0, trade.mfe);
	const mae = Math.max(0, trade.mae);
	chs.trades++;
	addTrade(chs.sums, r, mfe, mae);
	stepArms(arms, chs.baseline, r, mfe, mae);
	if (addToRecord(chs.record, r, mfe, mae)) {
		chs.usedRecord = copyOf(chs.record);
		chs.baseline = baselineOf(chs.usedRecord);
	}
	if (!trade.shadow) account.overshoot = Math.max(0.9 * account.overshoot, -r, mae);
	refreshAll(chs);
}

/** The operator accepts what happened: the peak becomes the present equity, the overshoot 0, unreadable orders and trades are put aside. */
export function rebase(chs: Chs): void {
	chs.account.peak = chs.account.equity;
	chs.account.overshoot = 0;
	chs.faults &= ~(FAULT.order | FAULT.trade);
	refreshAll(chs);
}

/** A carry whose loss beyond the plan the operator has accepted: the latch it would cause at the next start is lifted, the results stay. */
export function acceptOvershoot(carry: ChsCarry): ChsCarry {
	return { ...carry, overshoot: 0 };
}

/** What the next session of the same build and stage starts from: an independent copy. */
export function carryOf(chs: Chs): ChsCarry {
	return copyOf({
		sums: chs.sums,
		trades: chs.trades,
		arms: chs.arms,
		record: chs.record,
		usedRecord: chs.usedRecord,
		overshoot: chs.account.overshoot,
	});
}

/** The Composite Health Score, 0..1; 0 before `onStart` and while an input could not be understood. Reading it costs nothing. */
export function scoreOf(chs: Chs): number {
	return chs.chs;
}

/** Stability of the labels beyond chance, 0..1 (chs.md 3, kappa); 1 when there is only one label. */
function kappaOf(chs: Chs): number {
	const { shares, pairs, same } = chs.regime;
	const total = shares.underdamped + shares.critical + shares.overdamped;
	const squares = shares.underdamped * shares.underdamped + shares.critical * shares.critical + shares.overdamped * shares.overdamped;
	const chance = squares / (total * total);
	if (!(chance < 1) || pairs === 0) return 1;
	return Math.max(0, Math.min(1, (same / pairs - chance) / (1 - chance)));
}

function refreshAll(chs: Chs): void {
	refreshAgent(chs);
	refreshRisk(chs);
	refreshMarket(chs);
	refreshOrders(chs);
	refreshFeed(chs);
	compose(chs);
}
