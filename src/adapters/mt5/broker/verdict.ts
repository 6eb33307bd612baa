import type { Answer, OrderRequest } from "../../../engine/order.ts";
import { RETCODE, retcodeOf } from "../../../engine/retcodes.ts";
import type { Points } from "../../../engine/units.ts";
import { cleanText } from "../../clean-text.ts";
import type { BridgeError } from "../link/client-type.ts";
import type { Digits, OrderResultBody } from "../wire/messages.ts";
import { pointsOf, ticketOf } from "./convert.ts";

/**
 * What an order came to, as far as it is known. `settled` false: it may or may not have been executed (control C37), whatever the outcome is called.
 * A definite no has no tickets and no volume. `needsHuman`: only a person can tell, and waiting will not help.
 */
export type Verdict = Omit<Answer, "intentId" | "latencyMs"> & { readonly settled: boolean; readonly needsHuman: boolean };

const NOTHING = { lots: 0, price: 0, bid: 0, ask: 0, orderTicket: 0, dealTicket: 0, positionId: 0, needsHuman: false } as const;

/** Certainly not executed. The comment says why, and what to do. */
export function refusal(retcode: number, comment: string): Verdict {
	return { ...NOTHING, settled: true, outcome: "rejected", retcode, comment: cleanText(comment) || "refused" };
}

/** Neither yes nor no. `retcode` of the class unknown. */
export function unknownVerdict(comment: string, retcode: number = RETCODE.TIMEOUT): Verdict {
	return { ...NOTHING, settled: false, outcome: "unknown", retcode, comment: cleanText(comment) || "no answer" };
}

/** Only a person can tell what became of it. */
export function lostForGood(comment: string): Verdict {
	return { ...unknownVerdict(comment), needsHuman: true };
}

/** What the bridge's result means for a request (docs/BRIDGE_PROTOCOL.md, `order_result`; rulebook A3). */
export function verdictOf(request: OrderRequest, result: OrderResultBody, digits: number): Verdict {
	const said = result.message ?? result.comment ?? "";
	const comment = cleanText(said) || result.code || result.state;
	switch (result.state) {
		case "filled":
			// Fulfilled before: nothing was executed for this order. MT5 says so with 10036, which the engine takes as done.
			if (result.already_done) return refusal(RETCODE.POSITION_CLOSED, comment);
			return executed(result, "done", RETCODE.DONE, comment, digits);
		case "partial":
			return executed(result, "partial", RETCODE.DONE_PARTIAL, comment, digits);
		case "placed":
			if (request.action === "PENDING") return { ...executed(result, "placed", RETCODE.DONE, comment, digits), dealTicket: 0, positionId: 0 };
			// A market order was queued (10008): whether it will execute is not known.
			return { ...unknownVerdict(comment, RETCODE.PLACED), outcome: "placed", needsHuman: result.needs_human, orderTicket: number(result.order) };
		case "modified":
		case "removed":
			if (result.already_done) return refusal(RETCODE.NO_CHANGES, comment);
			return { ...executed(result, "done", RETCODE.DONE, comment, digits), lots: 0, dealTicket: 0 };
		case "rejected":
			return refusal(definite(result), comment);
		case "expired_ttl":
			return refusal(RETCODE.LOCKED, `not sent: ${comment}`);
		case "not_executed":
			return refusal(RETCODE.REJECT, `not executed: ${comment}`);
		case "unknown":
			return { ...unknownVerdict(comment, unknownCode(result.retcode)), needsHuman: result.needs_human };
	}
}

/** What an `error` in place of a result means. Only codes with which the bridge certainly queued nothing are a no; every other is unknown. */
export function verdictOfError(error: BridgeError): Verdict {
	const text = `${error.code}: ${error.message}`;
	if (!NEVER_QUEUED.has(error.code)) return unknownVerdict(text);
	return refusal(CODES[error.code] ?? RETCODE.LOCKED, `not sent: ${text}`);
}

/** Errors that the bridge answers before it queues an order (docs/BRIDGE_PROTOCOL.md). INTERNAL is none: a defect may come after sending. */
const NEVER_QUEUED: ReadonlySet<string> = new Set(["BAD_REQUEST", "BUSY", "RATE_LIMIT", "READ_ONLY", "DUPLICATE_CID"]);

/** The bridge's own codes as the MT5 code of the same class: `wait` (try again later), `setup` (something must be changed), `request`, `final`. */
const CODES: Readonly<Record<string, number>> = {
	BAD_REQUEST: RETCODE.INVALID,
	NOT_FOUND: RETCODE.INVALID,
	SYMBOL_UNKNOWN: RETCODE.INVALID,
	SYMBOL_AMBIGUOUS: RETCODE.INVALID,
	DUPLICATE_CID: RETCODE.INVALID,
	NOT_CONNECTED: RETCODE.LOCKED,
	TERMINAL_DOWN: RETCODE.LOCKED,
	EXPIRED_TTL: RETCODE.LOCKED,
	BUSY: RETCODE.LOCKED,
	STALE_FENCE: RETCODE.LOCKED,
	LEASE_EXPIRED: RETCODE.LOCKED,
	RATE_LIMIT: RETCODE.TOO_MANY_REQUESTS,
	TRADE_DISABLED: RETCODE.CLIENT_DISABLES_AT,
	LIVE_LOCKED: RETCODE.TRADE_DISABLED,
	READ_ONLY: RETCODE.TRADE_DISABLED,
	WRONG_ACCOUNT: RETCODE.TRADE_DISABLED,
	KILLED: RETCODE.TRADE_DISABLED,
	LIMIT_EXCEEDED: RETCODE.LIMIT_VOLUME,
	GUARD: RETCODE.PRICE_CHANGED,
	STALE_TICK: RETCODE.PRICE_OFF,
	NO_STOP_LOSS: RETCODE.INVALID_STOPS,
	ORDER_CANCELED: RETCODE.CANCEL,
	ORDER_EXPIRED: RETCODE.CANCEL,
};

function executed(result: OrderResultBody, outcome: "done" | "partial" | "placed", retcode: number, comment: string, digits: number): Verdict {
	const price = (value: number | null): Points => (value === null ? 0 : pointsOf(value, digits));
	return {
		settled: true,
		needsHuman: false,
		outcome,
		retcode,
		lots: result.volume ?? 0,
		price: price(result.price),
		bid: price(result.bid),
		ask: price(result.ask),
		orderTicket: number(result.order),
		dealTicket: number(result.deal),
		positionId: number(result.position),
		comment,
	};
}

/** The MT5 code of a definite no: never one that says yes or "unknown", which a result found out later may still carry from its first answer. */
function definite(result: OrderResultBody): number {
	const named = /^MT5_(\d{5})$/.exec(result.code ?? "")?.[1];
	const own = CODES[result.code ?? ""] ?? (named === undefined ? result.retcode : Number(named));
	if (own === RETCODE.POSITION_CLOSED || own === RETCODE.NO_CHANGES) return own;
	const row = own === null ? null : retcodeOf(own);
	if (row !== null && row.class !== "ok" && row.class !== "unknown") return row.code;
	return result.code?.startsWith("SDK_") === true ? RETCODE.LOCKED : RETCODE.REJECT;
}

function unknownCode(retcode: number | null): number {
	return retcode !== null && retcodeOf(retcode)?.class === "unknown" ? retcode : RETCODE.TIMEOUT;
}

function number(digits: Digits | null): number {
	return digits === null ? 0 : (ticketOf(digits) ?? 0);
}
