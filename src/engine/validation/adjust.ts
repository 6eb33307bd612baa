import { profitOf } from "../money.ts";
import type { DealRequest, ModifyRequest, OrderRequest, PendingRequest, Side } from "../order.ts";
import { sideOf } from "../order.ts";
import { type Lots, lotsOf, type Money, type Points, stepsIn } from "../units.ts";
import { levelsOf } from "./checks-levels.ts";
import { caseOf, openingOf, type ValidationContext } from "./context.ts";
import type { Adjustment, Proposal } from "./verdict.ts";

/** A proposal as it may be sent, and what was changed to get there. */
export type Adjusted = { readonly proposal: Proposal; readonly changes: readonly Adjustment[] };

type Draft = { request: OrderRequest; readonly changes: Adjustment[] };

/**
 * Repairs a well-formed proposal towards the broker's rules, never towards more money at risk (C08): prices go onto the tick grid on
 * the side of less risk, a stop or target of an entry nearer than the stops level moves out to it, volume is rounded down to the step
 * and capped, and where the stop moved out the volume shrinks until the money at the stop is no more than before. What cannot be
 * repaired that way is left as it is, for the checks to refuse.
 */
export function adjust(ctx: ValidationContext, proposal: Proposal): Adjusted {
	const draft: Draft = { request: proposal.request, changes: [] };
	const before = riskOf(ctx, proposal.request);
	roundPrices(ctx, draft);
	widenLevels(ctx, draft, proposal.plannedRisk);
	fitVolume(ctx, draft);
	shrinkToRisk(ctx, draft, before);
	if (draft.changes.length === 0) return { proposal, changes: [] };
	const after = riskOf(ctx, draft.request);
	const share = before !== null && after !== null && before > 0 ? Math.min(1, after / before) : 1;
	return { proposal: { request: draft.request, plannedRisk: proposal.plannedRisk * share }, changes: draft.changes };
}

/** Money between entry and stop of an entry, account currency; null when it has no stop or opens nothing. */
export function riskOf(ctx: ValidationContext, request: OrderRequest): Money | null {
	const opening = openingOf(ctx, request);
	if (opening === null || (request.action !== "DEAL" && request.action !== "PENDING") || request.sl === 0) return null;
	return -profitOf(ctx.terms, opening.side, opening.lots, opening.price, request.sl);
}

/** A stop rounds towards the entry (less to lose), a target too (sooner reached), an entry price towards its stop. */
function roundPrices(ctx: ValidationContext, draft: Draft): void {
	const tick = ctx.terms.instrument.tickSizePoints;
	const { request } = draft;
	if (request.action === "REMOVE" || request.action === "CLOSE_BY") return;
	const side = sideFor(ctx, request);
	if (side === null) return;
	const up = (price: Points): Points => Math.ceil(price / tick - 1e-9) * tick;
	const down = (price: Points): Points => Math.floor(price / tick + 1e-9) * tick;
	const buy = side === "BUY";
	const why = `onto the tick grid of ${tick} points`;
	if (request.action === "PENDING" || request.action === "MODIFY") {
		set(draft, "price", buy ? down(request.price) : up(request.price), why);
		if (request.stopLimit !== 0) set(draft, "stopLimit", buy ? down(request.stopLimit) : up(request.stopLimit), why);
	}
	if (request.action === "DEAL" && request.positionId !== null) return;
	if (request.sl !== 0) set(draft, "sl", buy ? up(request.sl) : down(request.sl), why);
	if (request.tp !== 0) set(draft, "tp", buy ? down(request.tp) : up(request.tp), why);
}

function sideFor(ctx: ValidationContext, request: DealRequest | PendingRequest | ModifyRequest | Extract<OrderRequest, { action: "SLTP" }>): Side | null {
	switch (request.action) {
		case "DEAL":
			return request.side;
		case "PENDING":
			return sideOf(request.type);
		case "SLTP":
			return ctx.positions.find((position) => position.id === request.positionId)?.side ?? null;
		case "MODIFY": {
			const type = ctx.orders.find((order) => order.ticket === request.ticket)?.type;
			return type === undefined ? null : sideOf(type);
		}
	}
}

