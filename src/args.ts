import { Command, CommanderError, Option } from "commander";
import { cleanText } from "./adapters/clean-text.ts";
import { usageFailure } from "./adapters/failure.ts";
import { rulesHelp, runOptionsHelp } from "./config/help.ts";
import { suggestion } from "./config/nearest.ts";
import type { OptionRow } from "./config/option-kinds.ts";
import { optionName, RUN_OPTIONS, type RunOptionKey, type RunOptions, setOption } from "./config/options.ts";

/** What the user asked for, with every option checked on its own; how options fit together is config.ts's business. */
export type Request =
	/** No command and nothing that says how to run: the cockpit's main menu, or where there is no screen a session. */
	| { readonly command: "open"; readonly options: RunOptions }
	| { readonly command: "run"; readonly options: RunOptions }
	| { readonly command: "sessions"; readonly action: SessionsAction; readonly json: boolean }
	| { readonly command: "status"; readonly json: boolean }
	| { readonly command: "agents"; readonly action: AgentsAction; readonly json: boolean }
	| { readonly command: "bridge"; readonly action: BridgeAction }
	/** Help or version was asked for: `text` is printed and that is all. */
	| { readonly command: "help"; readonly text: string };

export type SessionsAction =
	| { readonly name: "list" }
	| { readonly name: "show" | "replay" | "verify"; readonly id: string }
	| { readonly name: "export"; readonly id: string; readonly folder: string };

export type AgentsAction = { readonly name: "list" } | { readonly name: "accept"; readonly build: string; readonly reason: string };

export type BridgeAction =
	/** The program as text, to a new file or (null) to stdout. */
	| { readonly name: "print"; readonly file: string | null }
	| { readonly name: "token"; readonly showPath: boolean }
	/** `port` 0 = any that is free. */
	| { readonly name: "sandbox"; readonly port: number; readonly seed: number };

const AGENT_COMMANDS = ["list", "accept", "help"];
const SESSION_COMMANDS = ["list", "show", "replay", "verify", "export", "help"];
const COMMANDS = ["run", "sessions", "status", "agents", "bridge", "help"];
/** Width of the help; wider terminals gain nothing. */
const HELP_WIDTH = 100;

