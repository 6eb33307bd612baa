import { readCertificate } from "../../adapters/archive/certificate.ts";
import type { CertificateFacts } from "../../adapters/archive/ledger-event.ts";
import type { Home } from "../../adapters/home.ts";
import type { Venue } from "../../engine/config.ts";
import { type Binding, uncovered } from "../../engine/stages/binding.ts";
import type { Gate } from "../../engine/stages/gates.ts";
import type { CertificateView } from "../../engine/stages/standing.ts";
import type { Book } from "./book.ts";

/** A certificate of the ledger, held against a binding. `problem`: why it does not open the stage, or null. */
export type HeldCertificate = { readonly facts: CertificateFacts; readonly problem: string | null };

/** Days that a certificate is good for (control C03), and the live permit. */
export const VALID_DAYS = { "virtual-to-demo": 30, "demo-to-live": 14, permit: 7 } as const;

/** What a certificate is asked to open. */
export type Opening = { readonly gate: Gate; readonly venue: Venue; readonly binding: Binding; readonly nowMs: number };

/**
 * The certificate that opens the gate for this binding; else the newest one of the same agent and symbol with the reason why it does not; null
 * when there is none. Checked each time: file and signature, machine, expiry, what it was issued for, limits not looser, not voided, no demotion since.
 */
export function certificateFor(home: Home, book: Book, opening: Opening): HeldCertificate | null {
	const candidates = book.certificates.filter(({ gate, venue }) => gate === opening.gate && opensVenue(gate, venue, opening.venue)).toReversed();
	const held = candidates.filter((one) => isRelated(book.bindings.get(one.bindingHash), opening.binding)).map((one) => hold(home, book, one, opening));
	return held.find(({ problem }) => problem === null) ?? held[0] ?? null;
}

/** A certificate for people. */
export function viewOf({ facts, problem }: HeldCertificate): CertificateView {
	return { id: facts.id, issuedWall: facts.issued, expiresWall: facts.expires, problem };
}

/** The last demotion that concerns a binding at a venue: of a session whose own binding it covers. */
export function demotionOf(book: Book, binding: Binding, venue: Venue): { readonly n: number; readonly why: string; readonly session: string } | null {
	const found = book
		.of("demoted")
		.filter(({ data }) => data.venue === venue && covers(binding, book.bindings.get(data.binding)))
		.at(-1);
	return found === undefined ? null : { n: found.n, why: found.data.why, session: found.data.session };
}

/** Evidence of a real terminal, or of no terminal at all, is good for the sandbox too; never the other way round. */
function opensVenue(gate: Gate, issued: Venue, asked: Venue): boolean {
	return issued === asked || (gate === "virtual-to-demo" && issued === "mt5");
}

function isRelated(certified: Binding | undefined, now: Binding): boolean {
	return certified !== undefined && certified.agentBuild === now.agentBuild && certified.symbol === now.symbol;
}

function covers(certified: Binding, now: Binding | undefined): boolean {
	return now !== undefined && uncovered(now, certified).length === 0;
}

function hold(home: Home, book: Book, { n, ...facts }: Book["certificates"][number], { binding, venue, nowMs }: Opening): HeldCertificate {
	const certificate = readCertificate(home, facts);
	if (typeof certificate === "string") return { facts, problem: `it cannot be trusted: ${certificate}` };
	const changed = uncovered(binding, certificate.binding);
	const first = changed[0];
	if (first !== undefined)
		return { facts, problem: `it does not cover this configuration: ${first}${changed.length > 1 ? `, and ${changed.length - 1} more` : ""}` };
	const revoked = book.of("void").find(({ data }) => data.certificate === facts.id);
	if (revoked !== undefined) return { facts, problem: `it was voided: ${revoked.data.why}` };
	const demotion = demotionOf(book, certificate.binding, venue);
	if (demotion !== null && demotion.n > n) return { facts, problem: `voided by session ${demotion.session}: ${demotion.why}` };
	const [issued, expires] = [Date.parse(facts.issued), Date.parse(facts.expires)];
	if (!(nowMs < expires)) return { facts, problem: `it ran out on ${facts.expires}` };
	if (!(nowMs >= issued - CLOCK_MS))
		return { facts, problem: `it was issued on ${facts.issued}, which lies in the future: the clock of this machine was set back` };
	return { facts, problem: null };
}

/** Clocks that are set right move a little. */
const CLOCK_MS = 300_000;
