import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TICK_QUOTE } from "../../../src/engine/market/tick.ts";
import type { BrokerEvent, Deal, OrderRequest, PendingType } from "../../../src/engine/order.ts";
import { closeAllPaper, type PaperBook, paperAccount, submitToPaper, tickPaper } from "../../../src/engine/paper/book.ts";
import { type DeskOptions, NOON, openBook } from "./desk.ts";

type Step =
	| { readonly kind: "tick"; readonly move: number; readonly spread: number; readonly gapMs: number }
	| { readonly kind: "deal"; readonly buy: boolean; readonly steps: number; readonly stop: number; readonly target: number; readonly pick: number }
	| { readonly kind: "pending"; readonly type: PendingType; readonly steps: number; readonly distance: number }
	| { readonly kind: "levels"; readonly pick: number; readonly stop: number; readonly target: number }
	| { readonly kind: "remove"; readonly pick: number }
	| { readonly kind: "closeBy"; readonly pick: number; readonly other: number };

const TYPES: readonly PendingType[] = ["BUY_LIMIT", "SELL_LIMIT", "BUY_STOP", "SELL_STOP", "BUY_STOP_LIMIT", "SELL_STOP_LIMIT"];
const small = fc.integer({ min: 0, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant("tick" as const),
			move: fc.integer({ min: -400, max: 400 }),
			spread: fc.integer({ min: 0, max: 40 }),
			gapMs: fc.integer({ min: 0, max: 30_000_000 }),
		}),
	},
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant("deal" as const),
			buy: fc.boolean(),
			steps: fc.integer({ min: 1, max: 300 }),
			stop: fc.integer({ min: 0, max: 300 }),
			target: fc.integer({ min: 0, max: 300 }),
			pick: fc.integer({ min: -3, max: 3 }),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constant("pending" as const),
			type: fc.constantFrom(...TYPES),
			steps: fc.integer({ min: 1, max: 100 }),
			distance: fc.integer({ min: 1, max: 300 }),
		}),
	},
	fc.record({ kind: fc.constant("levels" as const), pick: small, stop: fc.integer({ min: 0, max: 300 }), target: fc.integer({ min: 0, max: 300 }) }),
	fc.record({ kind: fc.constant("remove" as const), pick: small }),
	fc.record({ kind: fc.constant("closeBy" as const), pick: small, other: small }),
);
const steps = fc.array(step, { minLength: 5, maxLength: 60 });

const worlds: fc.Arbitrary<DeskOptions> = fc.record({
	instrument: fc.record({
		executionMode: fc.constantFrom("MARKET" as const, "INSTANT" as const, "EXCHANGE" as const),
		swapMode: fc.constantFrom("DISABLED" as const, "POINTS" as const, "INTEREST_CURRENT" as const, "REOPEN_CURRENT" as const),
		swapLong: fc.integer({ min: -20, max: 20 }),
		swapShort: fc.integer({ min: -20, max: 20 }),
		marginHedged: fc.constantFrom(0, 50_000, 100_000),
		hedgedUsesLargerLeg: fc.boolean(),
		stopsLevelPoints: fc.constantFrom(0, 10),
		gtcMode: fc.constantFrom("GTC" as const, "DAILY" as const),
		volumeMax: fc.constantFrom(1, 100),
		commission: fc.constantFrom(
			{ kind: "none", rate: 0, minimum: 0, side: "both" } as const,
			{ kind: "perLot", rate: 3.5, minimum: 0.1, side: "both" } as const,
		),
	}),
	account: fc.record({ marginMode: fc.constantFrom("netting" as const, "hedging" as const), startBalance: fc.constantFrom(500, 3000, 50_000) }),
	settings: fc.record({
		latencyMs: fc.constantFrom(0, 200),
		latencyJitterMs: fc.constantFrom(0, 300),
		slippagePoints: fc.constantFrom(0, 3),
		partialFillProbability: fc.constantFrom(0, 0.5),
		requoteProbability: fc.constantFrom(0, 0.2),
		rejectProbability: fc.constantFrom(0, 0.1),
	}),
	triggerFill: fc.constantFrom("market" as const, "requested" as const),
	seed: fc.integer(),
});

/** Plays steps on a book; `swap` may exchange the book for another in the middle. */
function play(book: PaperBook, moves: readonly Step[], out: BrokerEvent[], swap: (book: PaperBook, index: number) => PaperBook = (same) => same): PaperBook {
	let state = book;
	let at = NOON;
	let bid = 110_000;
	tickPaper(state, at, bid, bid + 2, TICK_QUOTE, out);
	for (const [index, move] of moves.entries()) {
		state = swap(state, index);
		if (move.kind === "tick") {
			at += move.gapMs;
			bid = Math.max(1000, bid + move.move);
			tickPaper(state, at, bid, bid + move.spread, TICK_QUOTE, out);
		} else submitToPaper(state, requestOf(state, move, index), at, out);
	}
	return state;
}

