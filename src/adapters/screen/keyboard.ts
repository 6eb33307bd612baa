import { createKeyParser, type OnKey } from "./keys.ts";

export type KeyboardOptions = {
	/** `process.stdin` in raw mode. */
	readonly stdin: KeyInput;
	readonly onKey: OnKey;
	/** Called once when no key can come any more: the terminal was closed. */
	readonly onLost: () => void;
};

/** As much of `process.stdin` as is needed to read keys. */
export type KeyInput = {
	on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
	on(event: "end" | "close", listener: () => void): unknown;
	on(event: "error", listener: (error: Error) => void): unknown;
	off(event: "data", listener: (chunk: Uint8Array) => void): unknown;
	resume(): unknown;
	pause(): unknown;
};

/** How long an Escape may be the beginning of a sequence. */
const ESCAPE_MS = 30;
/** How long the rest of a sequence may be on its way, over a slow line. */
const SEQUENCE_MS = 500;

/** Reads keys until it is stopped. */
export function readKeys({ stdin, onKey, onLost }: KeyboardOptions): { readonly stop: () => void } {
	const parser = createKeyParser((key, raw) => {
		if (!stopped) onKey(key, raw);
	});
	let stopped = false;
	let timer: NodeJS.Timeout | null = null;

	function take(chunk: Uint8Array): void {
		if (timer !== null) clearTimeout(timer);
		timer = null;
		parser.push(chunk);
		const waiting = parser.waiting();
		if (waiting !== "nothing" && !stopped) timer = setTimeout(() => parser.giveUp(), waiting === "escape" ? ESCAPE_MS : SEQUENCE_MS);
	}
	function lost(): void {
		if (stopped) return;
		stop();
		onLost();
	}
	function stop(): void {
		stopped = true;
		if (timer !== null) clearTimeout(timer);
		stdin.off("data", take);
		stdin.pause();
	}
	stdin.on("data", take);
	stdin.on("end", lost);
	stdin.on("close", lost);
	// A terminal that hangs up is read as EIO. The listener stays: a late error must not end the program.
	stdin.on("error", lost);
	stdin.resume();
	return { stop };
}
