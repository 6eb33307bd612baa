import type { Binding, Context } from "../key.ts";
import { shownView } from "../panels/shown.ts";
import type { CockpitState } from "../state.ts";
import { notify } from "../store.ts";
import { seekDialog } from "./session-dialogs.ts";

/** Why commands do nothing in a replay. */
export const REPLAY_TRADES_NOTHING = "A replay trades nothing.";

const MINUTE_MS = 60_000;

/** The keys of a replay. */
export const REPLAY_BINDINGS: readonly Binding[] = [
	{
		keys: ["space"],
		shown: "Space",
		label: "hold/play",
		help: "Replay: hold it, or let it go on",
		disabled: notReplayed,
		run: ({ store, intents }) => intents.holdReplay(!(shownView(store.getState())?.held ?? false)),
	},
	seekRow([","], ",.", "seek", "Replay: a minute back", -1),
	seekRow(["."], undefined, "", "Replay: a minute on", 1),
	seekRow(["<"], undefined, "", "Replay: ten minutes back", -10),
	seekRow([">"], undefined, "", "Replay: ten minutes on", 10),
	{
		keys: ["g"],
		label: "go to",
		help: "Replay: go to a market time",
		disabled: seekDisabled,
		run({ store }) {
			const view = shownView(store.getState());
			const dialog = view === null ? null : seekDialog(view);
			if (dialog !== null) store.setState({ dialog });
		},
	},
];

function seekRow(keys: readonly string[], shown: string | undefined, label: string, help: string, minutes: number): Binding {
	return { keys, ...(shown === undefined ? {} : { shown }), label, help, disabled: seekDisabled, run: (context) => seekBy(context, minutes * MINUTE_MS) };
}

function seekBy({ store, intents }: Context, byMs: number): void {
	const view = shownView(store.getState());
	const span = view?.about.span ?? null;
	if (view === null || view.now === null || span === null) return;
	const to = Math.min(span.to, Math.max(span.from, view.now.at + byMs));
	if (to === view.now.at) notify(store, byMs < 0 ? "This is the beginning." : "This is the end.", "warn");
	else intents.seekReplay(to);
}

function notReplayed(state: CockpitState): string | null {
	const view = shownView(state);
	if (view === null) return "No replay is open.";
	return view.about.replay ? null : "Only a replay can be held; this session trades.";
}

function seekDisabled(state: CockpitState): string | null {
	const view = shownView(state);
	if (view === null) return "No replay is open.";
	if (!view.about.replay) return "Only a replay can seek; this session trades.";
	return view.about.span === null ? "It is not known yet from when to when this session went." : null;
}
