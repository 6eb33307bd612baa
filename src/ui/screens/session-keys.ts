import type { LogKind } from "../../engine/log.ts";
import { acknowledge } from "../alerts.ts";
import type { Binding, Context, Key } from "../key.ts";
import { otherKind } from "../panels/chart.ts";
import { speedText } from "../panels/figures.ts";
import { runningView, shownView } from "../panels/shown.ts";
import type { CockpitState, Dialog } from "../state.ts";
import { notify, setView } from "../store.ts";
import { captureFilter, type ListHandle } from "../widgets/list.ts";
import { flattenDialog, isLatched, resetDialog } from "./session-dialogs.ts";
import { LOG_BINDINGS } from "./session-log-keys.ts";
import { REPLAY_BINDINGS, REPLAY_TRADES_NOTHING } from "./session-replay-keys.ts";

/** Market seconds a wall second that `+` and `-` go through. */
export const SPEEDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 100, 200, 500, 1000, "max"] as const satisfies readonly (number | "max")[];

const KINDS: readonly (LogKind | null)[] = [null, "trade", "order", "refused", "breaker", "limit", "data", "agent", "command", "session"];
const PANES = ["all", "chart", "log"] as const;

/** The keys of the session screen; those of a replay and of the list in front have files of their own. */
export const SESSION_BINDINGS: readonly Binding[] = [
	{
		keys: ["space"],
		shown: "Space",
		label: "pause/resume",
		help: "Pause new entries, or resume them (also after a reset); positions and their stops are not touched",
		disabled: pauseDisabled,
		run: pauseOrResume,
	},
	{
		keys: ["F"],
		label: "flatten",
		help: "Close every open position at the market; asks first",
		disabled: (state) => tradingDisabled(state) ?? (runningView(state)?.now.openPositions === 0 ? "Nothing is open." : null),
		run: (context) => ask(context, flattenDialog(context.store.getState())),
	},
	{
		keys: ["r"],
		label: "reset",
		help: "Lift a latched halt, kill or breaker; asks for the reason, which the journal keeps",
		disabled: (state) => tradingDisabled(state) ?? (isLatched(state) ? null : "Nothing is latched: there is nothing to reset."),
		run: (context) => ask(context, resetDialog(context.store.getState())),
	},
	{
		keys: ["a"],
		label: "acknowledge",
		help: "Acknowledge the alert on top, so that the next one takes its place",
		disabled: (state) => (shownView(state)?.alerts.first == null ? "No alert waits to be acknowledged." : null),
		run: acknowledgeFirst,
	},
	...REPLAY_BINDINGS,
	{
		keys: ["+", "="],
		shown: "+-",
		label: "speed",
		help: "Faster: market seconds a wall second, up to 1000 and then as fast as possible",
		disabled: (state) => speedDisabled(state, 1),
		run: (context) => changeSpeed(context, 1),
	},
	{
		keys: ["-", "_"],
		label: "",
		help: "Slower, down to a tenth of real time",
		disabled: (state) => speedDisabled(state, -1),
		run: (context) => changeSpeed(context, -1),
	},
	{
		keys: ["c"],
		label: "chart",
		help: "Change the chart: price with entries and exits, equity, health score",
		run: ({ store }) => setView(store, "session", { chart: otherKind(store.getState().views.session.chart, 1) }),
	},
	{
		keys: ["p"],
		label: "panes",
		help: "Give the chart all the room, then the log, then show all panes again",
		run: ({ store }) => setView(store, "session", { panes: next(PANES, store.getState().views.session.panes) }),
	},
	...LOG_BINDINGS,
	{
		keys: ["f"],
		label: "kind",
		help: "Show only entries of one kind; goes through trade, order, refused, breaker, limit, data, agent, command, session",
		run: cycleKind,
	},
	{ keys: ["/"], label: "filter", help: "Show only rows with these words", run: (context) => LOG_LIST.set(context, { typing: true }) },
	{
		keys: ["s"],
		label: "summary",
		help: "Show the summary once the session has ended",
		disabled: (state) => (shownView(state)?.end?.kind === "ended" ? null : "The summary is written when the session has ended; q ends it."),
		run: showSummary,
	},
	{
		keys: ["b"],
		label: "",
		help: "Ring the terminal's bell at a new alarm, or not",
		run: ({ store }) => {
			const bell = !store.getState().views.session.bell;
			setView(store, "session", { bell });
			notify(store, bell ? "The bell rings at a new alarm." : "The bell is off.", "good");
		},
	},
];

