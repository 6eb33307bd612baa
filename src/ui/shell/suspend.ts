import { type CockpitStore, notify } from "../store.ts";
import { isTrading } from "./leave.ts";

/** Says why Kinetra does not go to the background: with it its session would stand still, its breaker and its limits too. */
export function tellNoSuspend(store: CockpitStore): void {
	const why = isTrading(store.getState()) ? "a stopped program could not watch its session" : "a stopped program could not watch a session";
	notify(store, `Kinetra does not suspend: ${why}. Use another window or tmux; q leaves.`, "warn");
}
