/**
 * MT5 trade server return codes (rulebook A3). The class says what a sender may do next: `ok` done; `retry` after a fresh quote;
 * `unknown` reconcile before anything else; `wait` and retry; `setup` environment or permission; `request` fix the request;
 * `final` no.
 */
export type RetcodeClass = "ok" | "retry" | "unknown" | "wait" | "setup" | "request" | "final";

export type Retcode = { readonly code: number; readonly name: string; readonly meaning: string; readonly class: RetcodeClass };

/** The codes by name, for code that answers with them. */
export const RETCODE = {
	REQUOTE: 10004,
	REJECT: 10006,
	CANCEL: 10007,
	PLACED: 10008,
	DONE: 10009,
	DONE_PARTIAL: 10010,
	ERROR: 10011,
	TIMEOUT: 10012,
	INVALID: 10013,
	INVALID_VOLUME: 10014,
	INVALID_PRICE: 10015,
	INVALID_STOPS: 10016,
	TRADE_DISABLED: 10017,
	MARKET_CLOSED: 10018,
	NO_MONEY: 10019,
	PRICE_CHANGED: 10020,
	PRICE_OFF: 10021,
	INVALID_EXPIRATION: 10022,
	ORDER_CHANGED: 10023,
	TOO_MANY_REQUESTS: 10024,
	NO_CHANGES: 10025,
	SERVER_DISABLES_AT: 10026,
	CLIENT_DISABLES_AT: 10027,
	LOCKED: 10028,
	FROZEN: 10029,
	INVALID_FILL: 10030,
	CONNECTION: 10031,
	ONLY_REAL: 10032,
	LIMIT_ORDERS: 10033,
	LIMIT_VOLUME: 10034,
	INVALID_ORDER: 10035,
	POSITION_CLOSED: 10036,
	INVALID_CLOSE_VOLUME: 10038,
	CLOSE_ORDER_EXIST: 10039,
	LIMIT_POSITIONS: 10040,
	REJECT_CANCEL: 10041,
	LONG_ONLY: 10042,
	SHORT_ONLY: 10043,
	CLOSE_ONLY: 10044,
	FIFO_CLOSE: 10045,
	HEDGE_PROHIBITED: 10046,
} as const;

/** Every published code in order; 10005 and 10037 are not published. */
export const RETCODES: readonly Retcode[] = [
	row(10004, "REQUOTE", "the price moved beyond the deviation; the answer holds new quotes", "retry"),
	row(10006, "REJECT", "the server or its dealer refused", "final"),
	row(10007, "CANCEL", "cancelled", "final"),
	row(10008, "PLACED", "accepted, not yet executed", "ok"),
	row(10009, "DONE", "carried out", "ok"),
	row(10010, "DONE_PARTIAL", "carried out for part of the volume", "ok"),
	row(10011, "ERROR", "the server failed to process the request", "unknown"),
	row(10012, "TIMEOUT", "the request timed out", "unknown"),
	row(10013, "INVALID", "malformed request", "request"),
	row(10014, "INVALID_VOLUME", "the volume breaks minimum, maximum or step", "request"),
	row(10015, "INVALID_PRICE", "the price is on the wrong side, too near or off the tick grid", "request"),
	row(10016, "INVALID_STOPS", "stop loss or take profit is on the wrong side, too near or off the tick grid", "request"),
	row(10017, "TRADE_DISABLED", "trading is disabled", "setup"),
	row(10018, "MARKET_CLOSED", "the market is closed", "wait"),
	row(10019, "NO_MONEY", "the free margin is too small", "final"),
	row(10020, "PRICE_CHANGED", "the price changed before execution", "retry"),
	row(10021, "PRICE_OFF", "there are no quotes", "wait"),
	row(10022, "INVALID_EXPIRATION", "the expiry is past or of a kind the symbol does not take", "request"),
	row(10023, "ORDER_CHANGED", "the order changed or went meanwhile", "unknown"),
	row(10024, "TOO_MANY_REQUESTS", "too many requests", "wait"),
	row(10025, "NO_CHANGES", "the request changes nothing", "ok"),
	row(10026, "SERVER_DISABLES_AT", "the server forbids automated trading", "setup"),
	row(10027, "CLIENT_DISABLES_AT", "automated trading is switched off in the terminal", "setup"),
	row(10028, "LOCKED", "the request is locked for processing", "wait"),
	row(10029, "FROZEN", "the market is inside the freeze level", "wait"),
	row(10030, "INVALID_FILL", "the filling policy is not allowed", "request"),
	row(10031, "CONNECTION", "the terminal has no connection to the server", "unknown"),
	row(10032, "ONLY_REAL", "allowed on real accounts only", "setup"),
	row(10033, "LIMIT_ORDERS", "too many pending orders", "final"),
	row(10034, "LIMIT_VOLUME", "the symbol's volume limit is reached", "final"),
	row(10035, "INVALID_ORDER", "the order type is wrong or forbidden", "request"),
	row(10036, "POSITION_CLOSED", "the position is already closed", "ok"),
	row(10038, "INVALID_CLOSE_VOLUME", "more volume to close than the position has", "request"),
	row(10039, "CLOSE_ORDER_EXIST", "an order that closes the position already exists", "wait"),
	row(10040, "LIMIT_POSITIONS", "too many positions", "final"),
	row(10041, "REJECT_CANCEL", "the pending order fired, was refused and is cancelled", "final"),
	row(10042, "LONG_ONLY", "the symbol may only be bought", "final"),
	row(10043, "SHORT_ONLY", "the symbol may only be sold", "final"),
	row(10044, "CLOSE_ONLY", "positions of the symbol may only be closed", "final"),
	row(10045, "FIFO_CLOSE", "the oldest position must be closed first", "request"),
	row(10046, "HEDGE_PROHIBITED", "opposite positions are forbidden", "final"),
];

const BY_CODE: Readonly<Record<number, Retcode>> = Object.fromEntries(RETCODES.map((entry) => [entry.code, entry]));

/** The table's row of a code, or null for a code that MT5 does not publish. */
export function retcodeOf(code: number): Retcode | null {
	return BY_CODE[code] ?? null;
}

/** Name of a code for screens and logs: `10016 INVALID_STOPS`; only the number when it is not published. */
export function retcodeText(code: number): string {
	const entry = retcodeOf(code);
	return entry === null ? String(code) : `${code} ${entry.name}`;
}

function row(code: number, name: string, meaning: string, cls: RetcodeClass): Retcode {
	return { code, name, meaning, class: cls };
}
