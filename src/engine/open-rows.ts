import type { Engine, Plan } from "./engine.ts";
import type { OrderRequest } from "./order.ts";
import type { OrderRow, PositionRow } from "./project.ts";
import { orderTypeWords, requestWords } from "./request-words.ts";
import { floatingOf } from "./trade.ts";
import { roundMoney, toPrice } from "./units.ts";
import { isPending } from "./unknown.ts";

/** The newest `most` open trades, real and shadow, valued at the last quote. */
export function positionRows(engine: Engine, most: number): readonly PositionRow[] {
	const { digits } = engine.config.instrument;
	return engine.trades.slice(-most).map((trade) => {
		const now = trade.side === "BUY" ? engine.bid : engine.ask;
		const points = trade.side === "BUY" ? now - trade.openPrice : trade.openPrice - now;
		const money = floatingOf(trade, engine.terms, now);
		return {
			tradeNumber: trade.number,
			shadow: trade.shadow,
			side: trade.side,
			lots: trade.lots,
			openPrice: toPrice(trade.openPrice, digits),
			sl: toPrice(trade.sl, digits),
			tp: toPrice(trade.tp, digits),
			now: toPrice(now, digits),
			// The mean price of a netting position lies between points; a tenth of one is enough to read.
			points: Number.isFinite(points) ? Math.round(points * 10) / 10 : null,
			money: Number.isFinite(money) ? roundMoney(money, engine.config.account.currencyDigits) : null,
			openedAt: trade.openedAt,
		};
	});
}

/** The newest `most` of what waits at the broker and of what it has not answered, the unanswered last. */
export function orderRows(engine: Engine, most: number, digits: number): readonly OrderRow[] {
	const waiting = engine.orders.map(
		(order): OrderRow => ({
			what: orderTypeWords(order.type),
			status: "waiting",
			lots: order.lots,
			price: toPrice(order.price, digits),
			sl: toPrice(order.sl, digits),
			tp: toPrice(order.tp, digits),
			since: order.placedAt,
		}),
	);
	const asked = engine.plans.filter(isPending).map((plan) => rowOfPlan(plan, digits));
	return [...waiting, ...asked].slice(-most);
}

function rowOfPlan({ request, unknown, sentAt }: Plan, digits: number): OrderRow {
	return {
		what: whatOf(request),
		status: unknown ? "unknown" : "in flight",
		lots: "lots" in request ? request.lots : 0,
		price: "price" in request ? toPrice(request.price, digits) : 0,
		sl: "sl" in request ? toPrice(request.sl, digits) : 0,
		tp: "tp" in request ? toPrice(request.tp, digits) : 0,
		since: sentAt,
	};
}

function whatOf(request: OrderRequest): string {
	const { action } = request;
	const side = action === "DEAL" ? request.side : "";
	const type = action === "PENDING" ? request.type : "";
	return requestWords({ action, side, type, closes: action === "DEAL" && request.positionId !== null });
}