/** Moves a stop or target that is on its side but too near out to the stops level. Only for entries: elsewhere no volume could pay for it. */
function widenLevels(ctx: ValidationContext, draft: Draft, plannedRisk: Money): void {
	const { request } = draft;
	if (request.action !== "DEAL" && request.action !== "PENDING") return;
	const levels = levelsOf(caseOf(ctx, request, plannedRisk));
	if (levels === null) return;
	const { stopsLevelPoints, tickSizePoints: tick } = ctx.terms.instrument;
	const least = Math.max(stopsLevelPoints, 1);
	const buy = levels.side === "BUY";
	const why = `to the stops level of ${stopsLevelPoints} points`;
	const below = Math.floor((levels.reference - least) / tick + 1e-9) * tick;
	const over = Math.ceil((levels.reference + least) / tick - 1e-9) * tick;
	// The level as asked must be on its side: a stop in profit or a target in loss is a wrong idea, not a rounding.
	const asked = (field: "sl" | "tp"): Points => draft.changes.find((change) => change.field === field)?.from ?? request[field];
	if (request.sl !== 0 && (buy ? asked("sl") < levels.reference && request.sl > below : asked("sl") > levels.reference && request.sl < over)) {
		set(draft, "sl", buy ? below : over, why);
	}
	if (request.tp !== 0 && (buy ? asked("tp") > levels.reference && request.tp < over : asked("tp") < levels.reference && request.tp > below)) {
		set(draft, "tp", buy ? over : below, why);
	}
}

/** Volume down to the step and to the largest allowed; a close is cut to what the position has. */
function fitVolume(ctx: ValidationContext, draft: Draft): void {
	const { request } = draft;
	if (request.action !== "DEAL" && request.action !== "PENDING") return;
	const { volumeMax, volumeStep } = ctx.terms.instrument;
	const subject = caseOf(ctx, request, 0);
	const max = subject.purpose === "open" ? Math.min(volumeMax, ctx.rules.maxLots) : Math.min(volumeMax, subject.position?.lots ?? volumeMax);
	if (request.lots > max) set(draft, "lots", max, "to the largest volume allowed");
	const { lots } = draft.request as DealRequest | PendingRequest;
	set(draft, "lots", lotsOf(stepsIn(lots, volumeStep), volumeStep), `down to the step of ${volumeStep} lots`);
}

/** Where a level or price moved, fewer lots keep the money at the stop at or below what was asked for. */
function shrinkToRisk(ctx: ValidationContext, draft: Draft, before: Money | null): void {
	const { request } = draft;
	const after = riskOf(ctx, request);
	if (before === null || after === null || (request.action !== "DEAL" && request.action !== "PENDING") || after <= before) return;
	const { volumeStep } = ctx.terms.instrument;
	const lots: Lots = before > 0 ? lotsOf(stepsIn(request.lots * (before / after) - 1e-7 * volumeStep, volumeStep), volumeStep) : 0;
	set(draft, "lots", lots, "so that the money at the stop does not grow");
}

/** Writes a field, joining a second repair of the same field to the first. */
function set(draft: Draft, field: Adjustment["field"], to: number, why: string): void {
	const from = (draft.request as Readonly<Record<string, unknown>>)[field];
	if (typeof from !== "number" || from === to || !Number.isFinite(to)) return;
	draft.request = { ...draft.request, [field]: to } as OrderRequest;
	const known = draft.changes.findIndex((change) => change.field === field);
	const earlier = draft.changes[known];
	if (earlier === undefined) draft.changes.push({ field, from, to, why });
	else if (earlier.from === to) draft.changes.splice(known, 1);
	else draft.changes[known] = { field, from: earlier.from, to, why: `${earlier.why}, ${why}` };
}
