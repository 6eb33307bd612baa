import { cleanText } from "./adapters/clean-text.ts";
import { EXIT, Failure } from "./adapters/failure.ts";
import { homeAt } from "./adapters/home.ts";
import { parseArgs, type Request } from "./args.ts";
import { createTerminal, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

/**
 * Runs one command and sets the exit code. Every failure ends as one message on stderr (what was wrong, which value, what to do);
 * stack traces are shown only with KINETRA_DEBUG=1.
 */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
	const terminal = createTerminal();
	process.on("uncaughtException", (error) => {
		terminal.complain(bugMessage(error));
		process.exit(EXIT.bug);
	});
	// Errors of stdout arrive late; a reader of `--json` must not take a cut-off output for a whole one.
	process.on("exit", (code) => {
		const lost = terminal.outputLost();
		if (lost === null) return;
		terminal.complain(`The output could not be written: ${lost}. What a session did is in its folder; see: kinetra sessions list`);
		if (code === EXIT.ok) process.exitCode = EXIT.data;
	});
	try {
		process.exitCode = await perform(parseArgs(argv, VERSION), terminal);
	} catch (error) {
		terminal.endProgress();
		terminal.complain(error instanceof Failure ? error.message : bugMessage(error));
		process.exitCode = error instanceof Failure ? error.exitCode : EXIT.bug;
	}
}

/** Only the command asked for is loaded: start-up time is part of the contract. */
async function perform(request: Request, terminal: Terminal): Promise<number> {
	const home = homeAt(process.env);
	switch (request.command) {
		case "help":
			terminal.print(request.text.trimEnd());
			return EXIT.ok;
		case "run":
			return (await import("./commands/run.ts")).run(request.options, home, terminal);
		case "sessions":
			return (await import("./commands/sessions.ts")).sessions(request.action, request.json, home, terminal);
		case "status":
			return (await import("./commands/status.ts")).status(request.json, home, terminal);
		case "agents":
			return (await import("./commands/agents.ts")).agents(request.action, request.json, home, terminal);
	}
}

function bugMessage(error: unknown): string {
	const message = cleanText(error instanceof Error ? error.message : String(error), 500);
	const trace = process.env.KINETRA_DEBUG === "1" && error instanceof Error ? `\n${error.stack ?? ""}` : "";
	return `This is a bug in Kinetra: ${message}. A session that was running keeps its journal; see: kinetra sessions list. Details: KINETRA_DEBUG=1.${trace}`;
}
