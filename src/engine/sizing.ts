import { marginOf, notionalOf, profitOf } from "./money.ts";
import type { Side } from "./order.ts";
import { type Lots, lotsOf, type Money, type Points, stepsIn } from "./units.ts";
import { exposureOf } from "./validation/checks-risk.ts";
import { pendingEntry, type ValidationContext, waitingOpenings } from "./validation/context.ts";

/** Why no size can be given. These are not validator rejections: the engine sizes, not the agent. */
export const SIZING_CODES = {
	VOLUME_TOO_SMALL: { control: "C12", line: "The planned risk, or a limit, leaves less than the symbol's smallest volume" },
	SIZE_UNKNOWN: { control: "C12", line: "The money at the stop cannot be computed: no stop, a stop in profit, or a missing rate" },
} as const;

/** Name of a reason why no size can be given. */
export type SizingCode = keyof typeof SIZING_CODES;

/** What bounded the volume: the plan itself or, when smaller, a limit. */
export type SizeBound =
	| "risk"
	| "riskPerTradePctMax"
	| "volumeMax"
	| "maxLots"
	| "volumeLimit"
	| "exposure"
	| "orderNotional"
	| "openNotional"
	| "marginLevel"
	| "freeMargin";

/** An entry to be sized. */
export type SizingPlan = {
	readonly side: Side;
	/** Where it opens: ask or bid for a deal, its own price for a waiting order. */
	readonly entryPrice: Points;
	readonly stopPrice: Points;
	/** Percent of equity to lose at the stop; an agent that wants half a unit passes half of it. */
	readonly riskPct: number;
	/** Commission of opening and closing one lot, account currency, at least 0. */
	readonly commissionPerLot: Money;
};

/** A volume on the step grid with the money it may lose at the stop, or the reason why there is none. */
export type Sizing =
	| { readonly kind: "sized"; readonly lots: Lots; readonly riskMoney: Money; readonly boundBy: SizeBound }
	| {
			readonly kind: "refused";
			readonly code: SizingCode;
			readonly control: string;
			readonly isRejection: false;
			readonly actual: Lots;
			readonly limit: Lots;
			readonly message: string;
	  };

/**
 * Lots for `riskPct` of equity at the stop. The spread needs no term of its own: an entry is dealt at one side of the quote and its
 * stop fires on the other, so the distance between the two prices already contains it. Commission is added; slippage is not, since
 * nobody knows it beforehand. Volume is rounded down to the step, and down further to every limit the validator would apply (C08,
 * C09, C11, C12, C18), so that the engine's own sizing is never a rejection.
 */
export function sizeEntry(ctx: ValidationContext, plan: SizingPlan): Sizing {
	const { instrument } = ctx.terms;
	const lossPerLot = -profitOf(ctx.terms, plan.side, 1, plan.entryPrice, plan.stopPrice) + plan.commissionPerLot;
	const distance = plan.side === "BUY" ? plan.entryPrice - plan.stopPrice : plan.stopPrice - plan.entryPrice;
	if (!(distance > 0 && plan.stopPrice > 0 && lossPerLot > 0 && Number.isFinite(lossPerLot) && plan.riskPct > 0 && ctx.account.equity > 0)) {
		return refuse(ctx, "SIZE_UNKNOWN", 0, `entry ${plan.entryPrice}, stop ${plan.stopPrice} points, ${plan.riskPct} % of ${ctx.account.equity.toFixed(2)}`);
	}
	const bounds = boundsOf(ctx, plan, lossPerLot);
	let boundBy: SizeBound = "risk";
	for (const bound of Object.keys(bounds) as SizeBound[]) if (!(bounds[bound] >= bounds[boundBy])) boundBy = bound;
	const wanted = bounds[boundBy];
	const lots = Number.isFinite(wanted) ? wholeSteps(Math.max(0, wanted), instrument.volumeStep) : 0;
	if (lots >= instrument.volumeMin) return { kind: "sized", lots, riskMoney: lots * lossPerLot, boundBy };
	return refuse(ctx, "VOLUME_TOO_SMALL", wanted, tooSmallText(ctx, plan, { wanted, boundBy, lossPerLot, distance }));
}

