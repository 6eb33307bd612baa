import type { CockpitStore } from "./store.ts";

const SECOND_MS = 1000;

/**
 * Keeps the wall time of the store: now, and then on every full second; a notice whose time is over goes with it. Returns a function that
 * stops the clock. The timer does not keep the process alive.
 */
export function startClock(store: CockpitStore, nowMs: () => number): () => void {
	let timer: NodeJS.Timeout | null = null;
	function tick(): void {
		const wallMs = nowMs();
		store.setState((state) => ({ wallMs, notice: state.notice !== null && state.notice.untilWallMs <= wallMs ? null : state.notice }));
		timer = setTimeout(tick, SECOND_MS - (wallMs % SECOND_MS));
		timer.unref();
	}
	tick();
	return () => {
		if (timer !== null) clearTimeout(timer);
	};
}
