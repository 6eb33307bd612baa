import { isHistory } from "./broker-side.ts";
import { type Engine, record } from "./engine.ts";
import { applyHold, noteChange } from "./guard.ts";
import { markToMarket } from "./mark.ts";
import type { Adoption, BrokerEvent, LinkState } from "./order.ts";
import { halt } from "./plans.ts";
import { openTrade } from "./trade.ts";
import { hold, release } from "./trading-state.ts";
import type { BrokerMs } from "./units.ts";

/**
 * The way to the broker changed. While it is not up nothing new may leave (controls C37, C38); closes and cancels may be asked for, and are
 * refused by our own side when they cannot be sent.
 */
export function onLink(engine: Engine, state: LinkState, detail: string, since: BrokerMs): void {
	const { broker, trading } = engine;
	if (broker === null) return;
	if (broker.link.state === "up" && state !== "up") broker.linkLosses++;
	broker.link = { state, since, detail };
	if (state === "up") {
		noteChange(engine, release(trading, engine.at, "C38", detail === "" ? "broker and engine agree" : detail));
		return;
	}
	const reason = `${state === "down" ? "no link to the broker" : "comparing with the broker"}${detail === "" ? "" : `: ${detail}`}`;
	noteChange(engine, hold(trading, engine.at, { control: "C38", state: "RECONCILING", reason, until: null }));
	const known = trading.holds.find((other) => other.control === "C38" && other.state === "RECONCILING");
	// What is shown is why nothing may leave now, not why it was so at first.
	if (known !== undefined) known.reason = reason;
}

/**
 * A position of this agent from before is taken over: it becomes a trade with the risk it was planned with. Whoever begins with a position has
 * been steered: the session is no evidence. Once trading has begun that happens only while reconciling; anything else is a position too many.
 */
export function onAdopted(engine: Engine, { position, riskMoney, reason, commission }: Adoption): void {
	const { broker, config } = engine;
	const isExpected = broker !== null && config.broker?.found !== "none" && (engine.tradingFrom === null || broker.link.state !== "up");
	if (!isExpected) halt(engine, "C38", `position ${position.id} was taken over, which nobody has asked for`);
	if (engine.trades.some((open) => open.positionId === position.id && !open.shadow)) {
		halt(engine, "C39", `position ${position.id} was taken over twice`);
		return;
	}
	if (broker !== null) broker.adopted++;
	const trade = openTrade(
		{ at: position.openedAt, positionId: position.id, side: position.side, lots: position.lots, price: position.openPrice, commission },
		{
			number: engine.nextTrade++,
			shadow: false,
			openedBar: engine.bars.closedCount,
			riskMoney: riskMoney !== null && riskMoney > 0 ? riskMoney : (config.riskPct / 100) * config.account.startBalance,
			entryReason: reason,
		},
	);
	trade.sl = position.sl;
	trade.tp = position.tp;
	trade.openSwap = position.swap;
	engine.trades.push(trade);
	engine.positions.push(position);
	if (!engine.steeredBy.includes("adopted")) engine.steeredBy.push("adopted");
	const { id: positionId, side, lots, openPrice, sl, tp } = position;
	const isClosed = config.broker?.found === "close";
	record(engine, "adoption", { number: trade.number, positionId, side, lots, openPrice, sl, tp, riskMoney: trade.riskMoney, reason, close: isClosed });
	if (isClosed) engine.flattening ??= { reason: "closed at the start, as the operator chose", retryAt: engine.at };
	if (!isHistory(engine)) markToMarket(engine);
}

/** Something on the account is not right. A position of ours without its stop is closed at once (control C12); another's is never touched. */
export function onTrouble(engine: Engine, { control, state, detail }: Extract<BrokerEvent, { type: "account-trouble" }>): void {
	applyHold(engine, { control, state, reason: detail, until: null });
	if (control === "C12") engine.flattening ??= { reason: `no stop at the broker: ${detail}`, retryAt: engine.at, only: "unstopped" };
}
