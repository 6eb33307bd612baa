import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verdictOf, verdictOfError } from "../../../../src/adapters/mt5/broker/verdict.ts";
import type { OrderResultBody, OrderState } from "../../../../src/adapters/mt5/wire/messages.ts";
import { answerKind } from "../../../../src/engine/answer-kind.ts";
import type { OrderRequest } from "../../../../src/engine/order.ts";
import { RETCODES } from "../../../../src/engine/retcodes.ts";

const COMMON = { intentId: 1, symbol: "EURUSD", magic: 7, comment: "" };
const DEAL: OrderRequest = {
	...COMMON,
	action: "DEAL",
	side: "BUY",
	lots: 0.2,
	price: 110_002,
	deviationPoints: 5,
	sl: 109_000,
	tp: 0,
	filling: "IOC",
	positionId: null,
};
const CLOSE: OrderRequest = { ...DEAL, side: "SELL", sl: 0, positionId: 5 };
const LEVELS: OrderRequest = { ...COMMON, action: "SLTP", positionId: 5, sl: 1, tp: 0 };
const REMOVE: OrderRequest = { ...COMMON, action: "REMOVE", ticket: 5 };
const PENDING: OrderRequest = {
	...{ ...COMMON, action: "PENDING", type: "BUY_LIMIT", lots: 0.2, price: 109_900, stopLimit: 0, sl: 109_000, tp: 0 },
	...{ filling: "RETURN", timeInForce: "GTC", expiresAt: 0 },
};

function result(state: OrderState, more: Partial<OrderResultBody> = {}): OrderResultBody {
	const none = {
		symbol: null,
		name: null,
		sent_ms: null,
		code: null,
		class: null,
		message: null,
		retcode: null,
		deal: null,
		order: null,
		position: null,
		volume: null,
	};
	const flags = { retryable: false, duplicate: false, already_done: false, pending_confirmation: false, needs_human: false, late: false };
	return { ...none, ...flags, price: null, bid: null, ask: null, comment: null, attempts: null, latency_ms: null, by: null, cid: "C", state, ...more };
}

const FILLED = { deal: "11", order: "12", position: "13", volume: 0.2, price: 1.10002, bid: 1.1, ask: 1.10002, retcode: 10009 };

describe("what a result means", () => {
	it.each<[string, OrderRequest, OrderResultBody, object]>([
		[
			"filled",
			DEAL,
			result("filled", FILLED),
			{ settled: true, outcome: "done", retcode: 10009, lots: 0.2, price: 110_002, positionId: 13, dealTicket: 11, bid: 110_000 },
		],
		["partial", DEAL, result("partial", { ...FILLED, volume: 0.1, retcode: 10010 }), { settled: true, outcome: "partial", retcode: 10010, lots: 0.1 }],
		["filled, found out after a time-out", DEAL, result("filled", { ...FILLED, retcode: 10012 }), { settled: true, outcome: "done", retcode: 10009 }],
		[
			"filled, after it was queued",
			DEAL,
			result("filled", { ...FILLED, retcode: 10008, pending_confirmation: true }),
			{ settled: true, outcome: "done", retcode: 10009 },
		],
		["queued", DEAL, result("placed", { retcode: 10008, pending_confirmation: true }), { settled: false, outcome: "placed", retcode: 10008, lots: 0 }],
		["placed", PENDING, result("placed", { order: "12", volume: 0.2, retcode: 10009 }), { settled: true, outcome: "placed", orderTicket: 12, dealTicket: 0 }],
		[
			"a close of what is gone",
			CLOSE,
			result("filled", { already_done: true, volume: 0 }),
			{ settled: true, outcome: "rejected", retcode: 10036, lots: 0, orderTicket: 0 },
		],
		[
			"levels that are there already",
			LEVELS,
			result("modified", { already_done: true, retcode: 10025 }),
			{ settled: true, outcome: "rejected", retcode: 10025 },
		],
		["levels", LEVELS, result("modified", { retcode: 10009, position: "5" }), { settled: true, outcome: "done", retcode: 10009, lots: 0 }],
		["a removal of what is gone", REMOVE, result("removed", { already_done: true }), { settled: true, outcome: "rejected", retcode: 10025 }],
		["refused by the server", DEAL, result("rejected", { retcode: 10019, code: "MT5_10019" }), { settled: true, outcome: "rejected", retcode: 10019 }],
		[
			"refused by the bridge's limits",
			DEAL,
			result("rejected", { code: "LIMIT_EXCEEDED", message: "too much" }),
			{ outcome: "rejected", retcode: 10034, comment: "too much" },
		],
		["refused after a time-out, by evidence", DEAL, result("rejected", { retcode: 10012, code: "ORDER_REJECTED" }), { settled: true, retcode: 10006 }],
		["too old", DEAL, result("expired_ttl", { code: "EXPIRED_TTL" }), { settled: true, outcome: "rejected", retcode: 10028 }],
		["without a trace", DEAL, result("not_executed", { retcode: 10012, by: "absence" }), { settled: true, outcome: "rejected", retcode: 10006, lots: 0 }],
		["unknown", DEAL, result("unknown", { retcode: 10031 }), { settled: false, outcome: "unknown", retcode: 10031 }],
		["unknown without a code", DEAL, result("unknown"), { settled: false, outcome: "unknown", retcode: 10012 }],
		["for a person", DEAL, result("unknown", { needs_human: true }), { settled: false, needsHuman: true }],
	])("%s", (_what, request, body, expected) => {
		expect(verdictOf(request, body, 5)).toMatchObject(expected);
	});

	it("never calls a definite no unknown, nor an open question a no, whatever code comes with it", () => {
		const codes = fc.constantFrom<number | null>(null, 0, 10005, 99_999, ...RETCODES.map(({ code }) => code));
		fc.assert(
			fc.property(
				codes,
				fc.constantFrom("rejected", "not_executed", "expired_ttl", "unknown"),
				fc.constantFrom(DEAL, CLOSE, PENDING, LEVELS, REMOVE),
				(retcode, state, request) => {
					const verdict = verdictOf(request, result(state as OrderState, { retcode, code: retcode === null ? null : `MT5_${retcode}` }), 5);
					const kind = answerKind(request, { ...verdict, intentId: 1, latencyMs: 0 });
					if (state === "unknown") expect(kind).toBe("unknown");
					else expect(kind).not.toBe("unknown");
					expect(verdict.lots).toBe(0);
					expect(verdict.comment).not.toBe("");
				},
			),
		);
	});

	it.each([
		["BUSY", true],
		["RATE_LIMIT", true],
		["BAD_REQUEST", true],
		["READ_ONLY", true],
		["DUPLICATE_CID", true],
		["INTERNAL", false],
		["TIMEOUT_UNKNOWN", false],
		["TERMINAL_DOWN", false],
		["SOMETHING_NEW", false],
	])("the error %s in place of a result: certainly not sent is %s", (code, settled) => {
		const verdict = verdictOfError({ code, message: "why", retryable: false, details: {} });
		expect(verdict).toMatchObject({ settled, outcome: settled ? "rejected" : "unknown", lots: 0 });
	});
});
