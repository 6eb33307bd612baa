import { EXIT } from "../../adapters/failure.ts";

/** Signals that end a training orderly, and the exit code they lead to. */
const SIGNALS = { SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm, SIGHUP: EXIT.sigterm } as const;
type Signal = keyof typeof SIGNALS;

/** Listens for the wish to stop: the first is heard between two rounds, the second ends the program at once. */
export type TrainStop = {
	/** The exit code of the signal that came; null = none yet. */
	code(): number | null;
	/** Aborted by the first signal once `abortOnSignal` was called: what runs then can be given up. */
	readonly signal: AbortSignal;
	abortOnSignal(): void;
	release(): void;
};

/** `onFirst` hears of the first signal, `onForced` of the second, just before the end. */
export function listenForTrainStop(onFirst: () => void, onForced: () => void): TrainStop {
	const abort = new AbortController();
	let code: number | null = null;
	let abrupt = false;
	const onSignal = (signal: Signal): void => {
		if (code !== null) {
			// A window that is closed sends SIGHUP twice, once from the system and once from the shell: that is no hurry.
			if (signal === "SIGHUP") return;
			onForced();
			process.exit(SIGNALS[signal]);
		}
		code = SIGNALS[signal];
		onFirst();
		if (abrupt) abort.abort();
	};
	const names = Object.keys(SIGNALS) as Signal[];
	for (const name of names) process.on(name, onSignal);
	return {
		code: () => code,
		signal: abort.signal,
		abortOnSignal() {
			abrupt = true;
			if (code !== null) abort.abort();
		},
		release() {
			for (const name of names) process.off(name, onSignal);
		},
	};
}
