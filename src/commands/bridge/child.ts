import { spawn } from "node:child_process";
import { cleanText } from "../../adapters/clean-text.ts";
import { EXIT } from "../../adapters/failure.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { Terminal } from "../../terminal.ts";

const SIGNALS = { SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm, SIGHUP: EXIT.sigterm } as const;
type AskedBy = keyof typeof SIGNALS;
/** What an orderly end may take before the child is ended by force (ms). */
const PATIENCE_MS = 10_000;

/**
 * Runs a program with our own stdout and stderr until it ends, and never leaves it behind: the first signal asks it to end, a second one (or
 * 10 s) ends it by force. Its stdin says nothing and ends with us, by which it can see that we are gone. Returns the exit code: 130 or 143 when asked to end, else 0, 2 and 3 as the child says; any other end is 3.
 */
export function runChild(
	name: string,
	program: string,
	args: readonly string[],
	options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
	terminal: Terminal,
): Promise<number> {
	return new Promise((resolve) => {
		let asked: AskedBy | null = null;
		let force: NodeJS.Timeout | undefined;
		// A group of its own: Ctrl-C reaches it once, from us, and not a second time from the system in the middle of its end.
		const child = spawn(program, args, { ...options, stdio: ["pipe", "inherit", "inherit"], detached: process.platform !== "win32", windowsHide: true });
		const kill = (): void => {
			child.kill("SIGKILL");
		};
		const onSignal = (signal: AskedBy): void => {
			if (asked === null) {
				asked = signal;
				// On Windows Ctrl-C has reached it already, and a signal from us would be its end without order.
				if (process.platform !== "win32" || signal !== "SIGINT") child.kill("SIGTERM");
				force = setTimeout(kill, PATIENCE_MS);
			} else if (signal !== "SIGHUP") kill();
		};
		const end = (code: number, message: string | null): void => {
			clearTimeout(force);
			process.off("exit", kill);
			for (const signal of Object.keys(SIGNALS)) process.off(signal, onSignal);
			if (message !== null) terminal.complain(message);
			resolve(code);
		};
		for (const signal of Object.keys(SIGNALS)) process.on(signal, onSignal);
		// A bug in this program must not leave the child behind either.
		process.on("exit", kill);
		child.on("error", (error) => end(EXIT.data, `${cleanText(program, 200)} cannot be started: ${reasonOf(error)}.`));
		child.on("exit", (code, signal) => {
			if (asked !== null) end(SIGNALS[asked], null);
			else if (code === EXIT.ok || code === EXIT.usage || code === EXIT.data) end(code, null);
			else end(EXIT.data, `${name} ended by itself (${signal ?? `exit ${code}`}). What it said stands above. What it had journalled is kept; start it again.`);
		});
	});
}
