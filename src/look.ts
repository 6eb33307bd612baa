import type { Engine } from "./engine/engine.ts";
import { carryOf } from "./engine/health/chs.ts";
import { project } from "./engine/project.ts";
import { step } from "./engine/step.ts";
import type { SessionOptions } from "./session.ts";
import { takeCommands, type Wires } from "./settle.ts";

/** Wall time between two calls of `onProgress`. */
const PROGRESS_MS = 100;

/** `nextProgress`: wall time of the next `onProgress`. */
export type Lookout = { nextProgress: number };

/** One look at the world: a failed journal, kills and commands, the display. Returns the wall time. */
export function lookNow(engine: Engine, ports: Wires, options: SessionOptions, lookout: Lookout): number {
	const failure = ports.journal.failure();
	if (failure !== null) step(engine, { type: "journal-failed", at: engine.at, message: failure });
	else takeCommands(engine, ports, options);
	const now = ports.clock.nowMs();
	if (now >= lookout.nextProgress) {
		lookout.nextProgress = now + PROGRESS_MS;
		options.onProgress(project(engine), () => carryOf(engine.chs));
	}
	options.watch?.look();
	return now;
}
