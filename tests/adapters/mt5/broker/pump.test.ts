import { describe, expect, it, vi } from "vitest";
import { noteSent, noteVerdict, senderOf, unknownOf } from "../../../../src/adapters/mt5/broker/answers.ts";
import { createDesk, type Desk } from "../../../../src/adapters/mt5/broker/desk.ts";
import { pump } from "../../../../src/adapters/mt5/broker/pump.ts";
import { refusal, unknownVerdict, type Verdict } from "../../../../src/adapters/mt5/broker/verdict.ts";
import { clientIdOf } from "../../../../src/adapters/mt5/client-id.ts";
import type { AccountBody } from "../../../../src/adapters/mt5/wire/messages.ts";
import { createMoneyTerms } from "../../../../src/engine/money.ts";
import type { OrderRequest, PendingRequest } from "../../../../src/engine/order.ts";
import { PLAIN } from "../../../helpers/instrument.ts";
import { createSimMarket } from "../../../helpers/sim-market.ts";

const COMMON = { symbol: "EURUSD", magic: 7, comment: "" } as const;

function desk(): Desk {
	const account: AccountBody = createSimMarket("hedging", () => 0).account();
	return createDesk({
		grid: { symbol: "EURUSD", digits: 5 },
		brokerSymbol: "EURUSD",
		magic: "7",
		terms: createMoneyTerms(PLAIN, { currency: "USD", currencyDigits: 2, leverage: 100 }, {}),
		serverNow: () => 1,
		nowMs: 0,
		account,
	});
}

function removal(intentId: number): OrderRequest {
	return { ...COMMON, intentId, action: "REMOVE", ticket: 5000 + intentId };
}

const WAITING: PendingRequest = {
	...COMMON,
	intentId: 1,
	action: "PENDING",
	type: "BUY_LIMIT",
	lots: 0.1,
	price: 110_000,
	stopLimit: 0,
	sl: 109_000,
	tp: 0,
	filling: "RETURN",
	timeInForce: "GTC",
	expiresAt: 0,
};

function send(on: Desk, request: OrderRequest, verdict: Verdict): void {
	const sent = noteSent(on, request, 1, { cid: clientIdOf("s", request.intentId), journalId: "j" });
	noteVerdict(on, sent, verdict);
	pump(on);
}

describe("the pump of an MT5 broker", () => {
	it("looks at no request any more that has come to its end, however many there were", () => {
		const on = desk();
		for (let intent = 1; intent <= 500; intent++) send(on, removal(intent), refusal(10006, "no"));
		expect(on.events.length).toBeGreaterThanOrEqual(500);
		const walks = ["values", "entries", "forEach", "keys"].map((name) => vi.spyOn(on.sent, name as "values"));
		walks.push(vi.spyOn(on.sent, Symbol.iterator as never));
		send(on, removal(501), refusal(10006, "no"));
		senderOf(on, { cid: null, comment: "" }, "77");
		pump(on);
		for (const walk of walks) expect(walk).not.toHaveBeenCalled();
		expect([...on.open]).toEqual([]);
	});

	it("keeps what is not known, until it is", () => {
		const on = desk();
		send(on, removal(1), unknownVerdict("no answer"));
		for (let intent = 2; intent <= 20; intent++) send(on, removal(intent), refusal(10006, "no"));
		expect(unknownOf(on).map((sent) => sent.request.intentId)).toEqual([1]);
		expect(on.open.size).toBe(1);
		const [sent] = unknownOf(on);
		if (sent === undefined) throw new Error("nothing is unknown");
		noteVerdict(on, sent, refusal(10006, "it was not"));
		pump(on);
		expect(on.open.size).toBe(0);
		expect(on.events.filter((event) => event.type === "resolved").length).toBe(1);
	});

	it("knows who placed an order by its ticket, also after it was changed and removed", () => {
		const on = desk();
		const placed: Verdict = { ...refusal(10009, "done"), outcome: "placed", orderTicket: 5001, lots: 0.1 };
		send(on, WAITING, placed);
		send(on, { ...COMMON, intentId: 2, action: "REMOVE", ticket: 5001 }, { ...placed, outcome: "done", lots: 0 });
		expect(senderOf(on, { cid: null, comment: "" }, "5001")?.request.intentId).toBe(1);
		expect(senderOf(on, { cid: null, comment: "" }, "0")).toBeNull();
		expect(on.removed.has("5001")).toBe(true);
	});
});
