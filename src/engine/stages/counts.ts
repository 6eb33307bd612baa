import type { Mode, Venue } from "../config.ts";
import { formatBrokerTime } from "../time.ts";
import type { BrokerMs } from "../units.ts";
import type { SessionFold } from "./session-fold.ts";
import type { SessionCounts } from "./standing.ts";

/** What is known of a session of the ledger, in the order in which they began. */
export type KnownSession = {
	readonly sessionId: string;
	/** Number of its first line in the ledger. */
	readonly n: number;
	readonly startedWall: string;
	readonly mode: Mode;
	readonly venue: Venue | null;
	readonly bindingHash: string;
	readonly agentBuild: string;
	/** Same text = same market: its times can be compared. */
	readonly market: string;
	readonly runKey: string;
	readonly accountHash: string | null;
	/** The certificate that opened its stage, or null. */
	readonly certificate: string | null;
	/** Why it can never count, said before it began, or null. */
	readonly never: string | null;
	/** `running`: a process has it now; `aborted`: it began and never ended; `ended`: the ledger has its end. */
	readonly state: "running" | "aborted" | "ended";
	/** Market time traded, broker ms; null when trading never began, or nobody knows. */
	readonly period: { readonly from: BrokerMs; readonly to: BrokerMs } | null;
	/** What its journal says; null where it need not be asked, or cannot be read. */
	readonly fold: SessionFold | null;
};

/** How a session takes part in a gate's evidence. `clean`: it came to its own end, broke no rule and latched nothing, and traded. */
export type CountedSession = { readonly session: KnownSession; readonly counts: SessionCounts["counts"]; readonly why: string; readonly clean: boolean };

/** What evidence is gathered for. `account`: the demo account that counts whole; null in virtual. */
export type Scope = { readonly mode: Mode; readonly venue: Venue; readonly bindingHash: string; readonly account: string | null };

/** Ends that cut a session short from outside. */
const ABORTED: ReadonlySet<string> = new Set(["", "interrupt", "data-failure", "journal-failure", "bug"]);
/** Ends as they were planned. */
const PLANNED: ReadonlySet<string> = new Set(["duration", "end-of-data", "max-trades"]);

/**
 * How each session of the scope's binding and stage counts, oldest first (control C04): whole; its losses alone, when it was cut short or steered,
 * for whoever ends a session could pick its result; or not at all. `all`: every session of the ledger, oldest first.
 */
export function countSessions(all: readonly KnownSession[], scope: Scope): readonly CountedSession[] {
	return all
		.filter((session) => session.mode === scope.mode && session.bindingHash === scope.bindingHash)
		.map((session) => {
			const { counts, why } = countOf(session, all, scope);
			return { session, counts, why, clean: counts === "whole" && isClean(session.fold) };
		});
}

type Count = Pick<CountedSession, "counts" | "why">;

function countOf(session: KnownSession, all: readonly KnownSession[], scope: Scope): Count {
	const { fold } = session;
	if (session.never !== null) return { counts: "no", why: session.never };
	if (session.venue !== null && session.venue !== scope.venue) return { counts: "no", why: `earned on ${venueWords(session.venue)}: it counts there only` };
	if (session.state === "running") return { counts: "no", why: "it is running" };
	if (scope.mode !== "virtual" && session.certificate === null) return { counts: "no", why: "a rehearsal: it began without a certificate" };
	if (fold === null) return { counts: "no", why: "its journal cannot be read" };
	const before = session.mode === "virtual" ? seenBefore(session, all) : null;
	if (before !== null) return { counts: "no", why: before };
	return lossesOnly(session, fold, scope) ?? { counts: "whole", why: PLANNED.has(fold.endReason ?? "") ? "" : `ended by ${fold.endReason}` };
}

function lossesOnly(session: KnownSession, fold: SessionFold, scope: Scope): Count | null {
	const half = (why: string): Count => ({ counts: "losses", why: `${why}: what it lost counts, what it won does not` });
	if (session.state === "aborted") return half("it never came to an end");
	if (ABORTED.has(fold.endReason ?? ""))
		return half(fold.endReason === null || fold.endReason === "" ? "it never came to its own end" : `cut short (${fold.endReason})`);
	if (fold.steeredBy === null || fold.decisions === null) return half("its journal does not say whether it was steered");
	if (fold.steeredBy.length > 0) return half(`steered by the operator (${fold.steeredBy.join(", ")})`);
	if (scope.account !== null && session.accountHash !== scope.account) return half("on another account");
	return null;
}

/** The same market time proves something once: whoever has seen it could choose the settings by its result. */
function seenBefore(session: KnownSession, all: readonly KnownSession[]): string | null {
	for (const other of all) {
		if (other.n >= session.n) break;
		if (other.mode !== "virtual" || other.agentBuild !== session.agentBuild || other.never !== null) continue;
		if (other.state === "ended" && other.runKey === session.runKey) return `repeats session ${other.sessionId}`;
		const [now, then] = [session.period, other.period];
		if (other.market !== session.market || now === null || then === null) continue;
		if (then.from < now.to && now.from < then.to) {
			const [from, to] = [formatBrokerTime(then.from), formatBrokerTime(then.to)];
			return `session ${other.sessionId} has traded ${session.market} from ${from} to ${to}: the same days count once`;
		}
	}
	return null;
}

function isClean(fold: SessionFold | null): boolean {
	return fold !== null && fold.trades.length > 0 && fold.rejections === 0 && fold.latched === null && PLANNED.has(fold.endReason ?? "");
}

function venueWords(venue: Venue): string {
	return venue === "sandbox" ? "the sandbox" : "a real terminal";
}