function requestOf(book: PaperBook, move: Exclude<Step, { kind: "tick" }>, intentId: number): OrderRequest {
	const common = { intentId, symbol: "EURUSD", magic: 1, comment: "" };
	const idOf = (pick: number): number => book.positions[pick]?.id ?? 1000 + pick;
	const { bid, ask } = book;
	switch (move.kind) {
		case "deal": {
			const closing = move.pick >= 0 ? book.positions[move.pick] : undefined;
			const buy = closing === undefined ? move.buy : closing.side === "SELL";
			const sl = move.stop === 0 ? 0 : buy ? bid - move.stop : ask + move.stop;
			const tp = move.target === 0 ? 0 : buy ? bid + move.target : ask - move.target;
			const price = buy ? ask : bid;
			const filling = book.terms.instrument.executionMode === "EXCHANGE" ? "RETURN" : "IOC";
			return {
				...common,
				action: "DEAL",
				side: buy ? "BUY" : "SELL",
				lots: move.steps / 100,
				price,
				deviationPoints: 1,
				sl,
				tp,
				filling,
				positionId: closing?.id ?? null,
			};
		}
		case "pending": {
			const below = move.type === "BUY_LIMIT" || move.type === "SELL_STOP" || move.type === "SELL_STOP_LIMIT";
			const price = below ? bid - move.distance : ask + move.distance;
			const stopLimit = move.type === "BUY_STOP_LIMIT" ? price - 20 : price + 20;
			return {
				...common,
				action: "PENDING",
				type: move.type,
				lots: move.steps / 100,
				price,
				stopLimit,
				sl: 0,
				tp: 0,
				filling: "RETURN",
				timeInForce: "GTC",
				expiresAt: 0,
			};
		}
		case "levels":
			return {
				...common,
				action: "SLTP",
				positionId: idOf(move.pick),
				sl: move.stop === 0 ? 0 : bid - move.stop,
				tp: move.target === 0 ? 0 : ask + move.target,
			};
		case "remove":
			return { ...common, action: "REMOVE", ticket: book.orders[move.pick]?.ticket ?? 1000 };
		case "closeBy":
			return { ...common, action: "CLOSE_BY", positionId: idOf(move.pick), byPositionId: idOf(move.other) };
	}
}

const RUNS = { numRuns: 150 };

