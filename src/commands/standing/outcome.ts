import { appendLedger, readLedger } from "../../adapters/archive/ledger.ts";
import type { LedgerEvent } from "../../adapters/archive/ledger-event.ts";
import type { Home } from "../../adapters/home.ts";
import type { Venue } from "../../engine/config.ts";
import type { Binding } from "../../engine/stages/binding.ts";
import type { CountedSession, KnownSession } from "../../engine/stages/counts.ts";
import { reportOf } from "../../engine/stages/evidence.ts";
import { GATES, type Gate, gateChecks, nextJudged } from "../../engine/stages/gates.ts";
import type { StageOutcome } from "../../engine/stages/outcome.ts";
import { PROBATION_SESSIONS } from "../../engine/stages/probation.ts";
import { SESSIONS_NEEDED } from "../../engine/stages/requirements.ts";
import { type Book, openBook } from "./book.ts";
import { type JudgedGate, judgeGate } from "./gate-standing.ts";
import { issueCertificate } from "./issue.ts";
import { probationDone } from "./judge.ts";

/** How a session of the ledger ended: the last hash and the number of lines of its journal, why, and the market time it traded. */
export type SessionEnd = Extract<LedgerEvent, { kind: "ended" }>["data"];

/**
 * Enters a session's end into the ledger and does what follows from it: a certificate when its gate is passed, a demotion when a demo session failed,
 * the end of a live permit after a drawdown, a step of probation. Throws a `Failure` when the ledger cannot be used; the session then never ended for it.
 */
export function registerEnd(home: Home, end: SessionEnd, nowMs: number): StageOutcome {
	appendLedger(home, nowMs, () => [{ kind: "ended", data: end }]);
	const book = openBook(home, { fresh: false });
	const session = book.sessions.find(({ sessionId }) => sessionId === end.session);
	const binding = session === undefined ? undefined : book.bindings.get(session.bindingHash);
	if (session === undefined || binding === undefined)
		return { counts: "no", why: "the ledger does not know that it began", news: [], ledgerHead: book.ledger.head };
	const outcome = session.mode === "live" ? liveOutcome(home, book, session, nowMs) : gateOutcome(home, book, session, { binding, nowMs });
	return { ...outcome, ledgerHead: readLedger(home).head };
}

type Outcome = Omit<StageOutcome, "ledgerHead">;
type More = { readonly binding: Binding; readonly nowMs: number };

function gateOutcome(home: Home, book: Book, session: KnownSession, { binding, nowMs }: More): Outcome {
	const gate: Gate = session.mode === "virtual" ? "virtual-to-demo" : "demo-to-live";
	const news: string[] = [];
	let first: JudgedGate | null = null;
	for (const venue of venuesOf(book, session)) {
		const ask = { gate, bindingHash: session.bindingHash, binding, venue };
		const judged = judgeGate(book, ask);
		first ??= judged;
		const failure = gate === "demo-to-live" ? demoFailure(book, judged, session) : null;
		if (failure !== null) {
			appendLedger(home, nowMs, () => [{ kind: "demoted", data: { session: session.sessionId, binding: session.bindingHash, venue, why: failure } }]);
			news.push(`DEMOTED: ${failure}. Certificates that cover this configuration are void; it goes on in virtual, and only later virtual sessions count.`);
			continue;
		}
		const issued = judged.isMet ? issueCertificate(home, { ...ask, nowMs }) : null;
		if (issued === null) continue;
		news.push(
			`CERTIFICATE ${issued.id} issued: ${GATES[gate].label}, until ${issued.expires.slice(0, 16).replace("T", " ")} UTC${venue === "sandbox" ? ", for the sandbox only" : ""}.`,
		);
		// What is proven without the sandbox is good for it too.
		break;
	}
	const counted = first?.sessions.find((one) => one.session.sessionId === session.sessionId) ?? null;
	return { counts: counted?.counts ?? "no", why: counted?.why ?? "", news: [...(first === null ? [] : [progressOf(first)]), ...news] };
}

/** A session without a terminal counts everywhere; one on a terminal only for its kind. */
function venuesOf(book: Book, { venue, bindingHash }: KnownSession): readonly Venue[] {
	if (venue !== null) return [venue];
	const hasSandbox = book.sessions.some((other) => other.bindingHash === bindingHash && other.venue === "sandbox");
	return hasSandbox ? ["mt5", "sandbox"] : ["mt5"];
}

