import { hasNewAlarm } from "../../ui/alerts.ts";
import type { Source } from "../../ui/intents.ts";
import { newSessionView, type SessionNews, viewAfter } from "../../ui/session-update.ts";
import type { SessionAbout, SessionEnd } from "../../ui/session-view.ts";
import type { CockpitState, ScreenId } from "../../ui/state.ts";
import { type CockpitStore, notify } from "../../ui/store.ts";

/** A session or replay has begun: it is shown. `wallMs` is now. */
export function began(store: CockpitStore, source: Source, about: SessionAbout, speed: number | "max", wallMs: number): void {
	store.setState(({ path }) => ({
		[source]: newSessionView(about, speed, wallMs),
		source,
		path: withSession(path),
		focus: "content",
		notice: null,
		// What led to a demo or live session has done its work.
		...(source === "live" ? { unread: false, stageStart: null } : {}),
	}));
	// Whoever starts a session that proves nothing is told before it runs; the header's badge stays.
	const warning = about.notes.find((note) => note.startsWith("WARNING"));
	if (warning !== undefined) notify(store, warning, "warn");
}

/** What a session's thread told goes into its view; a session that ends shows its summary, if it was looked at. */
export function heard(store: CockpitStore, source: Source, news: SessionNews, wallMs: number, ring: () => void): void {
	const view = store.getState()[source];
	if (view !== null) {
		const after = viewAfter(view, news, wallMs);
		store.setState({ [source]: after });
		// A replay is past: nobody has to be woken for it.
		if (source === "live" && hasNewAlarm(view.alerts, after.alerts) && store.getState().views.session.bell) ring();
	}
	if (news.type === "slowed") notify(store, `The session has latched: slowed to ${news.speed}x, waiting for you (w shows it, + speeds up).`, "warn");
	if (news.type === "ended" && source === "live") showEnd(store, news.end);
}

/** A thread could not begin, or died: `hasBegun` tells which. */
export function failed(store: CockpitStore, source: Source, hasBegun: boolean, message: string): void {
	if (hasBegun) {
		store.setState((state) => {
			const view = state[source];
			if (view === null) return {};
			const end = { kind: "failed", message } satisfies SessionEnd;
			return { [source]: { ...view, end }, ...(source === "live" ? { unread: !isWatched(state) } : {}) };
		});
	}
	notify(store, message, "bad");
}

const SPEED_MIN = 0.1;
const SPEED_MAX = 1_000_000;

/** The speed that may be asked for, within the range of `--speed`; null for what is no speed. */
export function speedOf(asked: number | "max"): number | "max" | null {
	if (asked === "max") return asked;
	return Number.isFinite(asked) && asked > 0 ? Math.min(Math.max(asked, SPEED_MIN), SPEED_MAX) : null;
}

function showEnd(store: CockpitStore, end: SessionEnd): void {
	const state = store.getState();
	store.setState({ unread: !isWatched(state) });
	if (end.kind !== "ended") return;
	const { summary, folder, problems } = end;
	if (isWatched(state)) {
		store.setState({ path: [...state.path.slice(0, -1), "summary"], focus: "content", summary: { state: "ready", value: { summary, folder } } });
	}
	const [problem] = problems;
	if (problem !== undefined) notify(store, problem, "bad");
	else if (!isWatched(state)) notify(store, `The session has ended (${summary.endReason}): ${summary.endDetail}. w shows its summary.`, "warn");
}

function isWatched({ path, source }: CockpitState): boolean {
	return path.at(-1) === "session" && source === "live";
}

/** The way to the session screen: back to it when it is on the way, else one step further. */
function withSession(path: readonly ScreenId[]): readonly ScreenId[] {
	const kept = path.filter((id) => id !== "stage-start");
	const found = kept.indexOf("session");
	return found === -1 ? [...kept, "session"] : kept.slice(0, found + 1);
}
