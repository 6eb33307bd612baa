import type { CockpitState } from "../../src/ui/state.ts";
import type { CockpitStore } from "../../src/ui/store.ts";

/** Waits until the store is as asked for; the test's own time limit ends it when that never comes. */
export function until(store: CockpitStore, isSo: (state: CockpitState) => boolean): Promise<CockpitState> {
	return new Promise((resolve) => {
		const look = (state: CockpitState): void => {
			if (!isSo(state)) return;
			stop();
			resolve(state);
		};
		const stop = store.subscribe(look);
		look(store.getState());
	});
}