/** The customer's targets; bounds and samples that are too small are not proven yet, which is no failure. */
const TARGET_CHECKS = ["omega", "energy captured", "chs mean of 30", "validator rejections", "circuit breaker events"];

/**
 * Why a demo session that counts has failed (controls.md, "a demo session that fails the targets demotes"): a rejection, a latched halt by losses,
 * drawdown or the breaker, or a target that is missed at a checkpoint which this session reached. Null when it has not.
 */
function demoFailure(book: Book, judged: JudgedGate, session: KnownSession): string | null {
	const mine = judged.sessions.find((one) => one.session.sessionId === session.sessionId);
	const { fold } = session;
	if (mine === undefined || mine.counts === "no" || fold === null) return null;
	if (fold.rejections > 0) return `the validator refused ${fold.rejections} of its ${fold.orders} orders for breaking a rule`;
	if (fold.latched !== null) return `it was halted by ${fold.latched.control}: ${fold.latched.reason}`;
	const binding = book.bindings.get(session.bindingHash);
	if (binding === undefined) return null;
	const venue = session.venue ?? "mt5";
	const before = judgeGate(book, { gate: "demo-to-live", bindingHash: session.bindingHash, binding, venue }, session.n);
	const { progress, evidence, breaker } = judged.gathered;
	if (progress.checkpoint < GATES["demo-to-live"].trades || progress.checkpoint <= before.gathered.progress.checkpoint || progress.passes > 0) return null;
	const missed = gateChecks(reportOf(evidence), Number.isFinite(breaker.eventRate) ? breaker.eventRate : null, "demo-to-live").filter(
		({ name, pass }) => !pass && TARGET_CHECKS.includes(name),
	);
	return missed.length === 0 ? null : `at ${progress.checkpoint} trades it missed the target of ${missed.map(({ name }) => name).join(", ")}`;
}

function liveOutcome(home: Home, book: Book, session: KnownSession, nowMs: number): Outcome {
	const { fold, certificate, venue } = session;
	const news: string[] = [];
	if (fold?.latched?.control === "C23" && certificate !== null) {
		const why = `live session ${session.sessionId} fell below its drawdown limit (${fold.latched.reason})`;
		appendLedger(home, nowMs, () => [{ kind: "void", data: { certificate, why } }]);
		news.push(`PERMIT REVOKED: ${why}. The demo certificate is void; it goes on in demo (control C23).`);
	} else if (isCleanEnd(session) && venue !== null) {
		const binding = book.bindings.get(session.bindingHash);
		const done = binding === undefined ? PROBATION_SESSIONS : probationDone(book, binding, venue);
		if (done < PROBATION_SESSIONS) {
			appendLedger(home, nowMs, () => [{ kind: "probation", data: { session: session.sessionId, binding: session.bindingHash, venue, number: done + 1 } }]);
			news.push(`Probation: ${done + 1} of ${PROBATION_SESSIONS} sessions done.`);
		}
	}
	return { counts: "no", why: "live sessions prove nothing for a gate: they are what the gates are for", news };
}

function isCleanEnd({ state, fold }: KnownSession): boolean {
	if (state !== "ended" || fold === null || fold.trades.length === 0 || fold.rejections > 0 || fold.latched !== null) return false;
	return fold.steeredBy?.length === 0 && ["duration", "end-of-data", "max-trades"].includes(fold.endReason ?? "");
}

function progressOf({ gate, gathered, broken, sessions }: JudgedGate): string {
	if (broken !== null) return broken;
	const { evidence, cleanSessions } = gathered;
	const { sessions: needed } = SESSIONS_NEEDED[gate];
	const counted = sessions.filter((one: CountedSession) => one.counts !== "no").length;
	return `${GATES[gate].label}: ${evidence.trades} ${evidence.trades === 1 ? "trade" : "trades"} of ${counted} ${counted === 1 ? "session that counts" : "sessions that count"} (${cleanSessions} of ${needed} clean); judged next at ${nextJudged(gate, evidence.trades)} trades.`;
}
