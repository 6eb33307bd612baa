import type { BrokerEvent, OrderRequest } from "../../engine/order.ts";
import { RETCODE } from "../../engine/retcodes.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { isAccountRead } from "./broker/account-watch.ts";
import { noteSent, noteVerdict } from "./broker/answers.ts";
import { startChores } from "./broker/chores.ts";
import { createDesk, type Sent, tell } from "./broker/desk.ts";
import { holdFound, noteFound } from "./broker/found.ts";
import { journalOf, keepLink, type LinkKeeper } from "./broker/link.ts";
import { listenFor } from "./broker/listen.ts";
import { openAccount } from "./broker/open.ts";
import { isQuiet, pump } from "./broker/pump.ts";
import { type Shell, stir, takeResult, timersOf } from "./broker/shell.ts";
import type { AdoptionPlan, FoundOrder, FoundPosition, Mt5Broker, Mt5BrokerRequest } from "./broker/types.ts";
import { refusal, unknownVerdict, type Verdict, verdictOfError } from "./broker/verdict.ts";
import { findFault, isEntry, wishOf } from "./broker/wish.ts";
import { clientIdOf } from "./client-id.ts";
import type { BridgeReply } from "./link/client-type.ts";
import type { AccountBody, OrderResultBody } from "./wire/messages.ts";

/** An opened broker and what was on the account before. */
export type OpenedBroker = {
	readonly broker: Mt5Broker;
	readonly found: readonly FoundPosition[];
	readonly foundOrders: readonly FoundOrder[];
	readonly account: AccountBody;
};

/** No answer for this long: neither yes nor no (control C37). */
const ANSWER_MS = 5000;
/** Nothing heard of the bridge for longer than this: nothing new goes in (fault 8). */
const QUIET_MS = 3000;

/**
 * Opens the account behind a bridge for one session: account and lock as expected, a fence of our own, nothing in flight or unknown, and a fresh
 * look. From then on the broker reconciles by itself after every doubt; its first event says that it does. Throws a `Failure` that says what was
 * wrong and what to do; then nothing of ours is left behind.
 */
export async function openMt5Broker(request: Mt5BrokerRequest): Promise<OpenedBroker> {
	const timers = timersOf(request);
	const { account, seen, epoch } = await openAccount(request, timers);
	const { instrument, terms, brokerSymbol, serverNow } = request;
	const grid = { symbol: instrument.symbol, digits: instrument.digits };
	const desk = createDesk({ grid, brokerSymbol, magic: String(request.magic), terms, serverNow, nowMs: timers.monotonicMs(), account });
	const { found, foundOrders } = noteFound(desk, seen);
	const shell: Shell = { desk, request, timers, killWish: null, releaseWish: null, closed: false };
	desk.journalId = journalOf(shell);
	const link = keepLink(shell, epoch, "reconciling with the broker before the first order");
	const endings = [request.client.listen(listenFor(shell, link)), startChores(shell, link)];
	return { broker: brokerOf(shell, link, endings), found, foundOrders, account };
}

function brokerOf(shell: Shell, link: LinkKeeper, endings: readonly (() => void)[]): Mt5Broker {
	const { desk } = shell;
	return {
		events: desk.events as BrokerEvent[],
		submit: (request, at) => submit(shell, link, request, at),
		onTick(_at, bid, ask) {
			if (!(bid > 0 && ask > 0)) return;
			desk.quote.bid = bid;
			desk.quote.ask = ask;
		},
		endData: () => {},
		kill(reason) {
			desk.killed = true;
			shell.killWish = reason;
			shell.releaseWish = null;
			link.restart("killed: the bridge is told to let nothing out any more");
		},
		release(reason) {
			shell.releaseWish = reason;
			link.restart("the kill is lifted");
		},
		adopt: (found, plan) => adopt(shell, found, plan),
		isQuiet: () => link.state() === "up" && isQuiet(desk),
		nextDueAt: () => Number.POSITIVE_INFINITY,
		close() {
			if (shell.closed) return;
			for (const end of endings) end();
			for (const sent of desk.waiting) noteVerdict(desk, sent, unknownVerdict("the session ended before the answer came"));
			pump(desk);
			shell.closed = true;
		},
	};
}

