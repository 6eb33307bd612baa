import { bindingHashOf } from "../../adapters/archive/certificate.ts";
import type { Home } from "../../adapters/home.ts";
import type { Mode, SessionConfig, Venue } from "../../engine/config.ts";
import { type Binding, bindingOf, type StageLimits, uncovered } from "../../engine/stages/binding.ts";
import { countSessions } from "../../engine/stages/counts.ts";
import { PROBATION_SESSIONS } from "../../engine/stages/probation.ts";
import type { CertificateView } from "../../engine/stages/standing.ts";
import { type Book, openBook } from "./book.ts";
import { certificateFor, type HeldCertificate, viewOf } from "./certificates.ts";
import { judgeGate, missingOf } from "./gate-standing.ts";
import { VERSIONS } from "./versions.ts";

/** What is to be started: the configuration as the session would have it, with the limits of all stages. */
export type StageAsk = {
	readonly mode: Exclude<Mode, "virtual">;
	/** `broker` may still be missing; when it is there, its account is compared with that of the live permit. */
	readonly config: Omit<SessionConfig, "rules">;
	readonly limits: StageLimits;
	readonly venue: Venue;
	readonly nowMs: number;
};

/** Whether a stage may be started. `full`: it counts; `rehearsal`: demo only, it may run but never counts; `refused`: it may not run. */
export type StageVerdict = {
	readonly kind: "full" | "rehearsal" | "refused";
	/** What is missing, in sentences; empty for `full`. */
	readonly missing: readonly string[];
	/** Live: which of the three probation sessions this would be (1 to 3), or null after them and in demo (control C07). */
	readonly probation: number | null;
	/** The certificate that opens the stage, or the last one that does not open it any more, or null. */
	readonly certificate: CertificateView | null;
};

/** Judges a stage against ledger, journals and certificates (controls C01, C03, C04, C07). Never throws for damage: what cannot be proven is a no. */
export function judgeStage(home: Home, ask: StageAsk): StageVerdict {
	const book = openBook(home, { fresh: false });
	const binding = bindingOf(ask.config, ask.limits, VERSIONS);
	if (book.ledger.broken !== null) return refused([book.ledger.broken], null);
	return ask.mode === "demo" ? judgeDemo(home, book, binding, ask) : judgeLive(home, book, binding, ask);
}

/** Live sessions of this binding at this venue that came to a clean end on probation. */
export function probationDone(book: Book, binding: Binding, venue: Venue): number {
	return book.of("probation").filter(({ data }) => {
		const then = book.bindings.get(data.binding);
		return data.venue === venue && then !== undefined && then.agentBuild === binding.agentBuild && uncovered(binding, then).length === 0;
	}).length;
}

function judgeDemo(home: Home, book: Book, binding: Binding, { venue, nowMs }: StageAsk): StageVerdict {
	const held = certificateFor(home, book, { gate: "virtual-to-demo", venue, binding, nowMs });
	const view = held === null ? null : viewOf(held);
	if (!hasCleanVirtual(book, binding, venue)) {
		return refused(
			[
				"Demo needs at least one clean virtual session of the same agent, symbol, timeframe and limits: one that came to its own end, traded and broke no rule.",
			],
			view,
		);
	}
	if (held !== null && held.problem === null) return { kind: "full", missing: [], probation: null, certificate: view };
	const judged = judgeGate(book, { gate: "virtual-to-demo", bindingHash: bindingHashOf(binding), binding, venue });
	return { kind: "rehearsal", missing: [...whyNot(held, "virtual"), ...missingOf(judged)], probation: null, certificate: view };
}

function judgeLive(home: Home, book: Book, binding: Binding, { venue, nowMs, config }: StageAsk): StageVerdict {
	const held = certificateFor(home, book, { gate: "demo-to-live", venue, binding, nowMs });
	const view = held === null ? null : viewOf(held);
	if (held === null || held.problem !== null) {
		const judged = judgeGate(book, { gate: "demo-to-live", bindingHash: bindingHashOf(binding), binding, venue });
		return refused([...whyNot(held, "demo"), ...missingOf(judged)], view);
	}
	const permit = book.of("permit").find(({ data }) => data.certificate === held.facts.id);
	if (permit !== undefined) {
		const { expires, account } = permit.data;
		if (!(nowMs < Date.parse(expires)))
			return refused([`The live permit of certificate ${held.facts.id} ran out on ${expires}. Live needs a new demo certificate.`], view);
		const now = config.broker?.accountHash;
		if (now !== undefined && now !== account)
			return refused([`account: the live permit of certificate ${held.facts.id} is for another account or server.`], view);
	}
	const done = probationDone(book, binding, venue);
	return { kind: "full", missing: [], probation: done < PROBATION_SESSIONS ? done + 1 : null, certificate: view };
}

function refused(missing: readonly string[], certificate: CertificateView | null): StageVerdict {
	return { kind: "refused", missing, probation: null, certificate };
}

function whyNot(held: HeldCertificate | null, from: Mode): readonly string[] {
	if (held === null) return [`There is no ${from} certificate of this agent and symbol.`];
	return [`Certificate ${held.facts.id} does not open it: ${held.problem}.`];
}

/** Of the same binding, or of one whose limits were looser: tightening keeps what was proven (control C03). */
function hasCleanVirtual(book: Book, binding: Binding, venue: Venue): boolean {
	const covering = [...book.bindings].filter(([, certified]) => uncovered(binding, certified).length === 0);
	return covering.some(([bindingHash]) => countSessions(book.sessions, { mode: "virtual", venue, bindingHash, account: null }).some(({ clean }) => clean));
}
