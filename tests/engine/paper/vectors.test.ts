import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Instrument } from "../../../src/engine/instrument.ts";
import { marginOf, profitOf } from "../../../src/engine/money.ts";
import type { BrokerEvent, DealRequest, ModifyRequest, PendingRequest, PendingType, Side } from "../../../src/engine/order.ts";
import { roundMoney } from "../../../src/engine/units.ts";
import { PLAIN } from "../../helpers/instrument.ts";
import { answerOf, type Desk, type DeskOptions, dealsIn, NOON, openDesk } from "./desk.ts";

/** A position's or order's label given by an earlier step with `as`, or a ticket as it is. */
type Ref = string | number;
type DealMore = Partial<Omit<DealRequest, "positionId">> & { readonly position?: Ref };
type PendingMore = Partial<PendingRequest> & { readonly expiresIn?: number };

/** One step of a case: exactly one action, and what must hold after it. */
type Step = {
	readonly quote?: readonly [bid: number, ask: number];
	readonly at?: number;
	readonly clock?: number;
	readonly deal?: readonly [side: Side, lots: number, more?: DealMore];
	readonly pending?: readonly [type: PendingType, lots: number, price: number, more?: PendingMore];
	readonly levels?: readonly [ref: Ref, sl: number, tp: number];
	readonly modify?: readonly [ref: Ref, price: number, more?: Partial<ModifyRequest>];
	readonly remove?: Ref;
	readonly closeBy?: readonly [Ref, Ref];
	readonly margin?: readonly [side: Side, lots: number, price: number];
	readonly profit?: readonly [side: Side, lots: number, open: number, close: number];
	readonly value?: number;
	readonly as?: string;
	readonly retcode?: number;
	readonly deals?: readonly object[];
	readonly positions?: readonly object[];
	readonly orders?: readonly object[];
	readonly balance?: number;
	readonly marginInUse?: number;
};

type Case = DeskOptions & { readonly rule: string; readonly name: string; readonly steps: readonly Step[] };

type Vectors = { readonly plain: Partial<Instrument>; readonly cases: readonly Case[] };

const { plain, cases } = JSON.parse(readFileSync(new URL("../../vectors/mt5-rules.json", import.meta.url), "utf8")) as Vectors;

describe("the rule cases that the Python stand-in for MetaTrader 5 must meet too", () => {
	it("are many, and start from the same plain symbol", () => {
		expect(cases.length).toBeGreaterThanOrEqual(60);
		const { description: _text, typicalSpreadPoints: _spread, ...rest } = PLAIN;
		expect(plain).toEqual(rest);
	});

	it.each(cases.map((entry) => [`${entry.rule} ${entry.name}`, entry] as const))("%s", (_name, entry) => {
		const desk = openDesk(entry);
		const labels = new Map<string, number>();
		for (const [index, step] of entry.steps.entries()) runStep(desk, step, labels, `step ${index + 1}`);
	});
});

function runStep(desk: Desk, step: Step, labels: Map<string, number>, where: string): void {
	const { terms } = desk.book;
	if (step.margin !== undefined) expect(roundMoney(marginOf(terms, ...step.margin), 2), where).toBe(step.value);
	if (step.profit !== undefined) expect(roundMoney(profitOf(terms, ...step.profit), 2), where).toBe(step.value);
	const events = eventsOf(desk, step, (ref) => (typeof ref === "number" ? ref : (labels.get(ref) ?? Number.NaN)));
	if (step.retcode !== undefined) {
		const answer = answerOf(events);
		expect(answer.retcode, where).toBe(step.retcode);
		if (step.as !== undefined) labels.set(step.as, answer.outcome === "placed" ? answer.orderTicket : answer.positionId);
	}
	if (step.deals !== undefined) expect(dealsIn(events), where).toMatchObject([...step.deals]);
	if (step.positions !== undefined) expect(desk.book.positions, where).toMatchObject([...step.positions]);
	if (step.orders !== undefined) expect(desk.book.orders, where).toMatchObject([...step.orders]);
	if (step.balance !== undefined) expect(desk.book.balance, where).toBeCloseTo(step.balance, 8);
	if (step.marginInUse !== undefined) expect(desk.book.margin, where).toBeCloseTo(step.marginInUse, 6);
}

function eventsOf(desk: Desk, step: Step, ticketOf: (ref: Ref) => number): BrokerEvent[] {
	if (step.quote !== undefined) return desk.quote(...step.quote, step.at === undefined ? undefined : NOON + step.at);
	if (step.clock !== undefined) return desk.clock(NOON + step.clock);
	if (step.deal !== undefined) {
		const [side, lots, { position, ...more } = {}] = step.deal;
		return desk.deal(side, lots, position === undefined ? more : { ...more, positionId: ticketOf(position) });
	}
	if (step.pending !== undefined) {
		const [type, lots, price, { expiresIn, ...more } = {}] = step.pending;
		return desk.pending(type, lots, price, expiresIn === undefined ? more : { ...more, expiresAt: NOON + expiresIn });
	}
	if (step.levels !== undefined) return desk.levels(ticketOf(step.levels[0]), step.levels[1], step.levels[2]);
	if (step.modify !== undefined) return desk.modify(ticketOf(step.modify[0]), step.modify[1], step.modify[2]);
	if (step.remove !== undefined) return desk.remove(ticketOf(step.remove));
	if (step.closeBy !== undefined) return desk.closeBy(ticketOf(step.closeBy[0]), ticketOf(step.closeBy[1]));
	return [];
}
