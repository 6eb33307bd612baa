import type { Answer, OrderRequest } from "../../../engine/order.ts";
import type { BrokerMs } from "../../../engine/units.ts";
import { tokenIn, tokenOf } from "../client-id.ts";
import type { DealBody } from "../wire/messages.ts";
import { type Desk, type Sent, tell } from "./desk.ts";
import type { Verdict } from "./verdict.ts";

/** Notes a request that is about to leave, or that is refused before it could. Its answer is told after those of all earlier ones. */
export function noteSent(desk: Desk, request: OrderRequest, at: BrokerMs, ids: { readonly cid: string; readonly journalId: string }): Sent {
	const sent: Sent = {
		request,
		...ids,
		token: tokenOf(ids.cid),
		sentAt: at,
		number: desk.inOrder.length,
		sentMs: desk.nowMs,
		phase: "flight",
		verdict: null,
		told: "nothing",
		filledLots: 0,
		dealCount: 0,
		latencyMs: 0,
	};
	desk.sent.set(sent.cid, sent);
	desk.sentByToken.set(sent.token, sent);
	desk.inOrder.push(sent);
	desk.open.add(sent);
	desk.waiting.push(sent);
	return sent;
}

/**
 * A word on a request: its answer, or what was found out about it later. What is settled stays settled, and an unknown outcome is never made better by
 * another "unknown" (control C37).
 */
export function noteVerdict(desk: Desk, sent: Sent, verdict: Verdict): void {
	if (sent.phase === "settled") return;
	if (sent.phase === "unknown" && !verdict.settled) {
		if (verdict.needsHuman) sent.verdict = verdict;
		return;
	}
	if (sent.phase === "flight") sent.latencyMs = Math.max(0, Math.round(desk.nowMs - sent.sentMs));
	sent.phase = verdict.settled ? "settled" : "unknown";
	sent.verdict = verdict;
	const ticket = String(verdict.orderTicket);
	if (verdict.orderTicket !== 0 && !desk.sentByOrder.has(ticket)) desk.sentByOrder.set(ticket, sent);
}

/** The next answer in the order of sending, when it is there; true when one was told. */
export function tellNextAnswer(desk: Desk): boolean {
	const sent = desk.waiting[0];
	if (sent === undefined || sent.verdict === null) return false;
	desk.waiting.shift();
	sent.told = sent.phase === "settled" ? "final" : "unknown";
	noteTold(desk, sent, sent.verdict);
	tell(desk, { type: "answer", answer: answerOf(sent, sent.verdict) });
	return true;
}

/** What became of answers that were unknown: each once when it is settled, and once when only a person can tell. */
export function tellResolved(desk: Desk): void {
	for (const sent of desk.open) {
		if (sent.verdict === null || (sent.told !== "unknown" && sent.told !== "human")) continue;
		if (sent.phase !== "settled" && (sent.told === "human" || !sent.verdict.needsHuman)) continue;
		sent.told = sent.phase === "settled" ? "final" : "human";
		noteTold(desk, sent, sent.verdict);
		tell(desk, { type: "resolved", answer: answerOf(sent, sent.verdict) });
	}
}

/** Requests whose outcome is neither yes nor no, oldest first. */
export function unknownOf(desk: Desk): Sent[] {
	return [...desk.open].filter((sent) => sent.phase === "unknown");
}

/** Whether anything that was sent is still without its outcome: what shows up may be its doing. */
export function hasOpenRequest(desk: Desk): boolean {
	if (desk.waiting.length > 0) return true;
	for (const sent of desk.open) if (sent.phase !== "settled") return true;
	return false;
}

/** The request of this session that made a deal, position or order: by the bridge's word, else by the token in the comment, else by the order's ticket. */
export function senderOf(desk: Desk, made: Pick<DealBody, "cid" | "comment">, orderTicket: string): Sent | null {
	const byCid = made.cid === null ? undefined : desk.sent.get(made.cid);
	if (byCid !== undefined) return byCid;
	const token = tokenIn(made.comment);
	const byToken = token === null ? undefined : desk.sentByToken.get(token);
	if (byToken !== undefined) return byToken;
	return desk.sentByOrder.get(orderTicket) ?? null;
}

/** What an answer that is about to be told means besides: money may have moved, a waiting order may be gone. */
function noteTold(desk: Desk, { request, told }: Sent, { lots, outcome }: Verdict): void {
	if (lots > 0) desk.account.moves++;
	if (request.action === "REMOVE" && told === "final" && outcome === "done") desk.removed.add(String(request.ticket));
}

function answerOf(sent: Sent, verdict: Verdict): Answer {
	const { outcome, retcode, lots, price, bid, ask, orderTicket, dealTicket, positionId, comment } = verdict;
	return { intentId: sent.request.intentId, outcome, retcode, lots, price, bid, ask, orderTicket, dealTicket, positionId, latencyMs: sent.latencyMs, comment };
}
