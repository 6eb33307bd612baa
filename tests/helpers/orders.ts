import type { Instrument } from "../../src/engine/instrument.ts";
import { createLimits } from "../../src/engine/limits/limits.ts";
import { createMoneyTerms } from "../../src/engine/money.ts";
import type { DealRequest, LevelsRequest, ModifyRequest, PendingOrder, PendingRequest, Position } from "../../src/engine/order.ts";
import { defaultRules, type Rules } from "../../src/engine/rules.ts";
import type { ValidationContext } from "../../src/engine/validation/context.ts";
import { PLAIN } from "./instrument.ts";

/** Tuesday 2025-03-04 14:00 broker time. */
export const TUESDAY_14 = Date.UTC(2025, 2, 4, 14);

/** A EURUSD with awkward limits: stops level 15, freeze level 5 points, volumes 0.01 to 50 in steps of 0.01, Market execution. */
export const EURUSD_TEST: Instrument = {
	...PLAIN,
	volumeMax: 50,
	stopsLevelPoints: 15,
	freezeLevelPoints: 5,
	fillingFlags: ["FOK", "IOC"],
	sessions: [[], [[0, 1440]], [[0, 1440]], [[0, 1440]], [[0, 1440]], [[0, 1440]], []],
	typicalSpreadPoints: 10,
};

type Changes = Partial<Omit<ValidationContext, "terms" | "rules">> & {
	readonly instrument?: Partial<Instrument>;
	readonly rules?: Partial<Rules>;
	readonly leverage?: number;
};

/** A healthy context: 10 000 USD, leverage 100, bid 108000, ask 108010 (1.08000 / 1.08010), nothing open, virtual rules, no repairs. */
export function contextWith(changes: Changes = {}): ValidationContext {
	const { instrument, rules: ruleChanges, leverage, ...rest } = changes;
	const rules: Rules = { ...defaultRules("virtual"), autoAdjust: false, ...ruleChanges };
	return {
		at: TUESDAY_14,
		terms: createMoneyTerms({ ...EURUSD_TEST, ...instrument }, { currency: "USD", currencyDigits: 2, leverage: leverage ?? 100 }, {}),
		account: { equity: 10_000, margin: 0, freeMargin: 10_000, marginMode: "hedging" },
		quote: { bid: 108_000, ask: 108_010, at: TUESDAY_14 },
		medianSpreadPoints: 10,
		state: "ACTIVE",
		positions: [],
		orders: [],
		inFlight: [],
		unknown: [],
		rules,
		limits: createLimits(rules, 10_000, TUESDAY_14),
		brokerLimits: { orders: 0, positions: 0 },
		...rest,
	};
}

const COMMON = { intentId: 1, symbol: "EURUSD", magic: 7, comment: "test" } as const;

/** Buys 0.10 at 1.08010, stop 100 points below the bid, target 200 above. */
export function deal(changes: Partial<DealRequest> = {}): DealRequest {
	return {
		...COMMON,
		action: "DEAL",
		side: "BUY",
		lots: 0.1,
		price: 108_010,
		deviationPoints: 10,
		sl: 107_900,
		tp: 108_200,
		filling: "IOC",
		positionId: null,
		...changes,
	};
}

/** Buy limit 0.10 at 1.07900, stop 100 points below it. */
export function pending(changes: Partial<PendingRequest> = {}): PendingRequest {
	return {
		...COMMON,
		action: "PENDING",
		type: "BUY_LIMIT",
		lots: 0.1,
		price: 107_900,
		stopLimit: 0,
		sl: 107_800,
		tp: 108_100,
		filling: "RETURN",
		timeInForce: "GTC",
		expiresAt: 0,
		...changes,
	};
}

/** New levels for position 11. */
export function levels(changes: Partial<LevelsRequest> = {}): LevelsRequest {
	return { ...COMMON, action: "SLTP", positionId: 11, sl: 107_950, tp: 108_200, ...changes };
}

/** New price and levels for order 21. */
export function modify(changes: Partial<ModifyRequest> = {}): ModifyRequest {
	return { ...COMMON, action: "MODIFY", ticket: 21, price: 107_890, stopLimit: 0, sl: 107_800, tp: 108_100, timeInForce: "GTC", expiresAt: 0, ...changes };
}

/** Long 0.10 from 1.08000, stop 1.07900, target 1.08200. */
export function position(changes: Partial<Position> = {}): Position {
	return {
		id: 11,
		ticket: 11,
		intentId: null,
		symbol: "EURUSD",
		side: "BUY",
		lots: 0.1,
		openPrice: 108_000,
		openedAt: TUESDAY_14 - 60_000,
		sl: 107_900,
		tp: 108_200,
		swap: 0,
		magic: 7,
		comment: "",
		...changes,
	};
}

/** The order of `pending()` as the broker holds it. */
export function waiting(changes: Partial<PendingOrder> = {}): PendingOrder {
	return {
		ticket: 21,
		intentId: null,
		symbol: "EURUSD",
		type: "BUY_LIMIT",
		lots: 0.1,
		price: 107_900,
		stopLimit: 0,
		sl: 107_800,
		tp: 108_100,
		timeInForce: "GTC",
		expiresAt: 0,
		placedAt: TUESDAY_14 - 60_000,
		magic: 7,
		comment: "",
		...changes,
	};
}
