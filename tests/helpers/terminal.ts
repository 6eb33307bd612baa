import type { Socket } from "node:net";
import { type IPty, spawn } from "@lydell/node-pty";
import xterm, { type Terminal } from "@xterm/headless";
import { environment } from "./cli.ts";
import { foreignBytes } from "./own-bytes.ts";

/** What a program runs in: size, environment on top of a plain user's, and the folder of its home. */
export type TerminalOptions = { readonly columns: number; readonly rows: number; readonly home: string; readonly env?: NodeJS.ProcessEnv };

/** How a program ended. */
export type Exit = { readonly code: number; readonly signal: number };

/** A program running in a real pseudo terminal, seen through a terminal emulator. */
export type RunningTerminal = {
	readonly pid: number;
	readonly emulator: Terminal;
	/** Bytes received so far. */
	bytes(): number;
	/** Everything received so far. */
	received(): string;
	/** The visible screen as text rows, without trailing blanks. */
	screen(): Promise<readonly string[]>;
	/** Sends keys as a keyboard would. */
	press(...keys: readonly string[]): void;
	/** Resolves with the screen once `found` holds for it; rejects with the last screen when the program ends or the patience is over. */
	until(found: (rows: readonly string[]) => boolean, what: string): Promise<readonly string[]>;
	/** As `until`, for a text anywhere on the screen. */
	untilText(text: string | RegExp): Promise<readonly string[]>;
	resize(columns: number, rows: number): void;
	kill(signal: NodeJS.Signals): void;
	/** Stops reading, as a terminal does after Ctrl-S; `resume` goes on. */
	pause(): void;
	resume(): void;
	/** Resolves when the program has ended and everything it wrote has been read; rejects when any of that was not ours to say (own-bytes.ts). */
	ended(): Promise<Exit>;
	/** Closes the terminal from the outside, as closing its window does. */
	close(): void;
};

/** Escape sequences of the keys that are no character. */
export const KEYS = {
	up: "\u001b[A",
	down: "\u001b[B",
	right: "\u001b[C",
	left: "\u001b[D",
	pageup: "\u001b[5~",
	pagedown: "\u001b[6~",
	home: "\u001b[H",
	end: "\u001b[F",
	enter: "\r",
	escape: "\u001b",
	tab: "\t",
	backspace: "\u007f",
	ctrlC: "\u0003",
	ctrlK: "\u000b",
	ctrlZ: "\u001a",
} as const;

/** A machine that is busy with everything else still gets there; nothing waits this long when all is well. */
const PATIENCE_MS = 100_000;

/** Starts `program` with these arguments in a pseudo terminal of its own. */
export function openTerminal(program: string, args: readonly string[], options: TerminalOptions): RunningTerminal {
	const emulator = new xterm.Terminal({ cols: options.columns, rows: options.rows, scrollback: 2000, allowProposedApi: true });
	// CI in the environment makes ink draw the last frame only; a user's terminal has none.
	const { CI: _ci, ...plain } = environment(options.home);
	const env = { ...plain, TERM: "xterm-256color", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", ...options.env };
	const child: IPty = spawn(program, [...args], { cols: options.columns, rows: options.rows, env });
	const chunks: string[] = [];
	let bytes = 0;
	let exit: Exit | null = null;
	const waiters = new Set<() => void>();
	const wake = (): void => {
		for (const waiter of [...waiters]) waiter();
	};
	readToTheEnd(child);
	// A frame can arrive in pieces: half of it is nothing that anybody would see.
	let isInFrame = false;
	const onFrame = (final: "h" | "l") =>
		emulator.parser.registerCsiHandler({ prefix: "?", final }, (params) => {
			if (params[0] === 2026) isInFrame = final === "h";
			return false;
		});
	onFrame("h");
	onFrame("l");
	child.onData((data) => {
		bytes += Buffer.byteLength(data);
		chunks.push(data);
		emulator.write(data, wake);
	});
	child.onExit(({ exitCode, signal }) => {
		exit = { code: exitCode, signal: signal ?? 0 };
		emulator.write("", wake);
	});

	function visible(): readonly string[] {
		const buffer = emulator.buffer.active;
		return Array.from({ length: emulator.rows }, (_, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true, 0, emulator.cols) ?? "");
	}

	/** Calls `check` after everything that arrives, until it gives something. */
	function waitFor<T>(check: () => T | null, what: string): Promise<T> {
		return new Promise((resolve, reject) => {
			const give = (failure: string): void => {
				finish();
				reject(new Error(`${failure} while waiting for ${what}; the screen was:\n${visible().join("\n")}`));
			};
			const timer = setTimeout(() => give(`nothing for ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
			const look = (): void => {
				if (isInFrame && exit === null) return;
				const found = check();
				if (found !== null) {
					finish();
					resolve(found);
				} else if (exit !== null) give(`the program ended with ${exit.code}`);
			};
			const finish = (): void => {
				clearTimeout(timer);
				waiters.delete(look);
			};
			waiters.add(look);
			look();
		});
	}

	return {
		pid: child.pid,
		emulator,
		bytes: () => bytes,
		received: () => chunks.join(""),
		screen: () => new Promise((resolve) => emulator.write("", () => resolve(visible()))),
		press: (...keys) => {
			for (const key of keys) child.write(key);
		},
		until: (found, what) => waitFor(() => (found(visible()) ? visible() : null), what),
		untilText: (text) =>
			waitFor(() => {
				const rows = visible();
				const all = rows.join("\n");
				return (typeof text === "string" ? all.includes(text) : text.test(all)) ? rows : null;
			}, String(text)),
		resize(columns, rows) {
			emulator.resize(columns, rows);
			child.resize(columns, rows);
		},
		kill: (signal) => process.kill(child.pid, signal),
		pause: () => child.pause(),
		resume: () => child.resume(),
		async ended() {
			const exited = await waitFor(() => exit, "the program to end");
			const foreign = foreignBytes(chunks.join(""));
			if (foreign !== null) throw new Error(`The terminal received what is not ours ${foreign}`);
			return exited;
		},
		close: () => child.kill(),
	};
}

/** How long a program's last words may take to be read on a machine that is busy with everything else. */
const LAST_WORDS_MS = 5_000;

/**
 * node-pty closes a terminal 200 ms after its program has ended, read or not: a test process that was kept waiting that long would lose the
 * end of what the program wrote. Closing is put off here; when all has been read the terminal closes by itself, at once.
 */
function readToTheEnd(child: IPty): void {
	const { _socket: socket } = child as unknown as { readonly _socket: Socket };
	const destroy = socket.destroy.bind(socket);
	socket.destroy = (error?: Error) => {
		if (error !== undefined || socket.readableEnded) return destroy(error);
		setTimeout(destroy, LAST_WORDS_MS).unref();
		return socket;
	};
}
