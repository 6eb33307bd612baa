import type { Home } from "../../adapters/home.ts";
import type { Venue } from "../../engine/config.ts";
import { type Binding, settingsOf, timeframeOf } from "../../engine/stages/binding.ts";
import { PROBATION_SESSIONS } from "../../engine/stages/probation.ts";
import type { Standing } from "../../engine/stages/standing.ts";
import { type Book, openBook } from "./book.ts";
import { demotionOf } from "./certificates.ts";
import { gateStanding } from "./gate-standing.ts";
import { probationDone } from "./judge.ts";

/**
 * Where every agent build and configuration stands on the way from virtual to live, the one with the newest session first; recomputed from
 * ledger and journals. Never throws for damage: `broken` says what is wrong.
 */
export function standings(home: Home, nowMs: number): readonly Standing[] {
	const book = openBook(home, { fresh: false });
	const places = placesOf(book);
	if (places.length === 0 && book.ledger.broken !== null) return [unreadable(book.ledger.broken)];
	return places.map(({ bindingHash, binding, venue }) => standingOf(home, book, { bindingHash, binding, venue, nowMs }));
}

/** A ledger of which nothing can be read must not look like one in which there is nothing. */
function unreadable(broken: string): Standing {
	return {
		agentBuild: "ledger",
		symbol: "",
		timeframe: "",
		bindingHash: "",
		settings: [],
		venue: "mt5",
		gates: [],
		probation: { done: 0, of: PROBATION_SESSIONS },
		demoted: null,
		broken,
	};
}

type Place = { readonly bindingHash: string; readonly binding: Binding; readonly venue: Venue };

function standingOf(home: Home, book: Book, ask: Place & { readonly nowMs: number }): Standing {
	const { bindingHash, binding, venue } = ask;
	const gates = (["virtual-to-demo", "demo-to-live"] as const).map((gate) => gateStanding(home, book, { ...ask, gate }));
	const demotion = demotionOf(book, binding, venue);
	return {
		agentBuild: binding.agentBuild,
		symbol: binding.symbol,
		timeframe: timeframeOf(binding),
		bindingHash,
		settings: settingsOf(binding),
		venue,
		gates,
		probation: { done: Math.min(probationDone(book, binding, venue), PROBATION_SESSIONS), of: PROBATION_SESSIONS },
		demoted: demotion === null ? null : `by session ${demotion.session}: ${demotion.why}`,
		broken: gates.find(({ verdict }) => verdict === "broken")?.text ?? null,
	};
}

/** Every binding once, and a second time for the sandbox when something happened there; the newest session first. */
function placesOf(book: Book): readonly Place[] {
	const places = new Map<string, Place>();
	for (const { bindingHash, venue } of book.sessions.toReversed()) {
		const binding = book.bindings.get(bindingHash);
		if (binding === undefined) continue;
		const place: Place = { bindingHash, binding, venue: venue ?? "mt5" };
		const key = `${bindingHash} ${place.venue}`;
		if (!places.has(key)) places.set(key, place);
	}
	return [...places.values()];
}
