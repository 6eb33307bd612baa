import { Command, CommanderError, Option } from "commander";
import { cleanText } from "./adapters/clean-text.ts";
import { usageFailure } from "./adapters/failure.ts";
import { addBridge, BRIDGE_OPTIONS, type BridgeAction } from "./args/bridge.ts";
import { addCompare, COMPARE_OPTIONS, type CompareRequest } from "./args/compare.ts";
import { addConnection, addTest, CONNECTION_OPTIONS, type ConnectionRequest, refuseToken, testOf } from "./args/connection.ts";
import { addData, DATA_COMMANDS, DATA_OPTIONS, type DataRequest } from "./args/data.ts";
import { addTrain, TRAIN_OPTIONS, type TrainRequest } from "./args/train.ts";
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
	| ConnectionRequest
	| CompareRequest
	| DataRequest
	| TrainRequest
	/** Help or version was asked for: `text` is printed and that is all. */
	| { readonly command: "help"; readonly text: string };

export type SessionsAction =
	| { readonly name: "list" }
	| { readonly name: "show" | "replay" | "verify"; readonly id: string }
	| { readonly name: "export"; readonly id: string; readonly folder: string };

export type AgentsAction = { readonly name: "list" } | { readonly name: "accept"; readonly build: string; readonly reason: string };

const AGENT_COMMANDS = ["list", "accept", "help"];
const SESSION_COMMANDS = ["list", "show", "replay", "verify", "export", "help"];
const COMMANDS = ["run", "sessions", "status", "agents", "compare", "data", "train", "bridge", "test-connection", "doctor", "gates", "kill", "help"];
/** Width of the help; wider terminals gain nothing. */
const HELP_WIDTH = 100;

/** Reads the command line (without node and script). Throws a usage `Failure` (exit 2) that says what was wrong and what to do. */
export function parseArgs(argv: readonly string[], version: string): Request {
	requireKnownCommand(argv);
	refuseToken(argv);
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
	addCompare(program, accept);
	addBridge(program, accept);
	addConnection(program, accept);
	addData(program, accept);
	addTrain(program, accept);
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
	addTest(run);
	run.addHelpText("after", () => `\n${runOptionsHelp()}\n\n${rulesHelp()}`);
	run.action((given: Partial<Record<RunOptionKey, string | boolean | readonly string[]>>) => {
		const test = testOf(given);
		if (test !== null) return accept(test);
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
	if (first === "data") requireKnown("data command", second, DATA_COMMANDS);
	if (first === "sessions") requireKnown("sessions command", second, SESSION_COMMANDS);
}

function requireKnown(what: string, word: string | undefined, known: readonly string[]): void {
	if (word === undefined || word.startsWith("-") || known.includes(word)) return;
	throw usageFailure(`Unknown ${what} "${cleanText(word, 40)}"${suggestion(word, known) || "."} Known: ${known.join(", ")}.`);
}

/** Commander's message without its prefix, cleaned, with the nearest option and the way to more help. */
function plainMessage(error: CommanderError, first: string | undefined): string {
	const command = COMMANDS.find((name) => name === first) ?? "run";
	// What stands behind an unknown option is not repeated: it may have been meant for nobody's eyes.
	const said = error.message
		.replace(/^error: /, "")
		.replace(/\n?\(Did you mean.*$/s, "")
		.replace(/'(--[^'=]+)=[^']*'/, "'$1'");
	const message = cleanText(said, 300);
	const typed = error.code === "commander.unknownOption" ? /'(--?[^']*)'/.exec(message)?.[1] : undefined;
	const known = optionsOf(command);
	const near = typed === undefined ? "" : suggestion(typed, [...known, "--help"]);
	return `${message.charAt(0).toUpperCase()}${message.slice(1)}${near || (/[.?)]$/.test(message) ? "" : ".")} See: kinetra ${command === "help" ? "" : "help "}${command}`;
}

function optionsOf(command: string): readonly string[] {
	if (command === "bridge") return BRIDGE_OPTIONS;
	if (command === "compare") return COMPARE_OPTIONS;
	if (command === "data") return DATA_OPTIONS;
	if (command === "train") return TRAIN_OPTIONS;
	if (["test-connection", "doctor", "gates", "kill"].includes(command)) return CONNECTION_OPTIONS;
	return [...(Object.keys(RUN_OPTIONS) as RunOptionKey[]).map(optionName), "--test-connection", "--version", "--csv"];
}
