import type { Home } from "../../adapters/home.ts";
import type { Venue } from "../../engine/config.ts";
import type { Binding } from "../../engine/stages/binding.ts";
import { type CountedSession, countSessions } from "../../engine/stages/counts.ts";
import { GATES, type Gate, nextJudged } from "../../engine/stages/gates.ts";
import { type Gathered, gatherEvidence } from "../../engine/stages/gather.ts";
import { isMet, requirementsOf } from "../../engine/stages/requirements.ts";
import type { GateStanding, Requirement } from "../../engine/stages/standing.ts";
import type { Book } from "./book.ts";
import { certificateFor, demotionOf, type HeldCertificate, viewOf } from "./certificates.ts";

/** One gate of one binding with everything that led to it. */
export type JudgedGate = {
	readonly gate: Gate;
	readonly sessions: readonly CountedSession[];
	readonly gathered: Gathered;
	readonly requirements: readonly Requirement[];
	/** The demo account that counts whole: that of the last session with a certificate. */
	readonly account: string | null;
	/** What is wrong with the evidence itself, or null. */
	readonly broken: string | null;
	readonly isMet: boolean;
};

/** What is judged. */
export type GateAsk = { readonly gate: Gate; readonly bindingHash: string; readonly binding: Binding; readonly venue: Venue };

/** Judges a gate on all evidence of a binding at a venue. `until`: only the sessions that began before this line of the ledger. */
export function judgeGate(book: Book, { gate, bindingHash, binding, venue }: GateAsk, until = Number.POSITIVE_INFINITY): JudgedGate {
	const mode = gate === "virtual-to-demo" ? "virtual" : "demo";
	const demotedAt = gate === "virtual-to-demo" ? (demotionOf(book, binding, venue)?.n ?? 0) : 0;
	const known = book.sessions.filter(({ n }) => n < until);
	const account =
		mode === "virtual"
			? null
			: (known.findLast((one) => one.mode === "demo" && one.bindingHash === bindingHash && one.certificate !== null)?.accountHash ?? null);
	const sessions = countSessions(known, { mode, venue, bindingHash, account }).map((one) => afterDemotion(one, demotedAt));
	const gathered = gatherEvidence(gate, sessions);
	const requirements = requirementsOf(gate, gathered);
	const damaged = sessions.find(({ session }) => book.damage.has(session.sessionId));
	const broken = book.ledger.broken ?? (damaged === undefined ? null : (book.damage.get(damaged.session.sessionId) ?? null));
	return { gate, sessions, gathered, requirements, account, broken, isMet: broken === null && isMet(requirements) };
}

/** A gate for people. */
export function gateStanding(home: Home, book: Book, ask: GateAsk & { readonly nowMs: number }): GateStanding {
	const judged = judgeGate(book, ask);
	const held = certificateFor(home, book, ask);
	const { gathered, requirements, broken, sessions } = judged;
	const isOpen = broken === null && held !== null && held.problem === null;
	return {
		gate: ask.gate,
		from: ask.gate === "virtual-to-demo" ? "virtual" : "demo",
		requirements,
		trades: gathered.evidence.trades,
		nextCheckpoint: nextJudged(judged.gate, gathered.evidence.trades),
		passes: gathered.progress.passes,
		passesNeeded: GATES[ask.gate].passes,
		verdict: broken !== null ? "broken" : isOpen ? "open" : "closed",
		text: broken ?? textOf(ask.gate, held, judged),
		certificate: held === null ? null : viewOf(held),
		sessions: sessions.toReversed().map(({ session, counts, why }) => ({
			sessionId: session.sessionId,
			startedWall: session.startedWall,
			counts,
			why,
			trades: session.fold?.trades.length ?? 0,
		})),
	};
}

/** What is missing for a gate, in sentences; empty when nothing is. */
export function missingOf({ requirements, broken }: JudgedGate): readonly string[] {
	if (broken !== null) return [broken];
	return requirements
		.filter(({ verdict }) => verdict !== "pass")
		.map(({ name, value, must, missing }) => `${name}: ${value}, must be ${must}${missing === "" ? "" : ` (${missing})`}`);
}

function afterDemotion(one: CountedSession, demotedAt: number): CountedSession {
	if (one.session.n > demotedAt || one.counts === "no") return one;
	return { ...one, counts: "no", why: "before a demo session failed: only what came after it counts", clean: false };
}

function textOf(gate: Gate, held: HeldCertificate | null, judged: JudgedGate): string {
	const stage = gate === "virtual-to-demo" ? "Demo" : "Live";
	if (held !== null && held.problem === null) return `${stage} is open until ${held.facts.expires.slice(0, 16).replace("T", " ")} UTC.`;
	const { gathered } = judged;
	const was = held === null ? "" : `Certificate ${held.facts.id} does not open it: ${held.problem}. `;
	if (judged.isMet)
		return `${was}Every demand is met: the certificate is issued at the end of the next session, or at the next checkpoint (${nextJudged(judged.gate, gathered.evidence.trades)} trades) if this one has given one.`;
	const missing = judged.requirements.filter(({ verdict }) => verdict !== "pass");
	const first = missing[0];
	if (gathered.counted.length === 0) return `${was}No session counts yet: run ${gate === "virtual-to-demo" ? "virtual" : "demo"} sessions.`;
	return `${was}${missing.length} of ${judged.requirements.length} demands are not met${first === undefined ? "" : `, first: ${first.name}${first.missing === "" ? "" : ` (${first.missing})`}`}.`;
}
