import type { Position } from "../../../engine/order.ts";
import type { PositionBody } from "../wire/messages.ts";
import { hasOpenRequest } from "./answers.ts";
import { positionFrom } from "./convert.ts";
import { LOTS_DUST } from "./deals.ts";
import { type Desk, firstSeen, type Held, isLookedAfter, tell, tellTrouble } from "./desk.ts";

/** A position of ours may be shown without its stop no longer than this (control C12). */
const BARE_MS = 2000;
/** How long the bridge may take until a position of our magic has been explained by a deal. */
const UNEXPLAINED_MS = 3000;

/**
 * Tells what became of our positions: closed as soon as the deals say so; else as the broker shows them, but only once the volume is that of the deals
 * (an older picture is not told) and no change of levels of ours is still without its answer.
 */
export function tellPositions(desk: Desk): void {
	for (const held of [...desk.mine.values()]) {
		if (otherLegMissing(desk, held.id)) continue;
		if (held.signedLots === 0) {
			desk.mine.delete(held.id);
			desk.closed.add(held.id);
			tell(desk, { type: "position-closed", positionId: Number(held.id) });
			continue;
		}
		const body = desk.positions.get(held.id);
		if (body === undefined || !fits(held, body) || levelsPending(desk, held.id)) continue;
		const position = positionFrom(body, desk.grid, held.intentId);
		if (position === null) {
			tellTrouble(desk, `position ${held.id}`, "C38", "HALTED", `position ${held.id} has numbers that cannot be read: look at the terminal`);
			continue;
		}
		if (held.told !== null && isSame(held.told, position)) continue;
		held.told = position;
		tell(desk, { type: "position", position });
	}
}

/** Whether the broker's picture has the volume and side that our deals add up to. */
export function fits(held: Held, body: PositionBody): boolean {
	return Math.abs(held.signedLots - (body.type === 0 ? body.volume : -body.volume)) < LOTS_DUST;
}

/** Watches the stop-losses that were ordered: one that is missing for more than 2 s is told once (control C12); the session closes the position. */
export function watchStops(desk: Desk): void {
	for (const held of desk.mine.values()) {
		const body = desk.positions.get(held.id);
		if (!held.wantsStop || body === undefined || body.sl > 0) {
			held.bareSinceMs = null;
			continue;
		}
		held.bareSinceMs ??= desk.nowMs;
		if (desk.nowMs - held.bareSinceMs <= BARE_MS) continue;
		tellTrouble(desk, `bare ${held.id}`, "C12", "HALTED", `position ${held.id} has no stop-loss at the broker although it was ordered with one`);
	}
}

/** Positions that are not of this session. Of our magic and symbol: only when no deal has explained them for a while. All others at once (control C31). */
export function watchStrangers(desk: Desk): void {
	for (const body of desk.positions.values()) {
		const key = `position ${body.identifier}`;
		if (desk.mine.has(body.identifier) || desk.closed.has(body.identifier) || desk.before.has(key) || desk.told.has(key)) continue;
		const what = `position ${body.identifier} (${body.volume} lots ${body.symbol})`;
		if (body.magic !== desk.magic || body.symbol !== desk.brokerSymbol) {
			tellTrouble(desk, key, "C31", "HALTED", `${what} was opened by somebody else`);
		} else if (!hasOpenRequest(desk) && isLookedAfter(desk, firstSeen(desk, key), UNEXPLAINED_MS)) {
			tellTrouble(desk, key, "C39", "HALTED", `${what} carries this agent's number, and no order of this session opened it`);
		}
	}
}

/** Of a close-by both deals are told before both positions; a leg that does not come holds nothing back for long. */
function otherLegMissing(desk: Desk, id: string): boolean {
	for (const { request, dealCount, sentMs } of desk.open) {
		if (request.action !== "CLOSE_BY" || dealCount !== 1 || desk.nowMs - sentMs > UNEXPLAINED_MS) continue;
		if ([request.positionId, request.byPositionId].some((position) => String(position) === id)) return true;
	}
	return false;
}

function levelsPending(desk: Desk, id: string): boolean {
	return desk.waiting.some(({ request }) => request.action === "SLTP" && String(request.positionId) === id);
}

function isSame(one: Position, other: Position): boolean {
	return (Object.keys(one) as (keyof Position)[]).every((name) => one[name] === other[name]);
}
