import type { Engine } from "../engine/engine.ts";
import type { Pace } from "../pace.ts";
import type { Watcher } from "../watcher.ts";

/** Market seconds a wall second at which a latched session waits for its operator. */
const WAITING_SPEED = 1;

/**
 * Slows a session that somebody watches down to real time at the moment something latches: at sixty times it would be over before anybody
 * has read why. `slowed` hears the new speed. Never speeds up and changes nothing but the pace; what latches once more slows down once
 * more. `watch` sees everything as before.
 */
export function latchBrake(pace: Pace, watch: Watcher, slowed: (speed: number) => void): Watcher {
	let engine: Engine | null = null;
	let known: ReadonlySet<string> = new Set();

	function brake(): void {
		// The warm-up waits for nobody, and a session that is ending has nothing left to decide. What was latched before counts once trading begins.
		if (engine === null || engine.phase !== "trading") return;
		const latches = latchesOf(engine);
		const isNew = latches.some((latch) => !known.has(latch));
		known = new Set(latches);
		if (!isNew || (pace.speed !== "max" && pace.speed <= WAITING_SPEED)) return;
		pace.speed = WAITING_SPEED;
		slowed(WAITING_SPEED);
	}

	return {
		begin(begun) {
			engine = begun;
			known = new Set();
			watch.begin(begun);
		},
		record(record) {
			watch.record(record);
			brake();
		},
		get sampleAt() {
			return watch.sampleAt;
		},
		sample: () => watch.sample(),
		look() {
			brake();
			watch.look();
		},
	};
}

/** What needs the operator now, by name. */
function latchesOf({ trading, breaker }: Engine): string[] {
	const holds = trading.holds.filter(({ latched }) => latched).map(({ control, state }) => `${control} ${state}`);
	return breaker.latched ? [...holds, "breaker"] : holds;
}
