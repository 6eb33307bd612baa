import { SCENARIO_TABLE } from "../engine/market/synthetic/scenario.ts";
import { AGENT_FORM } from "./agent-name.ts";
import { choice, date, flag, number, numberOr, type OptionRow, path, text } from "./option-kinds.ts";

/** What a broker may call a symbol here: plain ASCII, so that no name can pass for another (S-15). */
export const SYMBOL_PATTERN = /^[A-Za-z0-9._+#-]{1,31}$/;

/** The options of `kinetra run`, in the order of the help. */
export const RUN_OPTIONS = {
	mode: choice(["virtual", "demo", "live"], {
		line: "stage of the session; demo and live trade at the broker, after a typed confirmation on a terminal",
		fallback: "virtual",
	}),
	symbol: text(
		{ pattern: SYMBOL_PATTERN, what: "a symbol name (letters, digits, . _ + # -)" },
		{ argument: "<name>", line: "symbol to trade", fallback: "the file's, else EURUSD" },
	),
	agent: text(AGENT_FORM, {
		argument: "<name|folder|file.onnx|process:command>",
		line: 'who decides: a name (see: kinetra agents), a policy of your own (./my-policy), or a program (process:"python my_agent.py")',
		fallback: "ppo",
	}),
	timeframe: choice(["M1", "M5", "M15", "M30", "H1", "H4", "D1"], { line: "length of the agent's bars", fallback: "the file's, else M1" }),
	duration: number(
		{ min: 0.1, max: 5_256_000, unit: "minutes" },
		{ argument: "<minutes>", line: "minutes of market time after the warm-up", fallback: "60; csv: the whole file; demo 30; live: as its rules say" },
	),
	maxTrades: numberOr({ min: 1, max: 1_000_000, unit: "attempts", whole: true }, "none", null, {
		argument: "<count|none>",
		line: "entry attempts that may be sent",
		fallback: "10; demo 5; live: as its rules say",
	}),
	// An agent without a record scores 0.75: above it none could ever start.
	chsThreshold: number(
		{ min: 0, max: 0.75, unit: "" },
		{ argument: "<score>", line: "health score (CHS, 0 to 0.75) below which the breaker trips; re-arms 0.10 above", fallback: "0.55" },
	),
	risk: number(
		{ min: 0.01, max: 2, unit: "percent" },
		{ argument: "<percent>", line: "percent of equity planned to be lost at the stop (1 R)", fallback: "1; live 0.5" },
	),
	feed: choice(["synthetic", "csv", "bridge"], {
		line: "where quotes come from; bridge: live ones of the broker, with paper fills in virtual",
		fallback: "synthetic; csv with --file; demo and live: bridge",
	}),
	bridge: text(
		{ pattern: /^wss?:\/\/[\x21-\x7e]{1,300}$/, what: "the address of a bridge (ws://127.0.0.1:8765)" },
		{ argument: "<url>", line: "where the bridge listens", fallback: "KINETRA_BRIDGE, else as set in the cockpit, else ws://127.0.0.1:8765" },
	),
	tokenFile: path({
		argument: "<path>",
		line: "the bridge's token, in a file of mode 0600",
		fallback: "KINETRA_TOKEN_FILE, else the one of kinetra bridge --token",
	}),
	found: choice(["resume", "close", "stop"], {
		line: "demo and live: positions of this agent that are there at the start: take them over, close them, or do not start",
		fallback: "you are asked",
	}),
	shadow: flag("demo and live: the simulator runs on the same quotes, and every fill is compared"),
	file: path({ argument: "<path>", line: "MT5 bars or ticks export, .csv or .csv.gz", fallback: "none" }),
	scenario: choice<string>(
		SCENARIO_TABLE.map((scenario) => scenario.name),
		{ argument: "<name>", line: `course of the synthetic market: ${SCENARIO_TABLE.map((scenario) => scenario.name).join(", ")}`, fallback: "normal" },
	),
	ticks: choice(["every", "ohlc", "open"], { line: "how bars become ticks: all support points, the four prices, the opening price", fallback: "ohlc" }),
	from: date({ argument: "<date>", line: "first moment of the file used, broker time (YYYY-MM-DD[THH:MM])", fallback: "its start" }),
	to: date({ argument: "<date>", line: "first moment of the file not used any more, broker time", fallback: "its end" }),
	skipBadRows: flag("count bad rows of the file and go on, instead of refusing it"),
	seed: number(
		{ min: 0, max: 4_294_967_295, unit: "", whole: true },
		{ argument: "<number>", line: "start of every random sequence: same seed, same session", fallback: "random, always printed" },
	),
	speed: numberOr({ min: 0.1, max: 1_000_000, unit: "times real time" }, "max", "max", {
		argument: "<factor|max>",
		line: "market seconds a second; 1 = real time",
		fallback: "60 on a terminal, max without one",
	}),
	warmup: number(
		{ min: 0, max: 100_000, unit: "bars", whole: true },
		{ argument: "<bars>", line: "history that fills the features before trading", fallback: "what the agent needs" },
	),
	balance: number(
		{ min: 1, max: 1_000_000_000, unit: "account currency" },
		{ argument: "<amount>", line: "start balance in the account currency", fallback: "10000" },
	),
	currency: text(
		{ pattern: /^[A-Z]{3}$/, what: "a currency (three letters, such as USD)" },
		{ argument: "<code>", line: "currency of the account", fallback: "USD" },
		(code) => code.toUpperCase(),
	),
	leverage: number({ min: 1, max: 5_000, unit: "to 1" }, { argument: "<ratio>", line: "leverage of the account, ratio to 1", fallback: "100" }),
	account: choice(["netting", "hedging"], { line: "one position a symbol, or many", fallback: "hedging" }),
	spec: path({ argument: "<path>", line: "symbol specification (JSON) laid over the built-in one", fallback: "none" }),
	set: {
		...text(
			{ pattern: /^[a-z]+\.[A-Za-z0-9]+=.*$/s, what: "of the form rules.KEY=VALUE" },
			{ argument: "<rules.key=value>", line: "change a rule; also simulator., agent., instrument., conversion. (repeatable)", fallback: "none" },
		),
		repeatable: true,
	},
	config: path({ argument: "<path>", line: "JSON file with these options (maxTrades: 5) and rules {...}; the command line wins", fallback: "none" }),
	onBreaker: choice(["hold", "flatten"], { line: "what a trip of the breaker does to open positions", fallback: "hold" }),
	onExit: choice(["flatten", "keep"], { line: "what the end of the session does to open positions", fallback: "flatten" }),
	unlimited: flag("measuring run, virtual only: no breaker and no loss, count or rate limits; never evidence"),
	ascii: flag("draw the cockpit with ASCII characters alone, as happens anyway where the locale is not UTF-8"),
	headless: flag("plain progress lines instead of the cockpit, as happens anyway without a terminal"),
	json: flag("JSON lines on stdout: the journal as it happens, last line the summary; nothing else"),
} satisfies Record<string, OptionRow<unknown>>;

export type RunOptionKey = keyof typeof RUN_OPTIONS;

type Parsed<R> = R extends OptionRow<infer T> ? T : never;

/** The options that were given, checked one by one; what was not given is absent. */
export type RunOptions = { -readonly [K in Exclude<RunOptionKey, "set">]?: Parsed<(typeof RUN_OPTIONS)[K]> } & { set: string[] };

/** `maxTrades` as written on the command line: `--max-trades`. */
export function optionName(key: string): string {
	return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Checks one option's text and puts the value into `options`. Throws a usage `Failure`. */
export function setOption(options: RunOptions, key: RunOptionKey, value: string, shownAs = optionName(key)): void {
	if (key === "set") options.set.push(RUN_OPTIONS.set.parse(shownAs, value));
	else Object.assign(options, { [key]: RUN_OPTIONS[key].parse(shownAs, value) });
}