describe("the simulated account, whatever happens", () => {
	it("keeps its books: balance is the start plus every deal, margin and volumes make sense, every request is answered once", () => {
		fc.assert(
			fc.property(worlds, steps, (world, moves) => {
				const out: BrokerEvent[] = [];
				const book = play(openBook(world), moves, out);
				closeAllPaper(book, book.at + 1000, "END", out);
				checkBooks(book, world.account?.startBalance ?? 0, moves, out);
			}),
			RUNS,
		);
	});

	it("margin is never negative and equals the mirror of the rule at every step", () => {
		fc.assert(
			fc.property(worlds, steps, (world, moves) => {
				play(openBook(world), moves, [], (book) => {
					expect(book.margin).toBeGreaterThanOrEqual(0);
					const long = sum(book.positions.filter((position) => position.side === "BUY").map((position) => position.lots));
					const short = sum(book.positions.filter((position) => position.side === "SELL").map((position) => position.lots));
					if (book.marginMode === "netting") expect(book.positions.length).toBeLessThanOrEqual(1);
					const both = sum(book.positions.map((position) => position.lots * position.marginPerLot)) + sum(book.orders.map((order) => order.margin));
					expect(book.margin, "covering never costs more than both sides").toBeLessThanOrEqual(both + 1e-6);
					if (long === 0 || short === 0) expect(book.margin).toBeCloseTo(both, 6);
					return book;
				});
			}),
			RUNS,
		);
	});

	it("a book that went through JSON in the middle goes on identically", () => {
		fc.assert(
			fc.property(worlds, steps, (world, moves) => {
				const straight: BrokerEvent[] = [];
				const copied: BrokerEvent[] = [];
				const one = play(openBook(world), moves, straight);
				const other = play(openBook(world), moves, copied, (book) => JSON.parse(JSON.stringify(book)) as PaperBook);
				expect(copied).toEqual(straight);
				expect(JSON.stringify(other)).toBe(JSON.stringify(one));
			}),
			RUNS,
		);
	});

	it("the quiet window hides nothing: a book that never takes the fast path tells the same events", () => {
		fc.assert(
			fc.property(worlds, fc.array(step, { minLength: 20, maxLength: 80 }), (world, moves) => {
				const fast: BrokerEvent[] = [];
				const slow: BrokerEvent[] = [];
				play(openBook(world), moves, fast);
				play(openBook(world), moves, slow, (book) => {
					book.wakeAt = 0;
					return book;
				});
				expect(fast).toEqual(slow);
			}),
			RUNS,
		);
	});

	it("same seed, same events; times never fall", () => {
		fc.assert(
			fc.property(worlds, steps, (world, moves) => {
				const first: BrokerEvent[] = [];
				const second: BrokerEvent[] = [];
				play(openBook(world), moves, first);
				play(openBook(world), moves, second);
				expect(second).toEqual(first);
				for (let index = 1; index < first.length; index++) expect(first[index]?.at ?? 0).toBeGreaterThanOrEqual(first[index - 1]?.at ?? 0);
			}),
			RUNS,
		);
	});

	it("nonsense is answered, not thrown", () => {
		const wild = fc.oneof(fc.double(), fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300));
		const request = fc.record({
			action: fc.constantFrom("DEAL", "PENDING", "SLTP", "MODIFY", "REMOVE", "CLOSE_BY", "DANCE"),
			intentId: fc.constant(1),
			symbol: fc.constantFrom("EURUSD", "", "x"),
			magic: wild,
			comment: fc.string(),
			side: fc.constantFrom("BUY", "SELL", "HOLD"),
			type: fc.constantFrom(...TYPES, "BUY", ""),
			lots: wild,
			price: wild,
			deviationPoints: wild,
			stopLimit: wild,
			sl: wild,
			tp: wild,
			filling: fc.constantFrom("FOK", "IOC", "RETURN", "BOC", "ANY"),
			timeInForce: fc.constantFrom("GTC", "DAY", "SPECIFIED", "SPECIFIED_DAY", "NEVER"),
			expiresAt: wild,
			ticket: wild,
			positionId: fc.oneof(wild, fc.constant(null)),
			byPositionId: wild,
		});
		fc.assert(
			fc.property(worlds, fc.array(fc.tuple(request, wild), { maxLength: 10 }), (world, requests) => {
				const book = openBook(world);
				const out: BrokerEvent[] = [];
				tickPaper(book, NOON, 110_000, 110_002, TICK_QUOTE, out);
				for (const [wildRequest, at] of requests) submitToPaper(book, wildRequest as unknown as OrderRequest, at, out);
				closeAllPaper(book, NOON + 60_000, "END", out);
				expect(out.filter((event) => event.type === "answer").length).toBe(requests.length);
				expect(Number.isFinite(book.balance)).toBe(true);
			}),
			RUNS,
		);
	});
});

function checkBooks(book: PaperBook, startBalance: number, moves: readonly Step[], out: readonly BrokerEvent[]): void {
	const deals: Deal[] = out.flatMap((event) => (event.type === "deal" ? [event.deal] : []));
	expect(book.balance).toBeCloseTo(startBalance + sum(deals.map((deal) => deal.profit + deal.swap + deal.commission)), 6);
	expect(paperAccount(book)).toMatchObject({ margin: 0, profit: 0, level: null });
	for (const deal of deals) {
		for (const money of [deal.profit, deal.swap, deal.commission]) expect(Math.abs(money * 100 - Math.round(money * 100))).toBeLessThan(1e-6);
		expect(deal.commission).toBeLessThanOrEqual(0);
		expect(deal.spreadCost).toBeGreaterThanOrEqual(0);
	}
	const bought = sum(deals.filter((deal) => deal.side === "BUY").map((deal) => deal.lots));
	const sold = sum(deals.filter((deal) => deal.side === "SELL").map((deal) => deal.lots));
	expect(bought, "everything that was opened is closed").toBeCloseTo(sold, 6);
	const answers = out.flatMap((event) => (event.type === "answer" ? [event.answer] : []));
	const sent = moves.flatMap((move, index) => (move.kind === "tick" ? [] : [index]));
	expect(answers.map((answer) => answer.intentId)).toEqual(sent);
	for (const answer of answers) {
		const move = moves[answer.intentId];
		const asked = move !== undefined && (move.kind === "deal" || move.kind === "pending") ? move.steps / 100 : Number.POSITIVE_INFINITY;
		expect(answer.lots).toBeLessThanOrEqual(asked + 1e-9);
		const done = sum(deals.filter((deal) => deal.intentId === answer.intentId && deal.entry !== "OUT_BY").map((deal) => deal.lots));
		if (asked < Number.POSITIVE_INFINITY) expect(done, "deals of an intent never exceed what it asked for").toBeLessThanOrEqual(asked + 1e-9);
	}
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
