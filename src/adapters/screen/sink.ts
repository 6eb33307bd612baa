import { constants, openSync, writeSync } from "node:fs";
import { codeOf } from "../reason.ts";

/** The terminal as a place for bytes that never makes the program wait. */
export type Sink = {
	/** Gives bytes to the terminal; returns how many it took, 0 when it is full, or `gone` when there is no terminal any more. */
	write(bytes: Uint8Array): number | "gone";
	/** Gives all of them, waiting at most so many milliseconds in all while it is full; true when all went. Also works once closed. */
	writeWithin(bytes: Uint8Array, waitMs: number): boolean;
	/** From now on `write` answers `gone`: the screen belongs to somebody else again. */
	close(): void;
};

/** How long a full terminal is left alone before the next attempt of `writeWithin`. */
const NAP_MS = 5;
/** What the system says when a terminal is full at the moment. */
const FULL: readonly (string | null)[] = ["EAGAIN", "EWOULDBLOCK", "EINTR", "ENOBUFS"];

type Write = (bytes: Uint8Array) => number;

/**
 * The terminal behind `stdout`, opened once more for ourselves with O_NONBLOCK: Node's own stream for it writes blocking, so a terminal that
 * nobody reads would stop the whole program; and a write left to a helper thread would keep the process from ending. Where the terminal
 * cannot be opened again (Windows), Node's stream is used.
 */
export function openTerminalSink(stdout: NodeJS.WriteStream & { readonly fd?: number }): Sink {
	const fd = openAgain(stdout.fd ?? 1);
	return createSink(fd === null ? streamWriter(stdout) : (bytes) => writeSync(fd, bytes));
}

/** A sink from a function that takes bytes and says how many it took, or throws a system error. */
export function createSink(give: Write): Sink {
	let closed = false;
	let gone = false;

	function write(bytes: Uint8Array): number | "gone" {
		if (gone) return "gone";
		try {
			return give(bytes);
		} catch (error) {
			if (FULL.includes(codeOf(error))) return 0;
			// EIO, EPIPE, EBADF ...: whatever it is, this terminal takes nothing any more.
			gone = true;
			return "gone";
		}
	}
	return {
		write: (bytes) => (closed ? "gone" : write(bytes)),
		writeWithin(bytes, waitMs) {
			let from = 0;
			let waited = 0;
			while (from < bytes.length) {
				const taken = write(bytes.subarray(from));
				if (taken === "gone" || (taken === 0 && waited >= waitMs)) return false;
				from += taken;
				if (taken > 0) continue;
				nap();
				waited += NAP_MS;
			}
			return true;
		},
		close() {
			closed = true;
		},
	};
}

function nap(): void {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, NAP_MS);
}

/** The terminal opened for writing without waiting, or null. After `su` only /dev/tty may be opened. */
function openAgain(fd: number): number | null {
	if (process.platform === "win32") return null;
	for (const path of [`/proc/self/fd/${fd}`, "/dev/tty"]) {
		try {
			return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
		} catch {
			// The next way.
		}
	}
	return null;
}

/** Node's stream with at most one write in flight. */
function streamWriter(stream: NodeJS.WriteStream): Write {
	let failure: Error | null = null;
	stream.on("error", (error) => {
		failure = error;
	});
	return (bytes) => {
		if (failure !== null) throw failure;
		if (stream.writableLength > 0) return 0;
		stream.write(bytes);
		return bytes.length;
	};
}
