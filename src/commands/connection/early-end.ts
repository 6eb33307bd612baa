import { EXIT } from "../../adapters/failure.ts";

/** A command that may be ended with Ctrl-C at any moment and still gives back what it holds. */
export type EarlyEnd = {
	readonly signal: AbortSignal;
	/** 130 or 143 once it was asked to end; null before. */
	code(): number | null;
	/** Takes the handlers away. */
	done(): void;
};

const CODES = { SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm, SIGHUP: EXIT.sigterm } as const;

/** Listens for the signals that end a program. The first ends the work in order, a second one ends the program at once. */
export function earlyEnd(): EarlyEnd {
	const controller = new AbortController();
	let code: number | null = null;
	const names = Object.keys(CODES) as (keyof typeof CODES)[];
	const onSignal = (name: keyof typeof CODES): void => {
		if (code !== null) process.exit(code);
		code = CODES[name];
		controller.abort();
	};
	for (const name of names) process.on(name, onSignal);
	return {
		signal: controller.signal,
		code: () => code,
		done: () => {
			for (const name of names) process.off(name, onSignal);
		},
	};
}
