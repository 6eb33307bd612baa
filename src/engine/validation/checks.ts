import { RETCODE } from "../retcodes.ts";
import * as broker from "./checks-broker.ts";
import * as levels from "./checks-levels.ts";
import * as risk from "./checks-risk.ts";
import type { Case } from "./context.ts";
import type { Finding } from "./finding.ts";
import type { Purpose } from "./verdict.ts";

/** One rule an order must be proven to keep. `check` returns what is wrong, or null. */
export type Check = {
	readonly control: string;
	/** What MT5 answers to a violation; null for our own limits. */
	readonly retcode: number | null;
	/** `broker`: the server would refuse as well. `risk`: our own limit. */
	readonly kind: "broker" | "risk";
	/** True for conditions of the moment that the agent is told of beforehand: refused all the same, but not a validator rejection. */
	readonly hold: boolean;
	readonly on: readonly Purpose[];
	readonly line: string;
	readonly check: (subject: Case) => Finding | null;
};

const ALL: readonly Purpose[] = ["open", "close", "modify", "cancel"];
const OPEN: readonly Purpose[] = ["open"];
const OPEN_OR_MODIFY: readonly Purpose[] = ["open", "modify"];
const NOT_CANCEL: readonly Purpose[] = ["open", "close", "modify"];
const CLOSE: readonly Purpose[] = ["close"];

function byBroker(control: string, retcode: number, on: readonly Purpose[], line: string, check: Check["check"], hold = false): Check {
	return { control, retcode, kind: "broker", hold, on, line, check };
}

function byUs(control: string, on: readonly Purpose[], line: string, check: Check["check"], hold = false): Check {
	return { control, retcode: null, kind: "risk", hold, on, line, check };
}

/** Checked before the table, by validator.ts: without them a request cannot even be read. */
const atTheDoor = (): Finding | null => null;

/**
 * Every check in the order in which it runs: the server's assumed order (rulebook A.4), each broker rule followed by ours on the same
 * matter. The first finding refuses. Codes are the words of journal, screen and docs/CONTROLS.md, which is generated from here.
 */