/** Reads the command line (without node and script). Throws a usage `Failure` (exit 2) that says what was wrong and what to do. */
export function parseArgs(argv: readonly string[], version: string): Request {
	requireKnownCommand(argv);
	let request: Request | null = null;
	let help = "";
	const program = buildProgram(version, argv[0] === "run", (made) => {
		request = made;
	});
	for (const command of [program, ...program.commands, ...program.commands.flatMap((child) => child.commands)]) {
		command.exitOverride().configureOutput({
			writeOut: (text) => {
				help += text;
			},
			writeErr: () => {},
			getOutHelpWidth: () => HELP_WIDTH,
		});
	}
	try {
		program.parse([...argv], { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode !== 0) throw usageFailure(plainMessage(error, argv[0]));
	}
	return request ?? { command: "help", text: help };
}

const ABOUT = `Exit codes: 0 as planned, 2 usage, 3 data or connection, 4 refused, 5 stopped by breaker or limit, 70 bug,
130/143 interrupted. Sessions are kept in KINETRA_HOME (default: the platform's data folder).`;

/** `named` = the command `run` was written, not just meant. */
function buildProgram(version: string, named: boolean, accept: (request: Request) => void): Command {
	const program = new Command("kinetra")
		.description(
			"Takes a trading agent from virtual to demo to live trading on MetaTrader 5. Without a command: the cockpit, or without a terminal a session in plain lines.",
		)
		.version(version, "-V, --version", "print the version")
		.addHelpText(
			"after",
			() => `
${runOptionsHelp()}

${rulesHelp()}

${ABOUT}`,
		);
	addRun(program, named, accept);
	addSessions(program, accept);
	addAgents(program, accept);
	addBridge(program, accept);
	const status = program.command("status").description("data, bridge, credentials, last session").option("--json", "as one JSON object");
	status.allowExcessArguments(false).action((options: { json?: boolean }) => accept({ command: "status", json: options.json === true }));
	return program;
}

function addAgents(program: Command, accept: (request: Request) => void): void {
	const agents = program.command("agents").description("what can be named after --agent").option("--json", "as JSON");
	const list = agents.command("list", { isDefault: true }).description("all agents with their parameters").option("--json", "as JSON");
	list.allowExcessArguments(false).action((options: { json?: boolean }, command: Command) => {
		const json = options.json === true || command.parent?.opts<{ json?: boolean }>().json === true;
		accept({ command: "agents", action: { name: "list" }, json });
	});
	const child = agents
		.command("accept <BUILD>")
		.description("accept a loss beyond the plan that latches an agent's next sessions; its results are kept")
		.requiredOption("--reason <text>", "why, at least three characters; kept in the agent's record");
	child
		.allowExcessArguments(false)
		.action((build: string, options: { reason: string }) =>
			accept({ command: "agents", action: { name: "accept", build, reason: options.reason }, json: false }),
		);
}

/** The options of `kinetra bridge`, as they are typed. */
export const BRIDGE_OPTIONS = ["--print", "--token", "--show-path", "--sandbox", "--port", "--seed"];

function addBridge(program: Command, accept: (request: Request) => void): void {
	const bridge = program
		.command("bridge")
		.description("the program beside MetaTrader 5: get it, make its token, or try it on a stand-in terminal")
		.option("--print [file]", "write kinetra_bridge.py to a new file (or to stdout), with the set-up steps for Windows and Wine")
		.option("--token", "make the token file that cockpit and bridge share; one that is there is kept; the token is never shown")
		.option("--show-path", "with --token: print nothing but where the file is")
		.option("--sandbox", "run the bridge on the stand-in terminal: no MetaTrader 5, no money; needs Python 3.9 with websockets 10")
		.option("--port <number>", "with --sandbox: where to listen on 127.0.0.1, 0 = any free port (default: 8765)")
		.option("--seed <number>", "with --sandbox: which made-up world; each is kept on its own (default: 1)")
		.allowExcessArguments(false);
	bridge.action((given: BridgeOptions, command: Command) => {
		const action = bridgeAction(given);
		if (action === null) command.outputHelp();
		else accept({ command: "bridge", action });
	});
}

type BridgeOptions = { print?: string | true; token?: true; showPath?: true; sandbox?: true; port?: string; seed?: string };

/** Null when nothing was asked for. Throws a usage `Failure`. */
function bridgeAction({ print, token, showPath, sandbox, port, seed }: BridgeOptions): BridgeAction | null {
	const asked = [print !== undefined && "--print", token && "--token", sandbox && "--sandbox"].filter((name) => typeof name === "string");
	if (asked.length > 1) throw usageFailure(`${asked.join(" and ")} are different things. Ask for one at a time. See: kinetra help bridge`);
	if (showPath && !token) throw usageFailure("--show-path belongs to --token. Use: kinetra bridge --token --show-path");
	if (!sandbox && (port !== undefined || seed !== undefined))
		throw usageFailure(`${port === undefined ? "--seed" : "--port"} belongs to --sandbox. Use: kinetra bridge --sandbox`);
	if (print === "") throw usageFailure("--print: the file name is empty. Use: kinetra bridge --print kinetra_bridge.py");
	if (print !== undefined) return { name: "print", file: print === true ? null : print };
	if (token) return { name: "token", showPath: showPath === true };
	if (!sandbox) return null;
	return { name: "sandbox", port: wholeNumber("--port", port ?? "8765", 65_535), seed: wholeNumber("--seed", seed ?? "1", 4_294_967_295) };
}

function wholeNumber(option: string, text: string, most: number): number {
	const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
	if (value <= most) return value;
	throw usageFailure(`${option} must be a whole number from 0 to ${most}, not "${cleanText(text, 40)}".`);
}

function addRun(program: Command, named: boolean, accept: (request: Request) => void): void {
	const run = program
		.command("run", { isDefault: true })
		.description("run a session: in the cockpit on a terminal, else as plain lines")
		.allowExcessArguments(false);
	for (const key of Object.keys(RUN_OPTIONS) as RunOptionKey[]) {
		const row: OptionRow<unknown> = RUN_OPTIONS[key];
		const option = new Option(row.argument === null ? optionName(key) : `${optionName(key)} ${row.argument}`, row.line).hideHelp();
		if (row.repeatable) option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
		run.addOption(option);
	}
	run.addHelpText("after", () => `\n${runOptionsHelp()}\n\n${rulesHelp()}`);
	run.action((given: Partial<Record<RunOptionKey, string | boolean | readonly string[]>>) => {
		const options: RunOptions = { set: [] };
		for (const [key, value] of Object.entries(given) as [RunOptionKey, string | boolean | readonly string[]][]) {
			for (const text of Array.isArray(value) ? value : [String(value)]) setOption(options, key, text);
		}
		// What only says how the screen looks does not ask for a session.
		const isOpen = !named && Object.keys(given).every((key) => key === "ascii");
		accept({ command: isOpen ? "open" : "run", options });
	});
}

function addSessions(program: Command, accept: (request: Request) => void): void {
	const sessions = program.command("sessions").description("look at sessions that were run; an ID may be shortened, `last` is the newest");
	const asJson = (options: { json?: boolean }, command: Command): boolean => options.json === true || command.parent?.opts<{ json?: boolean }>().json === true;
	sessions.option("--json", "as JSON");
	const list = sessions.command("list", { isDefault: true }).description("all sessions, newest last").option("--json", "as JSON").allowExcessArguments(false);
	list.action((options, command) => accept({ command: "sessions", action: { name: "list" }, json: asJson(options, command) }));
	for (const [name, line] of [
		["show", "print a session's summary again"],
		["replay", "compute the session again from its journal and compare the fingerprint"],
		["verify", "check the journal's hash chain"],
	] as const) {
		const child = sessions.command(`${name} <ID>`).description(line).option("--json", "as JSON").allowExcessArguments(false);
		child.action((id: string, options, command) => accept({ command: "sessions", action: { name, id }, json: asJson(options, command) }));
	}
	const child = sessions
		.command("export <ID>")
		.description("write trades.csv, orders.csv and equity.csv")
		.requiredOption("--csv <folder>", "folder to write to; existing files are never overwritten");
	child.option("--json", "as JSON").allowExcessArguments(false);
	child.action((id: string, options: { csv: string; json?: boolean }, command) =>
		accept({ command: "sessions", action: { name: "export", id, folder: options.csv }, json: asJson(options, command) }),
	);
}

/** An unknown word would otherwise be taken as an argument of the default command, with a message that confuses. */
function requireKnownCommand(argv: readonly string[]): void {
	const [first, second] = argv;
	requireKnown("command", first, COMMANDS);
	if (first === "help") requireKnown("command", second, COMMANDS);
	if (first === "agents") requireKnown("agents command", second, AGENT_COMMANDS);
	if (first === "sessions") requireKnown("sessions command", second, SESSION_COMMANDS);
}

function requireKnown(what: string, word: string | undefined, known: readonly string[]): void {
	if (word === undefined || word.startsWith("-") || known.includes(word)) return;
	throw usageFailure(`Unknown ${what} "${cleanText(word, 40)}"${suggestion(word, known) || "."} Known: ${known.join(", ")}.`);
}

/** Commander's message without its prefix, cleaned, with the nearest option and the way to more help. */
function plainMessage(error: CommanderError, first: string | undefined): string {
	const command = COMMANDS.find((name) => name === first) ?? "run";
	const message = cleanText(error.message.replace(/^error: /, "").replace(/\n?\(Did you mean.*$/s, ""), 300);
	const typed = error.code === "commander.unknownOption" ? /'(--?[^']*)'/.exec(message)?.[1] : undefined;
	const known = command === "bridge" ? BRIDGE_OPTIONS : [...(Object.keys(RUN_OPTIONS) as RunOptionKey[]).map(optionName), "--version", "--csv"];
	const near = typed === undefined ? "" : suggestion(typed, [...known, "--help"]);
	return `${message.charAt(0).toUpperCase()}${message.slice(1)}${near || (/[.?)]$/.test(message) ? "" : ".")} See: kinetra ${command === "help" ? "" : "help "}${command}`;
}
