import type { Filling, TimeInForce } from "./instrument.ts";
import type { BrokerMs, Lots, Money, Points } from "./units.ts";

export type Side = "BUY" | "SELL";
/** Types of orders that wait (MT5 ORDER_TYPE 2..7). */
export type PendingType = "BUY_LIMIT" | "SELL_LIMIT" | "BUY_STOP" | "SELL_STOP" | "BUY_STOP_LIMIT" | "SELL_STOP_LIMIT";
export type OrderType = Side | PendingType;

/** The side a pending order opens once it fires. */
export function sideOf(type: OrderType): Side {
	return type.startsWith("BUY") ? "BUY" : "SELL";
}

/** The side that undoes `side`. */
export function opposite(side: Side): Side {
	return side === "BUY" ? "SELL" : "BUY";
}

type Common = {
	/** Unique for ever within a session: the number of the event that gave birth to the order (control C13). */
	readonly intentId: number;
	readonly symbol: string;
	/** MT5 magic: which agent. */
	readonly magic: number;
	/** For people only; brokers may change it (control C14). */
	readonly comment: string;
};

/** A market deal: opens, or closes `positionId` when it is not null (rulebook A.3, A.8). SL and TP 0 = none. */
export type DealRequest = Common & {
	readonly action: "DEAL";
	readonly side: Side;
	readonly lots: Lots;
	/** The price the sender saw; instant execution compares it with the market within `deviationPoints`. */
	readonly price: Points;
	readonly deviationPoints: Points;
	readonly sl: Points;
	readonly tp: Points;
	readonly filling: Filling;
	readonly positionId: number | null;
};

/** A waiting order (rulebook A.6, A.8). `stopLimit` is the limit price of the two stop-limit types, else 0. */
export type PendingRequest = Common & {
	readonly action: "PENDING";
	readonly type: PendingType;
	readonly lots: Lots;
	readonly price: Points;
	readonly stopLimit: Points;
	readonly sl: Points;
	readonly tp: Points;
	readonly filling: Filling;
	readonly timeInForce: TimeInForce;
	/** Broker time at which SPECIFIED and SPECIFIED_DAY end; 0 for GTC and DAY. */
	readonly expiresAt: BrokerMs;
};

/** New levels for a position; 0 removes a level (rulebook A.8). On netting accounts the position is found by symbol as well. */
export type LevelsRequest = Common & { readonly action: "SLTP"; readonly positionId: number; readonly sl: Points; readonly tp: Points };

/** New price, levels or life of a pending order; type and volume cannot change (rulebook A.8). */
export type ModifyRequest = Common & {
	readonly action: "MODIFY";
	readonly ticket: number;
	readonly price: Points;
	readonly stopLimit: Points;
	readonly sl: Points;
	readonly tp: Points;
	readonly timeInForce: TimeInForce;
	readonly expiresAt: BrokerMs;
};

export type RemoveRequest = Common & { readonly action: "REMOVE"; readonly ticket: number };
/** Closes a position by an opposite one of the same symbol, hedging accounts only (rulebook A.10). */
export type CloseByRequest = Common & { readonly action: "CLOSE_BY"; readonly positionId: number; readonly byPositionId: number };

/** What can be asked of a broker, one record an MT5 trade action. */
export type OrderRequest = DealRequest | PendingRequest | LevelsRequest | ModifyRequest | RemoveRequest | CloseByRequest;

/** Why a deal happened (MT5 DEAL_REASON; rulebook A.1). */
export type DealReason = "EXPERT" | "SL" | "TP" | "SO" | "ROLLOVER" | "END";
/** What a deal did to its position (MT5 DEAL_ENTRY). */
export type DealEntry = "IN" | "OUT" | "INOUT" | "OUT_BY";

/** An executed trade, as MT5 keeps it in history. Money is rounded to the account's digits and signed: costs are negative. */
export type Deal = {
	readonly ticket: number;
	readonly orderTicket: number;
	readonly positionId: number;
	/** The intent that caused it, or null when the server did (SL, TP, stop-out, end). */
	readonly intentId: number | null;
	readonly symbol: string;
	readonly entry: DealEntry;
	readonly side: Side;
	readonly lots: Lots;
	readonly price: Points;
	/** The price asked for, or the level or trigger that fired: `price` minus this, adverse, is the slippage. */
	readonly requestedPrice: Points;
	/** Half the spread that this deal paid, in money (>= 0): information, already inside `price`. */
	readonly spreadCost: Money;
	readonly profit: Money;
	readonly swap: Money;
	readonly commission: Money;
	readonly reason: DealReason;
	readonly comment: string;
	readonly at: BrokerMs;
};

/** An open position as the broker reports it. */
export type Position = {
	/** MT5 position identifier: the ticket of the opening order, constant for the position's life. */
	readonly id: number;
	/** MT5 position ticket; differs from `id` only after a netting reversal (rulebook A.10). */
	readonly ticket: number;
	/** The intent that opened it, or null when it is not ours. */
	readonly intentId: number | null;
	readonly symbol: string;
	readonly side: Side;
	readonly lots: Lots;
	/** Points; a volume-weighted mean, hence fractional, after adding on a netting account. */
	readonly openPrice: Points;
	readonly openedAt: BrokerMs;
	readonly sl: Points;
	readonly tp: Points;
	/** Swap collected so far, account currency. */
	readonly swap: Money;
	readonly magic: number;
	readonly comment: string;
};