function boundsOf(ctx: ValidationContext, plan: SizingPlan, lossPerLot: Money): Record<SizeBound, Lots> {
	const { terms, rules, account, positions, orders } = ctx;
	const { equity } = account;
	const notional = notionalOf(terms, 1, plan.entryPrice);
	const margin = marginOf(terms, plan.side, 1, plan.entryPrice);
	const waiting = waitingOpenings(ctx);
	const exposure = exposureOf(ctx, plan.side);
	let open: Money = 0;
	for (const position of positions) open += notionalOf(terms, position.lots, position.openPrice);
	for (const order of orders) open += notionalOf(terms, order.lots, pendingEntry(order));
	for (const other of waiting) open += notionalOf(terms, other.lots, other.price);
	const promised = waiting.reduce((sum, other) => sum + marginOf(terms, other.side, other.lots, other.price), 0);
	return {
		risk: (equity * plan.riskPct) / 100 / lossPerLot,
		riskPerTradePctMax: (equity * rules.riskPerTradePctMax) / 100 / lossPerLot,
		volumeMax: terms.instrument.volumeMax,
		maxLots: rules.maxLots,
		volumeLimit: terms.instrument.volumeLimit > 0 ? terms.instrument.volumeLimit - exposure : Number.MAX_VALUE,
		exposure: rules.maxLots * rules.exposureLotsMultiple - exposure,
		orderNotional: (rules.orderNotionalEquityMultiple * equity) / notional,
		openNotional: (rules.openNotionalEquityMultiple * equity - open) / notional,
		marginLevel: perMargin((equity / rules.marginLevelPctMin) * 100 - account.margin - promised, margin),
		freeMargin: perMargin(account.freeMargin - promised, margin),
	};
}

/** Some symbols need no margin at all: then margin bounds nothing. */
function perMargin(money: Money, marginPerLot: Money): Lots {
	return marginPerLot === 0 ? Number.MAX_VALUE : money / marginPerLot;
}

/** Rounded down; the tolerance of `stepsIn` may lift it by a hair above the bound, and then it is one step too many. */
function wholeSteps(lots: Lots, step: Lots): Lots {
	const steps = stepsIn(lots, step);
	return lotsOf(lotsOf(steps, step) > lots * (1 + 1e-12) ? steps - 1 : steps, step);
}

type Shortage = { readonly wanted: Lots; readonly boundBy: SizeBound; readonly lossPerLot: Money; readonly distance: Points };

/** Says what would have to change: the balance or the stop when the plan is the bound, else which limit is. */
function tooSmallText(ctx: ValidationContext, plan: SizingPlan, { wanted, boundBy, lossPerLot, distance }: Shortage): string {
	const { instrument, accountCurrency } = ctx.terms;
	const least = instrument.volumeMin;
	const head = `got=${Math.max(0, wanted).toFixed(4)}, min=${least} lots`;
	if (boundBy !== "risk") return `${head}: the limit is ${boundBy}`;
	const plannedMoney = (ctx.account.equity * plan.riskPct) / 100;
	const needed = Math.ceil(((least * lossPerLot) / plan.riskPct) * 100);
	const perPoint = (lossPerLot - plan.commissionPerLot) / distance;
	const stop = Math.floor((plannedMoney / least - plan.commissionPerLot) / perPoint);
	const remedy = `needs an equity of ${needed} ${accountCurrency}${stop > 0 ? ` or a stop within ${stop} points` : ""}`;
	return `${head}: ${plan.riskPct} % of equity is ${plannedMoney.toFixed(2)} ${accountCurrency}, the smallest volume loses ${(least * lossPerLot).toFixed(2)} at the stop ${distance} points away; ${remedy}`;
}

function refuse(ctx: ValidationContext, code: SizingCode, actual: Lots, text: string): Sizing {
	const limit = ctx.terms.instrument.volumeMin;
	return {
		kind: "refused",
		code,
		control: SIZING_CODES[code].control,
		isRejection: false,
		actual: Number.isFinite(actual) ? actual : 0,
		limit,
		message: `${code}: ${text}`,
	};
}