export const CHECKS = {
	FIELD_INVALID: byBroker("C08", RETCODE.INVALID, ALL, "A field is missing, of the wrong type, or not a finite number in its range", atTheDoor),
	SYMBOL_UNKNOWN: byBroker("C08", RETCODE.INVALID, ALL, "Not the symbol of the session", atTheDoor),
	INTENT_REUSED: byUs("C13", ALL, "The intent number was used before", risk.intentReused),
	TARGET_UNKNOWN: byBroker("C38", RETCODE.POSITION_CLOSED, ALL, "The position or order does not exist (any more)", broker.unknownTarget, true),
	COUNTERPART_WRONG: byBroker("C08", RETCODE.INVALID, CLOSE, "A close of the wrong side, or a close-by without an opposite position", broker.wrongCounterpart),
	NOT_ACTIVE: byUs("C36", OPEN, "The trading state allows no new exposure", risk.notActive, true),
	UNKNOWN_OUTCOME: byUs("C37", OPEN, "A request of unknown outcome blocks entries", risk.unknownOutcome, true),
	ENTRY_IN_FLIGHT: byUs("C13", OPEN, "An entry is on its way", risk.entryInFlight, true),
	TRADE_DISABLED: byBroker("C15", RETCODE.TRADE_DISABLED, NOT_CANCEL, "Trading of the symbol is off", broker.symbolDisabled, true),
	CLOSE_ONLY: byBroker("C15", RETCODE.CLOSE_ONLY, OPEN, "The symbol lets positions only be closed", broker.closeOnly, true),
	LONG_ONLY: byBroker("C15", RETCODE.LONG_ONLY, OPEN, "The symbol may only be bought", broker.longOnly),
	SHORT_ONLY: byBroker("C15", RETCODE.SHORT_ONLY, OPEN, "The symbol may only be sold", broker.shortOnly),
	ORDER_TYPE_FORBIDDEN: byBroker("C15", RETCODE.INVALID_ORDER, NOT_CANCEL, "The symbol does not take this order family", broker.forbiddenFamily),
	MARKET_CLOSED: byBroker("C15", RETCODE.MARKET_CLOSED, NOT_CANCEL, "Outside the symbol's trading session", broker.marketClosed, true),
	NO_QUOTE: byBroker("C10", RETCODE.PRICE_OFF, NOT_CANCEL, "There is no usable quote", broker.noQuote, true),
	QUOTE_OLD: byUs("C10", OPEN, "The quote is older than quoteAgeMsMax", risk.quoteOld, true),
	SPREAD_WIDE: byUs("C10", OPEN, "The spread is beyond spreadMedianMultiple times its median", risk.spreadWide, true),
	VOLUME_BELOW_MIN: byBroker("C08", RETCODE.INVALID_VOLUME, NOT_CANCEL, "Less than the symbol's smallest volume", broker.volumeBelowMin),
	VOLUME_ABOVE_MAX: byBroker(
		"C08",
		RETCODE.INVALID_VOLUME,
		NOT_CANCEL,
		"More than the symbol's largest volume or, for entries, maxLots",
		broker.volumeAboveMax,
	),
	VOLUME_OFF_STEP: byBroker("C08", RETCODE.INVALID_VOLUME, NOT_CANCEL, "Not a multiple of the volume step", broker.volumeOffStep),
	CLOSE_TOO_LARGE: byBroker(
		"C13",
		RETCODE.INVALID_CLOSE_VOLUME,
		CLOSE,
		"More than is left of the position, closes in flight counted",
		broker.closeTooLarge,
		true,
	),
	VOLUME_LIMIT: byBroker("C18", RETCODE.LIMIT_VOLUME, OPEN, "More in one direction than the symbol's volume limit", broker.volumeLimit),
	EXPOSURE_TOO_HIGH: byUs("C18", OPEN, "Worst-case lots of one side beyond maxLots times exposureLotsMultiple", risk.exposureTooHigh),
	ORDERS_LIMIT: byBroker("C19", RETCODE.LIMIT_ORDERS, OPEN, "More waiting orders than pendingOrdersMax or the broker allows", risk.ordersLimit),
	POSITIONS_LIMIT: byBroker("C19", RETCODE.LIMIT_POSITIONS, OPEN, "More positions than openPositionsMax or the broker allows", risk.positionsLimit),
	FILLING_FORBIDDEN: byBroker("C15", RETCODE.INVALID_FILL, NOT_CANCEL, "The filling policy is not one of the symbol's", broker.forbiddenFilling),
	EXPIRATION_INVALID: byBroker(
		"C08",
		RETCODE.INVALID_EXPIRATION,
		OPEN_OR_MODIFY,
		"The life of a waiting order is past or of a kind not taken",
		broker.badExpiration,
	),
	PRICE_OFF_TICK: byBroker("C08", RETCODE.INVALID_PRICE, NOT_CANCEL, "A price is not on the tick grid", levels.offTick),
	PRICE_WRONG_SIDE: byBroker("C10", RETCODE.INVALID_PRICE, OPEN_OR_MODIFY, "A waiting order on the wrong side of the market", levels.priceWrongSide),
	PRICE_TOO_CLOSE: byBroker("C10", RETCODE.INVALID_PRICE, OPEN_OR_MODIFY, "A waiting order nearer than the stops level", levels.priceTooClose),
	PRICE_TOO_FAR: byUs("C10", OPEN, "Requested price beyond priceDistanceSpreads and priceDistancePct", risk.priceTooFar),
	PENDING_TOO_FAR: byUs("C10", OPEN_OR_MODIFY, "A waiting order beyond pendingDistancePct", risk.pendingTooFar),
	DEVIATION_TOO_LARGE: byUs("C10", OPEN, "Deviation beyond deviationSpreads", risk.deviationTooLarge),
	STOPS_NOT_IN_REQUEST: byBroker("C12", RETCODE.INVALID_STOPS, OPEN, "The server takes no SL or TP in the opening request", broker.levelsInRequest),
	STOP_WRONG_SIDE: byBroker("C12", RETCODE.INVALID_STOPS, OPEN_OR_MODIFY, "Stop loss on the wrong side", levels.stopWrongSide),
	STOP_TOO_CLOSE: byBroker("C12", RETCODE.INVALID_STOPS, OPEN_OR_MODIFY, "Stop loss nearer than the stops level", levels.stopTooClose),
	TARGET_WRONG_SIDE: byBroker("C12", RETCODE.INVALID_STOPS, OPEN_OR_MODIFY, "Take profit on the wrong side", levels.targetWrongSide),
	TARGET_TOO_CLOSE: byBroker("C12", RETCODE.INVALID_STOPS, OPEN_OR_MODIFY, "Take profit nearer than the stops level", levels.targetTooClose),
	FROZEN: byBroker("C12", RETCODE.FROZEN, ALL, "The market is inside the freeze level", levels.frozen, true),
	NOTHING_CHANGED: byBroker("C12", RETCODE.NO_CHANGES, ["modify"], "The change changes nothing", levels.nothingChanged),
	HEDGE_PROHIBITED: byBroker("C15", RETCODE.HEDGE_PROHIBITED, OPEN, "Opposite positions are forbidden", broker.hedgeForbidden),
	FIFO_CLOSE: byBroker("C15", RETCODE.FIFO_CLOSE, CLOSE, "An older position must be closed first", broker.fifoBroken),
	STOP_MISSING: byUs("C12", OPEN, "An entry without a stop loss (requireStop)", risk.stopMissing),
	STOP_LOOSENED: byUs("C12", ["modify"], "A stop may only move towards less risk", risk.stopLoosened),
	RISK_TOO_HIGH: byUs("C12", OPEN, "Money at the stop beyond riskPerTradePctMax", risk.riskTooHigh),
	ORDER_NOTIONAL_TOO_HIGH: byUs("C09", OPEN, "Value of the order beyond orderNotionalEquityMultiple", risk.orderNotional),
	OPEN_NOTIONAL_TOO_HIGH: byUs("C09", OPEN, "Value of everything open beyond openNotionalEquityMultiple", risk.openNotional),
	DUPLICATE: byUs("C13", OPEN, "The same side and volume within duplicateWindowMs", risk.duplicate),
	MAX_TRADES: byUs("C20", OPEN, "All entries of the session are sent", risk.maxTrades, true),
	RATE_BURST: byUs("C16", OPEN_OR_MODIFY, "More than rateBurst at once, then one each rateIntervalMs", risk.rate("RATE_BURST"), true),
	RATE_PER_HOUR: byUs("C16", OPEN_OR_MODIFY, "More than ratePerHour", risk.rate("RATE_PER_HOUR"), true),
	RATE_PER_DAY: byUs("C16", OPEN_OR_MODIFY, "More than ratePerDay", risk.rate("RATE_PER_DAY"), true),
	REPEATED_ENTRIES: byUs("C17", OPEN, "More than repeatEntriesMax entries on one side without a close", risk.runaway("REPEATED_ENTRIES"), true),
	ENTRIES_PER_WINDOW: byUs("C17", OPEN, "More than entriesPerWindowMax within entriesWindowMs", risk.runaway("ENTRIES_PER_WINDOW"), true),
	SIDE_FLIPS: byUs("C17", OPEN, "More than sideFlipsMax within sideFlipsWindowMs", risk.runaway("SIDE_FLIPS"), true),
	NO_MONEY: byBroker("C11", RETCODE.NO_MONEY, OPEN, "Free margin does not cover the order", risk.noMoney),
	MARGIN_LEVEL_LOW: byUs("C11", OPEN, "Margin level after the trade below marginLevelPctMin", risk.marginLevelLow),
} as const satisfies Record<string, Check>;

/** Name of a check: the denial code. */
export type CheckCode = keyof typeof CHECKS;

/** Whether a refusal by this check is a validator rejection: a broker or risk rule (C08 to C13) that the agent was free to break. */
export function isRejection(check: Check): boolean {
	return !check.hold && /^C(08|09|10|11|12|13)$/.test(check.control);
}
