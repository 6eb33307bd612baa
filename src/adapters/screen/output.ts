import type { Sink } from "./sink.ts";

/** Where frames come from (the compositor): `diff` gives what brings the terminal up to date and takes it as shown. */
export type FrameSource = {
	diff(): string;
	onChange(listener: () => void): () => void;
};

export type OutputOptions = {
	readonly sink: Sink;
	readonly source: FrameSource;
	/** Called once when the terminal is gone. */
	readonly onLost: () => void;
};

/** Writes frames to the terminal as fast as it takes them and no faster than the eye sees. */
export type ScreenOutput = {
	/** Writes what has changed now instead of soon: for the first frame. */
	flush(): void;
	/** Rings the bell with the next write. */
	ring(): void;
	/** Writes nothing any more. */
	stop(): void;
};

/** 60 frames a second. */
const FRAME_MS = 16;
/** How long a terminal that is full is left alone: at first, and at most once it seems to stay so. */
const RETRY_MS = 10;
const RETRY_MS_MAX = 100;

const BELL = "\u0007";

/**
 * Starts to write frames. Nothing is queued: what the terminal did not take of a frame waits, and until it has gone changes gather in the
 * source. So a terminal that nobody reads costs one frame of memory and a look every tenth of a second.
 */
export function createOutput({ sink, source, onLost }: OutputOptions): ScreenOutput {
	const encoder = new TextEncoder();
	let rest: Uint8Array | null = null;
	let changed = true;
	let bell = false;
	let stopped = false;
	let frameAtMs = Number.NEGATIVE_INFINITY;
	let retryMs = RETRY_MS;
	let timer: NodeJS.Timeout | null = null;

	const unsubscribe = source.onChange(() => {
		changed = true;
		wake(frameAtMs + FRAME_MS - performance.now());
	});
	function stop(): void {
		stopped = true;
		unsubscribe();
		if (timer !== null) clearTimeout(timer);
		rest = null;
	}
	/** Never in the caller's own turn: a change is often one of several. */
	function wake(inMs: number): void {
		if (timer !== null || stopped) return;
		timer = setTimeout(pump, Math.max(0, inMs));
		timer.unref();
	}
	function pump(): void {
		timer = null;
		if (stopped || !finishFrame()) return;
		const waitMs = frameAtMs + FRAME_MS - performance.now();
		if (!changed && !bell) return;
		if (waitMs > 0) wake(waitMs);
		else writeFrame();
	}
	function writeFrame(): void {
		const text = (bell ? BELL : "") + source.diff();
		changed = false;
		bell = false;
		if (text === "") return;
		frameAtMs = performance.now();
		rest = encoder.encode(text);
		finishFrame();
	}
	/** True when nothing of a frame is left to write. */
	function finishFrame(): boolean {
		if (rest === null) return true;
		const taken = sink.write(rest);
		if (taken === "gone") {
			stop();
			onLost();
			return false;
		}
		retryMs = taken > 0 ? RETRY_MS : Math.min(RETRY_MS_MAX, retryMs * 2);
		rest = taken < rest.length ? rest.subarray(taken) : null;
		if (rest !== null) wake(retryMs);
		return rest === null;
	}
	wake(0);
	return {
		flush() {
			if (!stopped && finishFrame()) writeFrame();
		},
		ring() {
			bell = true;
			wake(0);
		},
		stop,
	};
}
