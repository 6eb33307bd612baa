/** Time that never jumps, and waking up after some of it. The broker takes it as a port so that years of faults can be tried in seconds. */
export type Timers = {
	/** Milliseconds since some fixed moment; never falls, stands still while the machine sleeps. */
	monotonicMs(): number;
	/** Calls `act` once after `ms`; returns what calls it off. */
	after(ms: number, act: () => void): () => void;
};

/** The machine's own. Timers do not keep the process alive. */
export const systemTimers: Timers = {
	monotonicMs: () => performance.now(),
	after(ms, act) {
		const timer = setTimeout(act, ms);
		timer.unref();
		return () => clearTimeout(timer);
	},
};
