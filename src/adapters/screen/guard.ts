import { writeSync } from "node:fs";
import { cleanText } from "../clean-text.ts";
import { EXIT } from "../failure.ts";
import { reasonOf } from "../reason.ts";
import type { Sink } from "./sink.ts";

export type GuardOptions = {
	readonly sink: Sink;
	/** The keyboard: `process.stdin` when that is a terminal. */
	readonly stdin: { setRawMode(on: boolean): unknown };
	/** Asked to end: SIGTERM, SIGHUP, SIGINT ... or `interrupt`. The program ends its session and calls `leave`. A second one, except SIGHUP, ends it at once. */
	readonly onSignal: (signal: NodeJS.Signals) => void;
	/** An error that nobody caught; the screen has been left and the error printed. The program ends its session and exits. */
	readonly onCrash: (error: unknown) => void;
	/** What the terminal shows is not known any more: the program was stopped and goes on, or the window has changed. The screen has to be written anew. */
	readonly onContinue: () => void;
	/** Asked to suspend (SIGTSTP). The program goes on: stopped, it could not act for its session. */
	readonly onSuspend: () => void;
	/** What to say when the program ends at once: where the journal is. */
	readonly lastWords: () => string | null;
};

/** Gives the terminal back as it was, exactly once, whichever way the program ends. */
export type ScreenGuard = {
	/** Takes the whole screen: alternate screen, no cursor, single keys. */
	enter(): void;
	/** Gives the screen back, then prints the message (lines are cleaned). Later calls only print. */
	leave(message?: string): void;
	/** The same as SIGINT: Ctrl-C comes as a key here. */
	interrupt(): void;
};

/** How long a terminal that is full may keep the program from ending. */
const LEAVE_MS = 300;

/** Alternate screen; no cursor; no wrapping, so that the last cell never scrolls; no reordering of right-to-left text; no mouse, no marked pastes. */
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[8l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[m";
/** A half-written frame ends, then everything goes back in reverse order. */
const LEAVE = "\u001b[?2026l\u001b[m\u001b[8h\u001b[?7h\u001b[?25h\u001b[?1049l";

/** Signals that would end the process without a word, and that a program may catch. */
const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGUSR2", "SIGVTALRM", "SIGXCPU"];

/** Watches every way out of this process from `enter` on. */
export function createGuard({ sink, stdin, onSignal, onCrash, onContinue, onSuspend, lastWords }: GuardOptions): ScreenGuard {
	let state: "outside" | "inside" | "left" = "outside";
	let signals = 0;
	let crashes = 0;

	function restore(): void {
		if (state !== "inside") return;
		state = "left";
		sink.close();
		const taken = sink.writeWithin(bytes(LEAVE), LEAVE_MS);
		// Cooked mode waits until the terminal has taken everything, which one that is stalled or gone never does. The end of the process sets it
		// too, and does not wait.
		if (taken) rawMode(false);
	}
	function rawMode(on: boolean): void {
		try {
			stdin.setRawMode(on);
		} catch {
			// The terminal is gone: nothing is left to set.
		}
	}
	function leave(message?: string): void {
		restore();
		if (message !== undefined && message !== "") print(sink, message);
	}
	function signalled(signal: NodeJS.Signals): void {
		signals++;
		if (signals === 1) onSignal(signal);
		// A window that is closed sends SIGHUP twice, once from the system and once from the shell: that is no hurry.
		else if (signal !== "SIGHUP") {
			leave(lastWords() ?? undefined);
			process.exit(signal === "SIGINT" ? EXIT.sigint : EXIT.sigterm);
		}
	}
	function crashed(error: unknown): void {
		crashes++;
		leave(`kinetra: ${describe(error)}`);
		if (crashes > 1) process.exit(EXIT.bug);
		onCrash(error);
	}
	function takeScreen(): void {
		stdin.setRawMode(true);
		sink.writeWithin(bytes(ENTER), LEAVE_MS);
	}
	function takeAgain(): void {
		if (state !== "inside") return;
		// The shell has set its own modes meanwhile, of which Node knows nothing.
		rawMode(false);
		takeScreen();
		onContinue();
	}
	return {
		enter() {
			if (state !== "outside") return;
			process.on("exit", () => restore());
			process.on("uncaughtException", crashed);
			process.on("unhandledRejection", crashed);
			for (const signal of SIGNALS) process.on(signal, signalled);
			process.on("SIGTSTP", () => onSuspend());
			// A file that may not grow: the write that fails says so (EFBIG). Node ignores the signal, but a library of ink's would end the program.
			process.on("SIGXFSZ", () => {});
			process.on("SIGCONT", takeAgain);
			// Also for a window that has its old size back: what it cut off meanwhile is gone, and Node tells nobody.
			process.on("SIGWINCH", () => {
				if (state === "inside") onContinue();
			});
			state = "inside";
			takeScreen();
		},
		leave,
		interrupt: () => signalled("SIGINT"),
	};
}

function describe(error: unknown): string {
	if (process.env.KINETRA_DEBUG !== undefined && error instanceof Error && error.stack !== undefined) return error.stack;
	return `The screen failed: ${reasonOf(error)}. Set KINETRA_DEBUG=1 to see where.`;
}

function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

/** Prints on stderr, and on a terminal only as long as that takes text: a plain write to one that is stalled would never come back. */
function print(sink: Sink, message: string): void {
	const lines = message.split("\n").map((text) => cleanText(text, 2000));
	if (process.stderr.isTTY === true) {
		sink.writeWithin(bytes(`${lines.join("\r\n")}\r\n`), LEAVE_MS);
		return;
	}
	try {
		writeSync(2, `${lines.join("\n")}\n`);
	} catch {
		// Nobody reads stderr; the exit code still tells.
	}
}
