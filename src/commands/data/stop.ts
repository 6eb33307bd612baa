import { setImmediate } from "node:timers/promises";
import { EXIT, Failure } from "../../adapters/failure.ts";

/** Ctrl-C and SIGTERM during work that must leave nothing half. */
export type Stop = {
	/** Lets signals be heard; throws a `Failure` (exit 130 or 143) when one was. */
	pause(): Promise<void>;
	/** Signals end the program again as usual. */
	release(): void;
};

/** Listens from now on. */
export function listenForStop(): Stop {
	let code: number | null = null;
	const onInterrupt = (): void => {
		code ??= EXIT.sigint;
	};
	const onTerminate = (): void => {
		code ??= EXIT.sigterm;
	};
	process.on("SIGINT", onInterrupt);
	process.on("SIGTERM", onTerminate);
	process.on("SIGHUP", onTerminate);
	return {
		async pause() {
			await setImmediate();
			if (code !== null) throw new Failure(code, "Stopped. Nothing was changed.");
		},
		release() {
			process.off("SIGINT", onInterrupt);
			process.off("SIGTERM", onTerminate);
			process.off("SIGHUP", onTerminate);
		},
	};
}
