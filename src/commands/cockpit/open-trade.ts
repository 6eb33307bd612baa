import { cleanText } from "../../adapters/clean-text.ts";
import type { Home } from "../../adapters/home.ts";
import type { TradeDossier } from "../../engine/dossier.ts";
import { runJob, type startThread, type Thread } from "../../thread/client.ts";
import type { Intents, Source } from "../../ui/intents.ts";
import type { CockpitStore } from "../../ui/store.ts";

/** Where trades are looked up, and who starts the thread that reads a journal. */
type TradeParts = { readonly store: CockpitStore; readonly entry: URL; readonly home: Home; readonly start: typeof startThread };

/** What fetching a trade needs to know between question and answer. */
type Asked = { readonly request: number; readonly sessionId: string; readonly number: number; readonly shadow: boolean };

/**
 * The intent that fetches a trade. A running session is asked first; what it has forgotten, and every stored session, is read from the
 * journal in a thread of its own. Only the last question counts.
 */
export function createTradeIntent(
	parts: TradeParts,
	threadOf: (source: Source) => Thread | null,
): { readonly open: Intents["openTrade"]; answer(request: number, dossier: TradeDossier | null): void } {
	const { store } = parts;
	let asked: Asked | null = null;
	let requests = 0;

	function show(request: number, dossier: TradeDossier | null): void {
		if (asked === null || asked.request !== request) return;
		const { number, shadow } = asked;
		const what = shadow ? `shadow trade ${number}` : `trade ${number}`;
		store.setState({ trade: dossier === null ? { state: "failed", reason: `The journal has no ${what}.` } : { state: "ready", value: dossier } });
	}

	function readJournal({ request, sessionId, number, shadow }: Asked): void {
		runJob(parts.entry, parts.home.root, { job: "dossier", sessionId, number, shadow }, parts.start).then(
			(dossier) => show(request, dossier),
			(error: unknown) => {
				if (asked?.request !== request) return;
				store.setState({ trade: { state: "failed", reason: cleanText(error instanceof Error ? error.message : String(error), 600) } });
			},
		);
	}

	return {
		open(source, number, shadow) {
			const sessionId = typeof source === "string" ? store.getState()[source]?.about.sessionId : source.sessionId;
			if (sessionId === undefined) return;
			asked = { request: ++requests, sessionId, number, shadow };
			store.setState({ trade: { state: "loading" } });
			const thread = typeof source === "string" ? threadOf(source) : null;
			if (thread === null) readJournal(asked);
			else thread.post({ type: "dossier", request: asked.request, number, shadow });
		},
		answer(request, dossier) {
			if (asked === null || asked.request !== request) return;
			if (dossier === null) readJournal(asked);
			else show(request, dossier);
		},
	};
}
