import { type Command, Option } from "commander";
import { cleanText } from "../adapters/clean-text.ts";
import { usageFailure } from "../adapters/failure.ts";
import { SYMBOL_PATTERN } from "../config/options.ts";

/** Where the bridge and its token are, as typed; null = not said. */
type Way = { readonly bridge: string | null; readonly tokenFile: string | null };

/** What the commands around the bridge were asked for. */
export type ConnectionRequest =
	| (Way & { readonly command: "test-connection"; readonly symbol: string; readonly json: boolean })
	| (Way & { readonly command: "doctor"; readonly symbol: string; readonly json: boolean })
	| (Way & { readonly command: "kill"; readonly action: KillAction })
	| { readonly command: "gates"; readonly agent: string | null; readonly json: boolean };

export type KillAction =
	| { readonly name: "kill"; readonly flatten: boolean; readonly reason: string }
	/** Lifts the kill; `reason` has at least three characters. */
	| { readonly name: "release"; readonly reason: string };

/** Checked when nothing else is said. */
export const DEFAULT_SYMBOL = "EURUSD";

/** The options of these commands, as they are typed. */
export const CONNECTION_OPTIONS = ["--bridge", "--token-file", "--symbol", "--json", "--flatten", "--release", "--reason", "--agent", "--test-connection"];

/** Adds `test-connection`, `doctor`, `kill` and `gates`. */
export function addConnection(program: Command, accept: (request: ConnectionRequest) => void): void {
	const test = withWay(program.command("test-connection"))
		.description("go through the way to MetaTrader 5 step by step: bridge, terminal, account, symbol; changes nothing")
		.option("--symbol <name>", "symbol to look at", DEFAULT_SYMBOL)
		.option("--json", "one JSON object a line, the verdict last");
	test.action((given: Given) => accept({ command: "test-connection", ...wayOf(given), symbol: symbolOf(given), json: given.json === true }));
	const doctor = withWay(program.command("doctor"))
		.description("check this machine, Kinetra's folder and the way to MetaTrader 5, a line each")
		.option("--symbol <name>", "symbol to look at", DEFAULT_SYMBOL)
		.option("--json", "one JSON object a line, the verdict last");
	doctor.action((given: Given) => accept({ command: "doctor", ...wayOf(given), symbol: symbolOf(given), json: given.json === true }));
	const kill = withWay(program.command("kill"))
		.description("stop everything now: every session of this home, and at the bridge; from any terminal")
		.option("--flatten", "close open positions too")
		.option("--release", "lift an earlier kill; starts nothing again; needs --reason")
		.option("--reason <text>", "why, for the records");
	kill.action((given: Given) => accept({ command: "kill", ...wayOf(given), action: killAction(given) }));
	const gates = program
		.command("gates")
		.description("what each stage requires, what the evidence says, what is missing")
		.option("--agent <name>", "only this agent")
		.option("--json", "as JSON");
	gates.allowExcessArguments(false).action((given: Given) => accept({ command: "gates", agent: agentOf(given), json: given.json === true }));
}

/** What `kinetra run --test-connection` may be given besides; anything else would seem to start a session. */
const TEST_KEYS = ["testConnection", "bridge", "tokenFile", "symbol", "json"];

/** Adds to `kinetra run` what only asks for a test; see `testOf`. */
export function addTest(run: Command): void {
	run.addOption(new Option("--test-connection", "start no session, test the connection instead").hideHelp());
}

/** The test that `kinetra run --test-connection` asks for, or null when it does not. Throws a usage `Failure` for options of a session beside it. */
export function testOf(given: Readonly<Record<string, unknown>>): ConnectionRequest | null {
	if (given.testConnection !== true) return null;
	const other = Object.keys(given).find((key) => !TEST_KEYS.includes(key));
	if (other !== undefined) throw usageFailure("--test-connection starts no session. It takes --bridge, --token-file, --symbol and --json, nothing else.");
	const typed = given as Given;
	return { command: "test-connection", ...wayOf(typed), symbol: symbolOf(typed), json: typed.json === true };
}

/** Refuses a token on the command line without repeating it: whoever lists the processes of this machine would read it (S-21). */
export function refuseToken(argv: readonly string[]): void {
	for (const [index, word] of argv.entries()) {
		const isSwitch = argv[0] === "bridge" && word === "--token" && (argv[index + 1]?.startsWith("-") ?? true);
		if (isSwitch || !/^--token(=|$)/.test(word)) continue;
		throw usageFailure(
			"A token is never taken from the command line: every program on this machine could read it there, and the shell keeps it. Put it into a file of mode 0600 and name that: --token-file, or KINETRA_TOKEN_FILE. If that was the real one, make a new one: kinetra bridge --token",
		);
	}
}

type Given = {
	bridge?: string;
	tokenFile?: string;
	symbol?: string;
	json?: boolean;
	flatten?: boolean;
	release?: boolean;
	reason?: string;
	agent?: string;
};

function withWay(command: Command): Command {
	return command
		.option("--bridge <url>", "where the bridge is (default: KINETRA_BRIDGE, else the address kept last, else ws://127.0.0.1:8765)")
		.option("--token-file <path>", "its token, in a file of mode 0600 (default: KINETRA_TOKEN_FILE, else the one of kinetra bridge --token)")
		.allowExcessArguments(false);
}

function wayOf({ bridge, tokenFile }: Given): Way {
	if (bridge === "") throw usageFailure("--bridge: the address is empty. Expected something like ws://127.0.0.1:8765");
	if (tokenFile === "") throw usageFailure("--token-file: the file name is empty.");
	return { bridge: bridge ?? null, tokenFile: tokenFile ?? null };
}

function symbolOf({ symbol }: Given): string {
	const name = symbol ?? DEFAULT_SYMBOL;
	if (SYMBOL_PATTERN.test(name)) return name;
	throw usageFailure(`--symbol must be a symbol name (letters, digits, . _ + # -), not "${cleanText(name, 60)}".`);
}

function killAction({ flatten, release, reason }: Given): KillAction {
	const text = reason === undefined ? null : cleanText(reason.trim());
	if (text !== null && text.length < 3) throw usageFailure("--reason: say why, in at least three characters.");
	if (release !== true) return { name: "kill", flatten: flatten === true, reason: text ?? "kinetra kill" };
	if (flatten === true) throw usageFailure("--release lifts a kill, --flatten closes positions. Ask for one at a time.");
	if (text === null) throw usageFailure('--release needs a reason, which is kept: kinetra kill --release --reason "checked the account, all is closed"');
	return { name: "release", reason: text };
}

function agentOf({ agent }: Given): string | null {
	if (agent === undefined || /^[a-z][a-z0-9-]{0,31}$/.test(agent)) return agent ?? null;
	throw usageFailure(`--agent must be an agent's name, not "${cleanText(agent, 40)}". See them with: kinetra agents`);
}
