import type { AccountTerms } from "../../../src/engine/config.ts";
import type { ConversionRates, Instrument } from "../../../src/engine/instrument.ts";
import { TICK_CLOCK, TICK_QUOTE } from "../../../src/engine/market/tick.ts";
import { createMoneyTerms } from "../../../src/engine/money.ts";
import type {
	Answer,
	BrokerEvent,
	CloseByRequest,
	Deal,
	DealRequest,
	LevelsRequest,
	ModifyRequest,
	OrderRequest,
	PendingRequest,
} from "../../../src/engine/order.ts";
import { createPaperBook, type PaperBook, submitToPaper, tickPaper } from "../../../src/engine/paper/book.ts";
import { DEFAULT_SIMULATOR, type SimulatorSettings } from "../../../src/engine/paper/settings.ts";
import { PLAIN } from "../../helpers/instrument.ts";

/** Tuesday 2025-03-04 12:00 broker time. */
export const NOON = 1_741_089_600_000;
export const SECOND = 1000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** Executes at once at the quote, without chance. */
export const EXACT: SimulatorSettings = { ...DEFAULT_SIMULATOR, latencyMs: 0, latencyJitterMs: 0, slippagePoints: 0 };

export type DeskOptions = {
	readonly instrument?: Partial<Instrument>;
	readonly account?: Partial<AccountTerms>;
	readonly settings?: Partial<SimulatorSettings>;
	readonly rates?: ConversionRates;
	readonly triggerFill?: "requested" | "market";
	readonly seed?: number;
};

export function openBook(options: DeskOptions = {}): PaperBook {
	const account: AccountTerms = { currency: "USD", currencyDigits: 2, startBalance: 100_000, leverage: 100, marginMode: "hedging", ...options.account };
	const terms = createMoneyTerms({ ...PLAIN, ...options.instrument }, account, options.rates ?? {});
	const settings = { ...EXACT, ...options.settings };
	return createPaperBook({ terms, account, settings, triggerFill: options.triggerFill ?? "market", seed: options.seed ?? 7, ticketStart: 1000 });
}

const COMMON = { symbol: "EURUSD", magic: 1, comment: "" };

/** A book with a pencil: shorthand for requests and quotes; each call returns the events it caused. */
export type Desk = {
	readonly book: PaperBook;
	readonly all: BrokerEvent[];
	quote(bid: number, ask: number, at?: number): BrokerEvent[];
	clock(at: number): BrokerEvent[];
	send(request: OrderRequest, at?: number): BrokerEvent[];
	deal(side: "BUY" | "SELL", lots: number, more?: Partial<DealRequest>): BrokerEvent[];
	pending(type: PendingRequest["type"], lots: number, price: number, more?: Partial<PendingRequest>): BrokerEvent[];
	levels(positionId: number, sl: number, tp: number, more?: Partial<LevelsRequest>): BrokerEvent[];
	modify(ticket: number, price: number, more?: Partial<ModifyRequest>): BrokerEvent[];
	remove(ticket: number): BrokerEvent[];
	closeBy(positionId: number, byPositionId: number, more?: Partial<CloseByRequest>): BrokerEvent[];
};

/** A desk whose market stands at 1.10000 / 1.10002 at Tuesday noon. */
export function openDesk(options: DeskOptions = {}): Desk {
	const book = openBook(options);
	const all: BrokerEvent[] = [];
	let intentId = 0;
	let now = NOON;
	const run = (act: (out: BrokerEvent[]) => void): BrokerEvent[] => {
		const out: BrokerEvent[] = [];
		act(out);
		all.push(...out);
		return out;
	};
	const desk: Desk = {
		book,
		all,
		quote(bid, ask, at) {
			now = at ?? now + SECOND;
			return run((out) => tickPaper(book, now, bid, ask, TICK_QUOTE, out));
		},
		clock(at) {
			now = at;
			return run((out) => tickPaper(book, at, 0, 0, TICK_CLOCK, out));
		},
		send(request, at) {
			return run((out) => submitToPaper(book, request, at ?? now, out));
		},
		deal(side, lots, more) {
			const request: DealRequest = {
				...COMMON,
				intentId: ++intentId,
				action: "DEAL",
				side,
				lots,
				price: side === "BUY" ? book.ask : book.bid,
				deviationPoints: 0,
				sl: 0,
				tp: 0,
				filling: "IOC",
				positionId: null,
			};
			return desk.send({ ...request, ...more });
		},
		pending(type, lots, price, more) {
			const base = { action: "PENDING", stopLimit: 0, sl: 0, tp: 0, filling: "RETURN", timeInForce: "GTC", expiresAt: 0 } as const;
			return desk.send({ ...COMMON, intentId: ++intentId, type, lots, price, ...base, ...more });
		},
		levels(positionId, sl, tp, more) {
			return desk.send({ ...COMMON, intentId: ++intentId, action: "SLTP", positionId, sl, tp, ...more });
		},
		modify(ticket, price, more) {
			const base = { action: "MODIFY", stopLimit: 0, sl: 0, tp: 0, timeInForce: "GTC", expiresAt: 0 } as const;
			return desk.send({ ...COMMON, intentId: ++intentId, ticket, price, ...base, ...more });
		},
		remove(ticket) {
			return desk.send({ ...COMMON, intentId: ++intentId, action: "REMOVE", ticket });
		},
		closeBy(positionId, byPositionId, more) {
			return desk.send({ ...COMMON, intentId: ++intentId, action: "CLOSE_BY", positionId, byPositionId, ...more });
		},
	};
	desk.quote(110_000, 110_002, NOON);
	return desk;
}

/** The single answer among events. */
export function answerOf(events: readonly BrokerEvent[]): Answer {
	const answers = events.flatMap((event) => (event.type === "answer" ? [event.answer] : []));
	if (answers.length !== 1 || answers[0] === undefined) throw new Error(`expected one answer, got ${answers.length}`);
	return answers[0];
}

export function retcodeIn(events: readonly BrokerEvent[]): number {
	return answerOf(events).retcode;
}

export function dealsIn(events: readonly BrokerEvent[]): Deal[] {
	return events.flatMap((event) => (event.type === "deal" ? [event.deal] : []));
}

/** Opens and gives the position's id; fails when the server refuses. */
export function openAt(desk: Desk, side: "BUY" | "SELL", lots: number, more?: Partial<DealRequest>): number {
	const answer = answerOf(desk.deal(side, lots, more));
	if (answer.outcome !== "done") throw new Error(`refused with ${answer.retcode}`);
	return answer.positionId;
}

/** Places a waiting order and gives its ticket; fails when the server refuses. */
export function placeAt(desk: Desk, type: PendingRequest["type"], lots: number, price: number, more?: Partial<PendingRequest>): number {
	const answer = answerOf(desk.pending(type, lots, price, more));
	if (answer.outcome !== "placed") throw new Error(`refused with ${answer.retcode}`);
	return answer.orderTicket;
}
