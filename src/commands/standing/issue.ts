import { type Certificate, removeCertificate, writeCertificate } from "../../adapters/archive/certificate.ts";
import { appendLedger } from "../../adapters/archive/ledger.ts";
import type { CertificateFacts } from "../../adapters/archive/ledger-event.ts";
import { machineId } from "../../adapters/archive/machine.ts";
import { newSessionId } from "../../adapters/archive/sessions.ts";
import type { Home } from "../../adapters/home.ts";
import { reportOf } from "../../engine/stages/evidence.ts";
import { type Book, openBook } from "./book.ts";
import { demotionOf, VALID_DAYS } from "./certificates.ts";
import { type GateAsk, type JudgedGate, judgeGate } from "./gate-standing.ts";

const DAY_MS = 86_400_000;

/**
 * Issues the certificate of a gate that is passed: every journal is read again from its first line, and only if all of it still holds the file is
 * written and the ledger gets its line. Null when the checkpoint has given one already, or when reading again did not come to the same. Throws a
 * `Failure` or a system error when it cannot be stored; nothing of it is left then.
 */
export function issueCertificate(home: Home, ask: GateAsk & { readonly nowMs: number }): CertificateFacts | null {
	const book = openBook(home, { fresh: true });
	const judged = judgeGate(book, ask);
	const { counted } = judged.gathered;
	const [first, last] = [counted[0], counted.at(-1)];
	if (!judged.isMet || first === undefined || last === undefined || wasIssued(book, ask, judged) || isOld(book, ask, judged)) return null;
	const headOf = (sessionId: string): string => book.heads.get(sessionId) ?? "";
	const [firstId, lastId] = [first.session.sessionId, last.session.sessionId];
	const facts: CertificateFacts = {
		format: 1,
		id: `${ask.gate === "virtual-to-demo" ? "V" : "D"}-${newSessionId(ask.nowMs)}`,
		gate: ask.gate,
		venue: ask.venue,
		machine: machineId(),
		bindingHash: ask.bindingHash,
		checkpoint: judged.gathered.progress.checkpoint,
		sessions: { first: firstId, firstHead: headOf(firstId), last: lastId, lastHead: headOf(lastId), counted: counted.length },
		metrics: metricsOf(judged),
		account: ask.gate === "virtual-to-demo" ? null : (book.accounts.get(lastDemo(judged)) ?? null),
		issued: new Date(ask.nowMs).toISOString(),
		expires: new Date(ask.nowMs + VALID_DAYS[ask.gate] * DAY_MS).toISOString(),
	};
	const certificate: Certificate = { ...facts, binding: ask.binding };
	writeCertificate(home, certificate);
	try {
		// Another session of the same configuration may have ended in this moment: the first one gets it.
		const lines = appendLedger(home, ask.nowMs, (ledger) => (ledger.head === book.ledger.head ? [{ kind: "certificate", data: facts }] : [])).lines;
		if (lines.at(-1)?.kind === "certificate" && lines.length === book.ledger.lines.length + 1) return facts;
	} catch (error) {
		removeCertificate(home, facts.id);
		throw error;
	}
	removeCertificate(home, facts.id);
	return null;
}

/** One certificate a checkpoint: a new one needs new trades, or a virtual start anew after a demotion. */
function wasIssued(book: Book, { gate, venue, bindingHash, binding }: GateAsk, { gathered }: JudgedGate): boolean {
	const since = gate === "virtual-to-demo" ? (demotionOf(book, binding, venue)?.n ?? 0) : 0;
	return book.certificates.some(
		(one) => one.gate === gate && one.venue === venue && one.bindingHash === bindingHash && one.n > since && one.checkpoint === gathered.progress.checkpoint,
	);
}

/** Demo evidence is never forgotten, but after a demotion only a checkpoint that came later certifies. */
function isOld(book: Book, ask: GateAsk, { gathered }: JudgedGate): boolean {
	const demotion = ask.gate === "demo-to-live" ? demotionOf(book, ask.binding, ask.venue) : null;
	return demotion !== null && gathered.progress.checkpoint <= judgeGate(book, ask, demotion.n).gathered.progress.checkpoint;
}

/** The last session on the account that the evidence was earned on. */
function lastDemo({ gathered, account }: JudgedGate): string {
	return gathered.counted.findLast(({ session, counts }) => counts === "whole" && session.accountHash === account)?.session.sessionId ?? "";
}

function metricsOf({ gathered }: JudgedGate): CertificateFacts["metrics"] {
	const { eventRate, steps } = gathered.breaker;
	const deals = gathered.counted.reduce((sum, { session }) => sum + (session.fold?.deals.length ?? 0), 0);
	return {
		...reportOf(gathered.evidence),
		eventRate: Number.isFinite(eventRate) ? eventRate : null,
		decisions: steps,
		cleanSessions: gathered.cleanSessions,
		brokerDays: gathered.brokerDays,
		deals,
	};
}
