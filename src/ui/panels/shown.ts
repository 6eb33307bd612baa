import type { Projection } from "../../engine/project.ts";
import type { Line } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import type { SessionView } from "../session-view.ts";
import type { CockpitState } from "../state.ts";

/** A session of which something is known. */
export type Running = SessionView & { readonly now: Projection };

/** A part of the session screen: its slice of the session, its title and its painter. */
export type Panel<Slice extends object = object> = {
	readonly select: (view: Running, state: CockpitState) => Slice;
	readonly title: (slice: Slice) => string;
	/** Said at the right end of the title's row. */
	readonly right: (slice: Slice) => Line;
	readonly paint: (slice: Slice, size: Size) => readonly Line[];
};

/** The session that the session screen shows, or null. */
export function shownView(state: CockpitState): SessionView | null {
	return state.source === "live" ? state.live : state.replay;
}

/** The same when at least one projection has come. */
export function runningView(state: CockpitState): Running | null {
	const view = shownView(state);
	return view === null || view.now === null ? null : { ...view, now: view.now };
}

/** What makes the whole frame change, worst first; null while nothing does. */
export type Alarm = "failed" | "KILLED" | "breaker" | "HALTED" | "stopping" | "ended" | "replayed";

/** The alarm of a session. */
export function alarmOf(view: SessionView): Alarm | null {
	if (view.end !== null) return view.end.kind;
	const { now } = view;
	if (now === null) return null;
	if (now.state === "KILLED") return "KILLED";
	if (now.breaker.open || now.breakerOpen) return "breaker";
	if (now.state === "HALTED") return "HALTED";
	return now.stopping === null ? null : "stopping";
}

/** True for alarms that must be unmistakable. */
export function isGrave(alarm: Alarm | null): boolean {
	return alarm === "failed" || alarm === "KILLED" || alarm === "breaker" || alarm === "HALTED";
}
