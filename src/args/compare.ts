import { type Command, Option } from "commander";
import { usageFailure } from "../adapters/failure.ts";
import { number, type OptionRow } from "../config/option-kinds.ts";
import { optionName, RUN_OPTIONS, type RunOptionKey, type RunOptions, setOption } from "../config/options.ts";

/** `kinetra compare` as asked for: every option checked on its own. */
export type CompareRequest = {
	readonly command: "compare";
	/** Without agent and file, which may be several here. */
	readonly options: RunOptions;
	readonly agents: readonly string[];
	readonly files: readonly string[];
	/** Sessions a agent; null = not said. */
	readonly seeds: number | null;
	/** Threads; null = one a processor core. */
	readonly workers: number | null;
	readonly json: boolean;
};

/** Options of `run` that say how a session goes and make sense where nobody watches and nothing is kept. */
const SHARED: readonly RunOptionKey[] = [
	"feed",
	"scenario",
	"symbol",
	"timeframe",
	"duration",
	"maxTrades",
	"ticks",
	"from",
	"to",
	"skipBadRows",
	"seed",
	"risk",
	"chsThreshold",
	"onBreaker",
	"unlimited",
	"warmup",
	"balance",
	"currency",
	"leverage",
	"account",
	"spec",
	"set",
	"config",
];

const SEEDS = number({ min: 2, max: 10_000, unit: "sessions", whole: true }, { argument: "<count>", line: "sessions for each agent", fallback: "20" });
const WORKERS = number({ min: 1, max: 64, unit: "threads", whole: true }, { argument: "<count>", line: "sessions at the same time", fallback: "one a core" });

/** The options of this command, as they are typed. */
export const COMPARE_OPTIONS: readonly string[] = ["--agents", "--seeds", "--workers", "--file", "--json", ...SHARED.map(optionName)];

/** Adds `compare`. */
export function addCompare(program: Command, accept: (request: CompareRequest) => void): void {
	const compare = program
		.command("compare")
		.description("try several agents on the same sessions and say what differs, with 95 % intervals; keeps nothing (docs/COMPARING.md)")
		.allowExcessArguments(false)
		.requiredOption("--agents <names>", 'what --agent takes, separated by commas; at least two; quote a process:"..." that holds a comma')
		.option("--seeds <count>", "sessions for each agent: seeds of the synthetic market, or stretches of equal length of the files (default: 20)")
		.option("--workers <count>", "sessions that run at the same time (default: one a core)")
		.option("--file <path>", "MT5 export, .csv or .csv.gz (repeatable)", (value: string, before: readonly string[] = []) => [...before, value])
		.option("--json", "one JSON document on stdout, nothing else");
	for (const key of SHARED) {
		const row: OptionRow<unknown> = RUN_OPTIONS[key];
		const line = key === "seed" ? "the first seed; the sessions take it and those after it (default: 1)" : `${row.line} (default: ${row.fallback})`;
		const option = new Option(row.argument === null ? optionName(key) : `${optionName(key)} ${row.argument}`, line);
		if (row.repeatable) option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
		compare.addOption(option);
	}
	compare.action((given: Given) => accept(requestOf(given)));
}

type Given = Readonly<Record<string, string | boolean | readonly string[] | undefined>> & {
	readonly agents: string;
	readonly seeds?: string;
	readonly workers?: string;
	readonly file?: readonly string[];
	readonly json?: boolean;
};

function requestOf(given: Given): CompareRequest {
	const options: RunOptions = { set: [] };
	for (const key of SHARED) {
		const value = given[key];
		if (value === undefined) continue;
		for (const text of Array.isArray(value) ? value : [String(value)]) setOption(options, key, text);
	}
	if (options.feed === "bridge")
		throw usageFailure("--feed bridge: live quotes never come a second time, so agents cannot meet the same ones. Use synthetic or csv.");
	const files = (given.file ?? []).map((text) => RUN_OPTIONS.file.parse("--file", text));
	return {
		command: "compare",
		options,
		agents: namesIn(given.agents),
		files,
		seeds: given.seeds === undefined ? null : SEEDS.parse("--seeds", given.seeds),
		workers: given.workers === undefined ? null : WORKERS.parse("--workers", given.workers),
		json: given.json === true,
	};
}

/** The names between the commas; a comma between quotes belongs to its name, and quotes around a whole name or command are not part of it. */
function namesIn(text: string): string[] {
	const names = text.match(/(?:"[^"]*"|[^,"]|"(?=[^"]*$))+/g) ?? [];
	const trimmed = names.map((name) => name.trim().replace(/^(process:|)"([^"]*)"$/, "$1$2")).filter((name) => name !== "");
	if (trimmed.length === 0) throw usageFailure("--agents: name at least two agents, separated by commas, such as --agents ppo,sma,buy-and-hold.");
	return trimmed;
}