const LOG_LIST: ListHandle = {
	get: ({ store }) => store.getState().views.session.log,
	set: ({ store }, change) => setView(store, "session", { log: { ...store.getState().views.session.log, ...change } }),
	count: () => 0,
	page: () => 1,
};

/** Takes the keys of a filter that is being typed. True = dealt with. */
export function captureLogFilter(context: Context, key: Key): boolean {
	return captureFilter(LOG_LIST, context, key);
}

function pauseDisabled(state: CockpitState): string | null {
	const trading = tradingDisabled(state);
	if (trading !== null) return trading;
	const now = runningView(state)?.now;
	if (now?.state === "KILLED" || now?.state === "HALTED") return `${now.state}: press r and type the reason first.`;
	return now?.stopping == null ? null : "The session is ending.";
}

function pauseOrResume({ store, intents }: Context): void {
	const paused = runningView(store.getState())?.now.holds.some((hold) => hold.state === "PAUSED") ?? false;
	intents.command({ command: paused ? "resume" : "pause" });
}

/** Why a command for the session can do nothing, or null. */
function tradingDisabled(state: CockpitState): string | null {
	const view = shownView(state);
	if (view === null) return "No session is running.";
	if (view.about.replay) return REPLAY_TRADES_NOTHING;
	if (view.end !== null) return "The session has ended.";
	return view.now === null ? "The session is starting." : null;
}

function speedDisabled(state: CockpitState, by: 1 | -1): string | null {
	const view = shownView(state);
	if (view === null) return "No session is running.";
	if (view.end !== null && view.end.kind !== "replayed") return "The session has ended.";
	if (view.about.liveQuotes && !view.about.replay) return "These are live quotes: the market has its own pace and cannot be sped up.";
	if (nextSpeed(view.speed, by) !== null) return null;
	return by > 0 ? "It runs as fast as possible already." : `${speedText(view.speed)} is the slowest.`;
}

function changeSpeed({ store, intents }: Context, by: 1 | -1): void {
	const state = store.getState();
	const speed = nextSpeed(shownView(state)?.speed ?? 1, by);
	if (speed !== null) intents.setSpeed(state.source, speed);
}

/** The next of SPEEDS in that direction; null at the end. */
export function nextSpeed(speed: number | "max", by: 1 | -1): number | "max" | null {
	const value = (step: number | "max"): number => (step === "max" ? Number.POSITIVE_INFINITY : step);
	const now = value(speed);
	const beyond = by > 0 ? SPEEDS.filter((step) => value(step) > now) : SPEEDS.filter((step) => value(step) < now);
	return (by > 0 ? beyond[0] : beyond.at(-1)) ?? null;
}

function acknowledgeFirst({ store }: Context): void {
	store.setState((state) => {
		const view = shownView(state);
		if (view === null) return {};
		const changed = { ...view, alerts: acknowledge(view.alerts) };
		return state.source === "live" ? { live: changed } : { replay: changed };
	});
}

function cycleKind({ store }: Context): void {
	const { log } = store.getState().views.session;
	setView(store, "session", { list: "log", log: { ...log, kind: next(KINDS, log.kind), anchor: null } });
}

function showSummary({ store }: Context): void {
	const end = shownView(store.getState())?.end;
	if (end?.kind !== "ended") return;
	store.setState(({ path }) => ({ path: [...path, "summary"], summary: { state: "ready", value: { summary: end.summary, folder: end.folder } } }));
}

function ask({ store }: Context, dialog: Dialog | null): void {
	if (dialog !== null) store.setState({ dialog });
}

function next<Item>(items: readonly Item[], item: Item): Item {
	const found = items[(items.indexOf(item) + 1) % items.length];
	return found === undefined ? item : found;
}
