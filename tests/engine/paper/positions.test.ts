import { describe, expect, it } from "vitest";
import { answerOf, dealsIn, openAt, openDesk, retcodeIn } from "./desk.ts";

const NETTING = { account: { marginMode: "netting" } } as const;

describe("netting (rulebook A.10)", () => {
	it("adds at the volume-weighted mean and takes the newest levels and magic", () => {
		const desk = openDesk(NETTING);
		const id = openAt(desk, "BUY", 1, { sl: 109_000, tp: 111_000 });
		desk.quote(110_030, 110_032);
		expect(answerOf(desk.deal("BUY", 2, { sl: 108_000, magic: 9 }))).toMatchObject({ retcode: 10009, positionId: id });
		expect(desk.book.positions).toMatchObject([{ id, ticket: id, lots: 3, openPrice: 110_022, sl: 108_000, tp: 0, magic: 9 }]);
	});

	it("reduces at the opening price and keeps the levels", () => {
		const desk = openDesk(NETTING);
		const id = openAt(desk, "BUY", 1, { sl: 109_000, tp: 111_000 });
		desk.quote(110_102, 110_104);
		expect(dealsIn(desk.deal("SELL", 0.4, { sl: 111_500, tp: 100_000 }))).toMatchObject([{ entry: "OUT", lots: 0.4, profit: 40 }]);
		expect(desk.book.positions).toMatchObject([{ id, side: "BUY", lots: 0.6, openPrice: 110_002, sl: 109_000, tp: 111_000 }]);
	});

	it("closes on an equal volume", () => {
		const desk = openDesk(NETTING);
		const id = openAt(desk, "BUY", 1);
		const events = desk.deal("SELL", 1);
		expect(events.map((event) => event.type)).toEqual(["answer", "deal", "position-closed", "account"]);
		expect(events[2]).toMatchObject({ positionId: id });
		expect(desk.book).toMatchObject({ positions: [], margin: 0, balance: 99_998 });
	});

	it("F.2 #9: long 1.0, sell 1.7 is one deal INOUT of 1.7, short 0.7, same identifier, new ticket", () => {
		const desk = openDesk(NETTING);
		const id = openAt(desk, "BUY", 1, { sl: 109_000 });
		desk.quote(110_052, 110_054);
		const events = desk.deal("SELL", 1.7, { tp: 109_500 });
		const answer = answerOf(events);
		expect(dealsIn(events)).toMatchObject([{ entry: "INOUT", lots: 1.7, price: 110_052, profit: 50, positionId: id }]);
		expect(desk.book.positions).toMatchObject([{ id, ticket: answer.orderTicket, side: "SELL", lots: 0.7, openPrice: 110_052, sl: 0, tp: 109_500 }]);
		expect(retcodeIn(desk.levels(answer.orderTicket, 0, 0)), "found by its new ticket too").toBe(10009);
	});

	it("a request that names the position closes and never reverses", () => {
		const desk = openDesk(NETTING);
		const id = openAt(desk, "BUY", 1);
		expect(retcodeIn(desk.deal("SELL", 1.7, { positionId: id }))).toBe(10038);
	});

	it("finds the position of a level request by symbol", () => {
		const desk = openDesk(NETTING);
		openAt(desk, "BUY", 1);
		expect(retcodeIn(desk.levels(0, 109_000, 0))).toBe(10009);
		expect(desk.book.positions).toMatchObject([{ sl: 109_000 }]);
	});

	it("reverses only into sides that the trade mode allows", () => {
		const desk = openDesk({ ...NETTING, instrument: { tradeMode: "LONGONLY" } });
		openAt(desk, "BUY", 1);
		expect(retcodeIn(desk.deal("SELL", 1.5))).toBe(10042);
		expect(retcodeIn(desk.deal("SELL", 0.5))).toBe(10009);
	});

	it("has no close-by", () => {
		const desk = openDesk(NETTING);
		const id = openAt(desk, "BUY", 1);
		expect(retcodeIn(desk.closeBy(id, id))).toBe(10035);
	});
});

describe("hedging (rulebook A.10)", () => {
	it("opens an opposite position when none is named, each with its own levels", () => {
		const desk = openDesk();
		openAt(desk, "BUY", 1, { sl: 109_000 });
		openAt(desk, "SELL", 0.5, { tp: 109_500 });
		expect(desk.book.positions).toMatchObject([
			{ side: "BUY", lots: 1, sl: 109_000, tp: 0 },
			{ side: "SELL", lots: 0.5, sl: 0, tp: 109_500 },
		]);
	});

	it("closes in part and keeps price, levels and ticket", () => {
		const desk = openDesk();
		const id = openAt(desk, "SELL", 1, { sl: 111_000 });
		desk.quote(109_898, 109_900);
		expect(dealsIn(desk.deal("BUY", 0.3, { positionId: id }))).toMatchObject([{ entry: "OUT", lots: 0.3, profit: 30 }]);
		expect(desk.book.positions).toMatchObject([{ id, ticket: id, lots: 0.7, openPrice: 110_000, sl: 111_000 }]);
	});

	it("F.2 #10: close-by of 1.0 and 0.4 is two OUT_BY deals of 0.4, the profit on the first, 0.6 remains", () => {
		const desk = openDesk();
		const long = openAt(desk, "BUY", 1);
		desk.quote(110_052, 110_054);
		const short = openAt(desk, "SELL", 0.4);
		const events = desk.closeBy(long, short);
		expect(dealsIn(events)).toMatchObject([
			{ entry: "OUT_BY", lots: 0.4, positionId: long, price: 110_052, profit: 20, spreadCost: 0 },
			{ entry: "OUT_BY", lots: 0.4, positionId: short, price: 110_002, profit: 0, spreadCost: 0 },
		]);
		expect(events.map((event) => event.type)).toEqual(["answer", "deal", "deal", "position", "position-closed", "account"]);
		expect(desk.book.positions).toMatchObject([{ id: long, lots: 0.6, openPrice: 110_002 }]);
		expect(retcodeIn(desk.closeBy(long, short))).toBe(10036);
	});

	it("close-by needs opposite positions", () => {
		const desk = openDesk();
		const one = openAt(desk, "BUY", 1);
		const two = openAt(desk, "BUY", 1);
		expect(retcodeIn(desk.closeBy(one, two))).toBe(10013);
		expect(retcodeIn(desk.closeBy(one, one))).toBe(10013);
		expect(retcodeIn(desk.closeBy(one, 5))).toBe(10013);
	});
});
