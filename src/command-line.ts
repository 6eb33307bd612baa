import { cleanText } from "./adapters/clean-text.ts";
import { takeToken } from "./adapters/dot-env.ts";
import { EXIT, Failure } from "./adapters/failure.ts";
import { type Home, homeAt } from "./adapters/home.ts";
import { parseArgs, type Request } from "./args.ts";
import type { ConfirmedStage } from "./commands/stage/confirmed.ts";
import type { RunOptions } from "./config/options.ts";
import { createTerminal, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

/**
 * Runs one command and sets the exit code. Every failure ends as one message on stderr (what was wrong, which value, what to do);
 * stack traces are shown only with KINETRA_DEBUG=1. `entry` is the program's own file, from which it starts its threads.
 */
export async function runCommandLine(argv: readonly string[], entry: URL): Promise<void> {
	takeToken(process.env);
	const terminal = createTerminal();
	const onBug = (error: unknown): void => {
		terminal.complain(bugMessage(error));
		process.exit(EXIT.bug);
	};
	process.on("uncaughtException", onBug);
	// Errors of stdout arrive late; a reader of `--json` must not take a cut-off output for a whole one.
	process.on("exit", (code) => {
		const lost = terminal.outputLost();
		if (lost === null) return;
		terminal.complain(`The output could not be written: ${lost}. What a session did is in its folder; see: kinetra sessions list`);
		if (code === EXIT.ok) process.exitCode = EXIT.data;
	});
	try {
		process.exitCode = await perform(parseArgs(argv, VERSION), entry, terminal, () => process.off("uncaughtException", onBug));
	} catch (error) {
		terminal.endProgress();
		terminal.complain(error instanceof Failure ? error.message : bugMessage(error));
		process.exitCode = error instanceof Failure ? error.exitCode : EXIT.bug;
	}
}

/**
 * Only the command asked for is loaded: start-up time is part of the contract. `handOver` leaves uncaught errors to the screen, which must
 * be given back before a word is printed.
 */
async function perform(request: Request, entry: URL, terminal: Terminal, handOver: () => void): Promise<number> {
	const home = homeAt(process.env);
	switch (request.command) {
		case "help":
			terminal.print(request.text.trimEnd());
			return EXIT.ok;
		case "open":
		case "run": {
			const { options } = request;
			if (!(await opensCockpit(request, terminal))) return (await import("./commands/run.ts")).run(options, home, terminal);
			const confirmed = request.command === "run" ? await confirmedFor(options, home, terminal) : null;
			const { cockpit } = await import("./commands/cockpit.ts");
			handOver();
			const asked = request.command === "run" ? (confirmed?.options ?? options) : null;
			const code = await cockpit(home, entry, { options: asked, confirmed, ascii: options.ascii === true }, terminal);
			// Everything is written. An end that Node comes to by itself gives up the signals first, and the second SIGHUP of a window that was
			// closed would then decide the exit code.
			return process.exit(code);
		}
		case "sessions":
			return (await import("./commands/sessions.ts")).sessions(request.action, request.json, home, terminal);
		case "status":
			return (await import("./commands/status.ts")).status(request.json, home, terminal);
		case "agents":
			return (await import("./commands/agents.ts")).agents(request.action, request.json, home, terminal);
		case "data":
			return (await import("./commands/data.ts")).data(request.action, home, terminal);
		case "train":
			return (await import("./commands/train.ts")).train(request, terminal);
		case "compare":
			return (await import("./commands/compare.ts")).compare(request, terminal);
		case "bridge":
			return (await import("./commands/bridge.ts")).bridge(request.action, home, entry, terminal);
		case "test-connection":
			return (await import("./commands/test-connection.ts")).testConnection(request, home, terminal);
		case "doctor":
			return (await import("./commands/doctor.ts")).doctor(request, home, terminal);
		case "kill":
			return (await import("./commands/kill.ts")).kill(request, home, terminal);
		case "gates":
			return (await import("./commands/gates.ts")).gates(request.agent, request.json, home, terminal);
	}
}

/**
 * True on an interactive terminal, unless plain lines or JSON were asked for. What is wrong with the options of a session is thrown here,
 * before a screen is taken.
 */
async function opensCockpit({ command, options }: { readonly command: "open" | "run"; readonly options: RunOptions }, terminal: Terminal): Promise<boolean> {
	if (!terminal.interactive || process.stdin.isTTY !== true) return false;
	if (command === "open") return true;
	if (options.headless === true || options.json === true) return false;
	const { checkRun } = await import("./commands/cockpit/check-run.ts");
	return checkRun(options);
}

/** A demo or live session is confirmed before the screen is taken; the commands that need no bridge are not to load one. */
async function confirmedFor(options: RunOptions, home: Home, terminal: Terminal): Promise<ConfirmedStage | null> {
	if ((options.mode ?? "virtual") === "virtual" && options.config === undefined) return null;
	return (await import("./commands/stage/ask.ts")).askStage(options, home, terminal);
}

function bugMessage(error: unknown): string {
	const message = cleanText(error instanceof Error ? error.message : String(error), 500);
	const trace = process.env.KINETRA_DEBUG === "1" && error instanceof Error ? `\n${error.stack ?? ""}` : "";
	return `This is a bug in Kinetra: ${message}. A session that was running keeps its journal; see: kinetra sessions list. Details: KINETRA_DEBUG=1.${trace}`;
}
