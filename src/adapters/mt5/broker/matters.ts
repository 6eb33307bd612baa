import type { PositionBody } from "../wire/messages.ts";
import { hasOpenRequest } from "./answers.ts";
import { pointsOf } from "./convert.ts";
import { LOTS_DUST } from "./deals.ts";
import { type Desk, type Sent, tellTrouble } from "./desk.ts";
import { fits } from "./positions.ts";

/** What should follow from something has this long; then it is looked for. */
export const FOLLOW_MS = 3000;

/** Brings the list of what does not fit together up to date: deals, orders and levels that an answer promised; positions that are not as the deals say. */
export function noteMatters(desk: Desk): void {
	const keys: string[] = [];
	for (const sent of desk.open) {
		if (sent.phase !== "settled" || sent.told !== "final") continue;
		if (hasFollowed(desk, sent)) desk.open.delete(sent);
		else keys.push(`intent ${sent.request.intentId}`);
	}
	for (const held of desk.mine.values()) {
		const body = desk.positions.get(held.id);
		if (body === undefined || !fits(held, body)) keys.push(`position ${held.id}`);
	}
	for (const { ticket, goneSinceMs } of desk.working.values()) if (goneSinceMs !== null) keys.push(`order ${ticket}`);
	for (const id of desk.positions.keys()) if (desk.closed.has(id)) keys.push(`position ${id}`);
	desk.matters = new Map(keys.map((key) => [key, desk.matters.get(key) ?? desk.nowMs]));
}

/** Whether something that should have followed has not for too long: a reason to look, and not to hold anything back for it. */
export function isOverdue(desk: Desk): boolean {
	for (const since of desk.matters.values()) if (desk.nowMs - since > FOLLOW_MS) return true;
	return false;
}

/** Whether nothing that was asked is still without its answer, its deals and its positions. */
export function isSettled(desk: Desk): boolean {
	return !hasOpenRequest(desk) && desk.matters.size === 0 && desk.deals.length === 0;
}

/** In words what is still open, null when nothing is. */
export function openMatters(desk: Desk): string | null {
	if (isSettled(desk)) return null;
	const intents = [...desk.open].filter((sent) => sent.phase !== "settled").map((sent) => `intent ${sent.request.intentId}`);
	const open = [...new Set([...intents, ...desk.matters.keys(), ...desk.deals.map((deal) => `deal ${deal.ticket}`)])];
	return `waiting for what became of ${open.slice(0, 4).join(", ")}${open.length > 4 ? ` and ${open.length - 4} more` : ""}`;
}

/** After a fresh look: what did not fit at the look before and still does not halts the session (control C38). */
export function compare(desk: Desk): void {
	// A deal that is known and only waits for the answer of its order explains its position.
	const explained = new Set(desk.deals.map((deal) => `position ${deal.position_id}`));
	const now = new Set([...desk.matters.keys()].filter((key) => !explained.has(key)));
	for (const key of now) {
		if (!desk.mismatched.has(key)) continue;
		tellTrouble(desk, `mismatch ${key}`, "C38", "HALTED", `two looks at the broker do not fit what is known of ${key}: ${describe(desk, key)}`);
	}
	desk.mismatched = now;
}

function describe(desk: Desk, key: string): string {
	const id = key.replace("position ", "");
	const held = desk.mine.get(id);
	if (!key.startsWith("position ")) return "what it was answered to have done is not to be seen";
	const body = desk.positions.get(id);
	const shown = body === undefined ? "no such position" : `${body.type === 0 ? "long" : "short"} ${body.volume} lots`;
	return `by its deals ${held?.signedLots ?? 0} lots, the broker shows ${shown}`;
}

function hasFollowed(desk: Desk, sent: Sent): boolean {
	const { request, verdict } = sent;
	if (verdict === null || verdict.outcome === "rejected") return true;
	switch (request.action) {
		case "DEAL":
			return sent.filledLots > verdict.lots - LOTS_DUST && sent.filledLots > 0;
		case "CLOSE_BY":
			// One deal a position.
			return sent.dealCount >= 2;
		case "PENDING": {
			const ticket = String(verdict.orderTicket);
			return desk.working.has(ticket) || desk.endedOrders.has(ticket) || sent.filledLots > 0;
		}
		case "SLTP": {
			const body = desk.positions.get(String(request.positionId));
			return !desk.mine.has(String(request.positionId)) || isSuperseded(desk, sent) || (body !== undefined && hasLevels(desk, body, request));
		}
		case "MODIFY": {
			const working = desk.working.get(String(request.ticket));
			return working === undefined || isSuperseded(desk, sent) || (working.told.price === request.price && working.told.sl === request.sl);
		}
		case "REMOVE":
			return !desk.working.has(String(request.ticket));
	}
}

function hasLevels(desk: Desk, body: PositionBody, levels: { readonly sl: number; readonly tp: number }): boolean {
	const { digits } = desk.grid;
	return pointsOf(body.sl, digits) === levels.sl && pointsOf(body.tp, digits) === levels.tp;
}

/** A later request about the same thing was carried out: this one's levels need not be seen any more. */
function isSuperseded(desk: Desk, sent: Sent): boolean {
	const about = aboutOf(sent);
	for (let next = sent.number + 1; next < desk.inOrder.length; next++) {
		const other = desk.inOrder[next] as Sent;
		if (other.verdict?.outcome !== "rejected" && (aboutOf(other) === about || isDealOn(other, about))) return true;
	}
	return false;
}

/** On a netting account every deal brings its own levels (rulebook A.10). */
function isDealOn(sent: Sent, about: string): boolean {
	return sent.filledLots > 0 && about === `position ${sent.verdict?.positionId ?? 0}`;
}

function aboutOf({ request }: Sent): string {
	if (request.action === "SLTP") return `position ${request.positionId}`;
	if (request.action === "DEAL" && request.positionId !== null) return `position ${request.positionId}`;
	return request.action === "MODIFY" || request.action === "REMOVE" ? `order ${request.ticket}` : "";
}
