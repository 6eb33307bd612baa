import { bindingHashOf } from "../../adapters/archive/certificate.ts";
import { appendLedger, type Ledger } from "../../adapters/archive/ledger.ts";
import type { AccountRef, LedgerEvent } from "../../adapters/archive/ledger-event.ts";
import type { SessionStart } from "../../adapters/archive/sessions.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { Venue } from "../../engine/config.ts";
import type { Binding } from "../../engine/stages/binding.ts";
import { easierCosts } from "../../engine/stages/easier.ts";
import { whyNoEvidence } from "../run/no-evidence.ts";
import { VALID_DAYS } from "./certificates.ts";
import { judgeStage } from "./judge.ts";

const DAY_MS = 86_400_000;

/**
 * Enters a session into the ledger, before its first event: one that is ended by force is known by that. Returns null, or why a virtual session is not
 * in it and so proves nothing. Throws a `Failure` where money moves: exit 4 when its stage is not open (controls C01, C07), exit 3 for a ledger that
 * cannot be written.
 */
export function registerBegun(home: Home, start: SessionStart, nowMs: number): string | null {
	const { binding, config } = start;
	if (binding === undefined) return "It has no binding: it was begun by an older version.";
	const certificate = openingCertificate(home, start, binding, nowMs);
	const event: LedgerEvent = {
		kind: "begun",
		data: {
			session: start.sessionId,
			mode: config.mode,
			venue: venueOfStart(start),
			binding: bindingHashOf(binding),
			configHash: start.configHash,
			runKey: start.runKey,
			market: marketOf(start),
			account: accountOf(start),
			certificate,
			never: neverCounts(start),
		},
	};
	try {
		appendLedger(home, nowMs, (ledger) => [...bindingLine(ledger, binding), event, ...permitLine(ledger, start, certificate, nowMs)]);
		return null;
	} catch (error) {
		if (config.mode !== "virtual") throw error;
		return error instanceof Failure ? error.message : `The ledger cannot be written: ${reasonOf(error)}.`;
	}
}

/** Why a session can never count, known before its first event: a measuring run, a repeat, a drill, a rehearsal, kinder costs; null when it may. */
export function neverCounts(start: SessionStart): string | null {
	const { config } = start;
	const never = whyNoEvidence(start);
	if (never !== null) return never;
	if (config.broker !== undefined && config.broker.rehearsal !== null) return "A rehearsal never counts.";
	const easier = easierCosts(config);
	return easier === null ? null : `Its simulated costs are kinder than usual (${easier}): it never counts.`;
}

/** Where quotes or broker come from; null when neither is a bridge. */
export function venueOfStart({ config, feed }: SessionStart): Venue | null {
	return config.broker?.venue ?? (feed.kind === "bridge" ? feed.venue : null);
}

/** The certificate under which a demo or live session starts; refuses a session whose stage is not open, whoever asks for it. */
function openingCertificate(home: Home, { config }: SessionStart, binding: Binding, nowMs: number): string | null {
	const { mode, broker } = config;
	if (mode === "virtual") return null;
	if (broker === undefined) throw new Failure(EXIT.refused, `A ${mode} session needs the account that the broker described.`);
	const verdict = judgeStage(home, { mode, config, limits: binding.limits, venue: broker.venue, nowMs });
	const rehearses = mode === "demo" && broker.rehearsal !== null && verdict.kind !== "refused";
	if (rehearses) return null;
	if (verdict.kind === "full" && verdict.certificate !== null && (mode === "demo" || verdict.probation === broker.probation)) return verdict.certificate.id;
	const why =
		verdict.kind === "full" ? `probation is ${verdict.probation ?? "over"}, the session says ${broker.probation ?? "over"}` : verdict.missing.join(" ");
	throw new Failure(EXIT.refused, `${mode === "demo" ? "Demo" : "Live"} is not open: ${why} See: kinetra gates`);
}

function bindingLine(ledger: Ledger, binding: Binding): readonly LedgerEvent[] {
	const hash = bindingHashOf(binding);
	const isKnown = ledger.lines.some((line) => line.kind === "binding" && line.data.hash === hash);
	return isKnown ? [] : [{ kind: "binding", data: { hash, binding } }];
}

/** The first live session under a certificate begins the permit's seven days. */
function permitLine(ledger: Ledger, { config }: SessionStart, certificate: string | null, nowMs: number): readonly LedgerEvent[] {
	if (config.mode !== "live" || certificate === null || config.broker === undefined) return [];
	if (ledger.lines.some((line) => line.kind === "permit" && line.data.certificate === certificate)) return [];
	const expires = new Date(nowMs + VALID_DAYS.permit * DAY_MS).toISOString();
	return [{ kind: "permit", data: { certificate, account: config.broker.accountHash, expires } }];
}

function accountOf({ config }: SessionStart): AccountRef | null {
	const { broker, account } = config;
	return broker === undefined ? null : { hash: broker.accountHash, server: broker.server, currency: account.currency, marginMode: account.marginMode };
}

/** A generated market is one of its own for every seed; recorded and live quotes of a symbol are the same market, a stand-in terminal's are its own. */
function marketOf(start: SessionStart): string {
	const { config, feed } = start;
	const { symbol } = config.instrument;
	if (feed.kind === "synthetic") return `${symbol} (seed ${config.seed})`;
	return venueOfStart(start) === "sandbox" ? `${symbol} (sandbox)` : symbol;
}
