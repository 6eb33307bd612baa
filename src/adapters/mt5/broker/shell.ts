import { RETCODE } from "../../../engine/retcodes.ts";
import type { OrderResultBody } from "../wire/messages.ts";
import { noteVerdict } from "./answers.ts";
import type { Desk, Sent } from "./desk.ts";
import { pump } from "./pump.ts";
import { systemTimers, type Timers } from "./timers.ts";
import type { Mt5BrokerRequest } from "./types.ts";
import { lostForGood, refusal, verdictOf } from "./verdict.ts";

/** What the parts of an open broker share: the desk, the world, and the wish to kill or release that the bridge has not confirmed yet. */
export type Shell = {
	readonly desk: Desk;
	readonly request: Mt5BrokerRequest;
	readonly timers: Timers;
	killWish: string | null;
	releaseWish: string | null;
	closed: boolean;
};

/** The timers of a request. */
export function timersOf(request: Mt5BrokerRequest): Timers {
	return request.timers ?? systemTimers;
}

/** Brings the desk's clock up to date, tells what can be told, and wakes the session when it has something to hear. */
export function stir(shell: Shell): void {
	if (shell.closed) return;
	shell.desk.nowMs = shell.timers.monotonicMs();
	pump(shell.desk);
	if (shell.desk.events.length > 0) shell.request.wake.wake();
}

/** A result of the bridge for an order, whenever it comes. */
export function takeResult(shell: Shell, result: OrderResultBody): void {
	const sent = shell.desk.sent.get(result.cid);
	if (sent !== undefined) noteVerdict(shell.desk, sent, verdictOf(sent.request, result, shell.desk.grid.digits));
}

/**
 * What the bridge's journal said of an order after a new fence, with nothing in flight. One it never saw was never sent and never will be: its fence is gone
 * (P6). Only the journal that was in force when it left can say so; another one leaves it to a person.
 */
export function takeQuery(shell: Shell, sent: Sent, answer: { readonly known: boolean; readonly result: OrderResultBody | null }, journalId: string): void {
	if (answer.result !== null && answer.result.cid === sent.cid) {
		takeResult(shell, answer.result);
		return;
	}
	if (answer.known) return;
	if (journalId === sent.journalId) noteVerdict(shell.desk, sent, refusal(RETCODE.REJECT, "the order never reached the bridge"));
	else noteVerdict(shell.desk, sent, lostForGood("the bridge has another journal than when this order was sent: look at the terminal what became of it"));
}