/** A waiting order as the broker reports it. */
export type PendingOrder = {
	readonly ticket: number;
	readonly intentId: number | null;
	readonly symbol: string;
	readonly type: PendingType;
	readonly lots: Lots;
	readonly price: Points;
	readonly stopLimit: Points;
	readonly sl: Points;
	readonly tp: Points;
	readonly timeInForce: TimeInForce;
	readonly expiresAt: BrokerMs;
	readonly placedAt: BrokerMs;
	readonly magic: number;
	readonly comment: string;
};

/** What a request came to. `unknown` is the third outcome (no answer, time-out): neither yes nor no (control C37). */
export type AnswerOutcome = "done" | "partial" | "placed" | "rejected" | "unknown";

/** The broker's answer to one request (MT5 MqlTradeResult). Tickets are 0 where MT5 returns 0. */
export type Answer = {
	readonly intentId: number;
	readonly outcome: AnswerOutcome;
	/** MT5 return code 10004..10046 (rulebook A3). */
	readonly retcode: number;
	/** Volume executed or placed. */
	readonly lots: Lots;
	readonly price: Points;
	readonly bid: Points;
	readonly ask: Points;
	readonly orderTicket: number;
	readonly dealTicket: number;
	readonly positionId: number;
	/** From sending to answering, market time. */
	readonly latencyMs: number;
	readonly comment: string;
};

/** Everything a broker can tell. A broker never throws: trouble arrives as an `answer` or a `link` event. */
export type BrokerEvent =
	| { readonly type: "answer"; readonly at: BrokerMs; readonly answer: Answer }
	| { readonly type: "deal"; readonly at: BrokerMs; readonly deal: Deal }
	| { readonly type: "position"; readonly at: BrokerMs; readonly position: Position }
	| { readonly type: "position-closed"; readonly at: BrokerMs; readonly positionId: number }
	| { readonly type: "order"; readonly at: BrokerMs; readonly order: PendingOrder }
	| {
			readonly type: "order-removed";
			readonly at: BrokerMs;
			readonly ticket: number;
			readonly why: "filled" | "cancelled" | "expired" | "rejected" | "stop-out";
			readonly retcode: number;
	  }
	| { readonly type: "account"; readonly at: BrokerMs; readonly account: AccountReport }
	/**
	 * What became of a request whose answer was lost, found by reconciling (controls C37, C38): `done`, `partial` or `placed` with the same deals and
	 * positions as after an answer; `rejected` when it is proven that nothing was executed; `unknown` when only a person can tell.
	 */
	| { readonly type: "resolved"; readonly at: BrokerMs; readonly answer: Answer }
	/**
	 * The way to the broker. `up` means more than connected: everything was reconciled and nothing is unknown to us (controls C37, C38). A demo or
	 * live session begins as `reconciling` and takes no risk before the first `up`, which every broker tells at its start.
	 */
	| { readonly type: "link"; readonly at: BrokerMs; readonly state: LinkState; readonly detail: string }
	/** A position of this agent that was there before the session, taken over as the operator chose. */
	| { readonly type: "adopted"; readonly at: BrokerMs; readonly adoption: Adoption }
	/** Something on the account that is not right (controls C02, C31): another's trade or position halts, another account or type of account kills. */
	| {
			readonly type: "account-trouble";
			readonly at: BrokerMs;
			readonly control: "C02" | "C31" | "C12" | "C38" | "C39";
			readonly state: "HALTED" | "KILLED";
			readonly detail: string;
	  }
	/** What the simulator did with the same order on the same quotes (`--shadow`): compared with the broker, never booked. */
	| { readonly type: "paper"; readonly at: BrokerMs; readonly paper: PaperTwin };

/** The account as the broker keeps it; sent after every change of balance, credit or margin, and at a margin call. */
export type AccountReport = {
	readonly balance: Money;
	readonly credit: Money;
	readonly margin: Money;
	readonly marginCall: boolean;
};

/** The way to the broker, as the session sees it. */
export type LinkState = "down" | "reconciling" | "up";

/** A position found at the start and taken over. */
export type Adoption = {
	readonly position: Position;
	/** 1 R of it as it was planned, account currency; null when nothing tells: the session's own plan is used. */
	readonly riskMoney: Money | null;
	readonly reason: string;
	/** Commission booked on it so far, account currency, not positive. */
	readonly commission: Money;
};

/** One thing that the simulator did beside the broker: its answer to an order of ours, or a deal. `intentId` of a deal is that of the order which opened the position. */
export type PaperTwin = { readonly kind: "answer"; readonly answer: Answer } | { readonly kind: "deal"; readonly openedBy: number; readonly deal: Deal };