/** Journalled by the session before; leaves at once or never (P1, P5). */
function submit(shell: Shell, link: LinkKeeper, request: OrderRequest, at: BrokerMs): void {
	const { desk } = shell;
	desk.nowMs = shell.timers.monotonicMs();
	const cid = clientIdOf(shell.request.sessionId, request.intentId);
	const isRepeat = desk.sent.has(cid);
	const sent = noteSent(desk, request, at, { cid: isRepeat ? `${cid} again ${desk.sent.size}` : cid, journalId: journalOf(shell) });
	const no = isRepeat ? refusal(RETCODE.INVALID, "not sent: an order of this number was sent before") : whyNot(shell, link, request);
	const fence = link.fence();
	if (no !== null || fence === null) {
		noteVerdict(desk, sent, no ?? notUp(link));
		pump(desk);
		shell.request.wake.wake();
		return;
	}
	const ticketOfPosition = (id: number): string => desk.positions.get(String(id))?.ticket ?? String(id);
	const wish = wishOf(request, { cid, digits: desk.grid.digits, brokerSymbol: desk.brokerSymbol, fence, ticketOfPosition });
	void shell.request.client.request("order", wish, ANSWER_MS).then((reply) => takeReply(shell, link, sent, reply));
}

/** Why a request must not leave, as a definite no; null when it may. What is not proven is a no (controls C02, C33, C38). */
function whyNot(shell: Shell, link: LinkKeeper, request: OrderRequest): Verdict | null {
	const { desk } = shell;
	if (shell.closed) return refusal(RETCODE.CANCEL, "not sent: the session has ended");
	const fault = findFault(request);
	if (fault !== null) return fault;
	if (request.symbol !== desk.grid.symbol) return refusal(RETCODE.INVALID, `not sent: this session trades ${desk.grid.symbol} only`);
	if (String(request.magic) !== desk.magic) return refusal(RETCODE.INVALID, "not sent: the order carries another agent's number");
	if (!desk.account.asExpected) return refusal(RETCODE.TRADE_DISABLED, "not sent: the account is not the one that was confirmed");
	if (shell.request.live !== null && desk.account.newest.live_lock !== "open")
		return refusal(RETCODE.TRADE_DISABLED, "not sent: the bridge's live lock is not open");
	if (isEntry(request) && desk.killed) return refusal(RETCODE.TRADE_DISABLED, "not sent: the session was killed");
	if (isEntry(request) && !(shell.request.client.quietMs() <= QUIET_MS))
		return refusal(RETCODE.LOCKED, `not sent: nothing was heard of the bridge for more than ${QUIET_MS / 1000} s`);
	if (!isAccountRead(desk)) return refusal(RETCODE.LOCKED, "not sent: the last reading of the account is older than 5 s");
	// What gets out of a position may leave as soon as a fence is up; what gets in only when everything is reconciled.
	return isEntry(request) && link.state() !== "up" ? notUp(link) : null;
}

function notUp(link: LinkKeeper): Verdict {
	return refusal(RETCODE.LOCKED, `not sent: the link to the broker is ${link.state()}`);
}

function takeReply(shell: Shell, link: LinkKeeper, sent: Sent, reply: BridgeReply<OrderResultBody>): void {
	if (shell.closed) return;
	const { desk } = shell;
	desk.nowMs = shell.timers.monotonicMs();
	if (reply.kind === "ok" && reply.d.cid === sent.cid) takeResult(shell, reply.d);
	else if (reply.kind === "ok") noteVerdict(desk, sent, unknownVerdict("the bridge answered for another order"));
	else noteVerdict(desk, sent, reply.kind === "error" ? verdictOfError(reply.error) : unknownVerdict(`no answer: ${reply.why}`));
	stir(shell);
	const why = doubtAfter(sent, reply);
	if (why !== null) link.restart(why);
}

/** After these answers it is not certain any more that what is sent arrives or what has arrived is known. */
function doubtAfter(sent: Sent, reply: BridgeReply<OrderResultBody>): string | null {
	if (sent.phase === "unknown") return `what became of intent ${sent.request.intentId} is not known`;
	const code = reply.kind === "ok" ? reply.d.code : null;
	return code === "STALE_FENCE" || code === "LEASE_EXPIRED" ? `the bridge refused an order: ${code}` : null;
}

function adopt(shell: Shell, found: FoundPosition, plan: AdoptionPlan): boolean {
	const { desk } = shell;
	if (shell.closed || found.position === null || !holdFound(desk, found)) return false;
	const { position, commission } = found;
	tell(desk, { type: "adopted", adoption: { position, riskMoney: plan.riskMoney, reason: plan.reason, commission } });
	shell.request.wake.wake();
	return true;
}
