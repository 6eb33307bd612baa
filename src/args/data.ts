import type { Command } from "commander";
import { usageFailure } from "../adapters/failure.ts";
import { EMBARGO_BARS, EMBARGO_BARS_MAX, SPLIT_SHARE, type SplitAt } from "../commands/data/split.ts";
import { date, number } from "../config/option-kinds.ts";

/** What `kinetra data` was asked for. */
export type DataRequest = { readonly command: "data"; readonly action: DataAction };

export type DataAction =
	/** `out` null: the data folder of the home. `symbols` null: all. */
	| {
			readonly name: "prepare";
			readonly folder: string;
			readonly split: SplitAt;
			readonly embargoBars: number;
			readonly symbols: readonly string[] | null;
			readonly out: string | null;
			readonly force: boolean;
			readonly json: boolean;
	  }
	| { readonly name: "check"; readonly folder: string; readonly symbols: readonly string[] | null; readonly json: boolean }
	| { readonly name: "list"; readonly out: string | null; readonly json: boolean };

/** The commands below `kinetra data`, and their options, as they are typed. */
export const DATA_COMMANDS = ["prepare", "check", "list", "help"];
export const DATA_OPTIONS = ["--train-until", "--split", "--symbols", "--embargo", "--out", "--force", "--json"];

const NO_TEXT = { argument: "", line: "", fallback: "" };
const SPLIT = number({ min: 0.05, max: 0.95, unit: "" }, NO_TEXT);
const EMBARGO = number({ min: 0, max: EMBARGO_BARS_MAX, unit: "bars", whole: true }, NO_TEXT);
const UNTIL = date(NO_TEXT);

/** Adds `kinetra data`; `accept` gets what was asked of it. */
export function addData(program: Command, accept: (request: DataRequest) => void): void {
	const data = program.command("data").description("MT5 exports for training and test: check, split, list");
	const symbols = ["--symbols <names>", "only these symbols, with commas between (default: all)"] as const;
	data
		.command("prepare <DIR>")
		.description("check the bar exports in a folder (.csv, .csv.gz) and divide them in time: data/train, an embargo, data/test")
		.option("--split <share>", `share of the market time that is for training, 0.05 to 0.95 (default: ${SPLIT_SHARE}); the split is at a broker midnight`)
		.option("--train-until <date>", "instead: training ends before this moment, broker time (YYYY-MM-DD[THH:MM])")
		.option("--embargo <bars>", `bars of each file left out between training and test (default: ${EMBARGO_BARS}, the longest look-back of the features)`)
		.option(...symbols)
		.option("--out <folder>", "where train, test and manifest.json go (default: the data folder of KINETRA_HOME)")
		.option("--force", "replace what an earlier preparation wrote there; other files are never touched")
		.option("--json", "the report as one JSON object")
		.allowExcessArguments(false)
		.action((folder: string, given: Given) => accept({ command: "data", action: prepareOf(folder, given) }));
	data
		.command("check <DIR>")
		.description("the same report, and nothing is written")
		.option(...symbols)
		.option("--json", "as one JSON object")
		.allowExcessArguments(false)
		.action((folder: string, given: Given) =>
			accept({ command: "data", action: { name: "check", folder: pathOf("DIR", folder), symbols: symbolsOf(given), json: given.json === true } }),
		);
	data
		.command("list", { isDefault: true })
		.description("what is prepared, and whether it is still as it was written")
		.option("--out <folder>", "another folder than the data folder of KINETRA_HOME")
		.option("--json", "as one JSON object")
		.allowExcessArguments(false)
		.action((given: Given) => accept({ command: "data", action: { name: "list", out: outOf(given), json: given.json === true } }));
}

type Given = { split?: string; trainUntil?: string; embargo?: string; symbols?: string; out?: string; force?: boolean; json?: boolean };

function prepareOf(folder: string, given: Given): DataAction {
	const { split, trainUntil, embargo } = given;
	if (split !== undefined && trainUntil !== undefined) throw usageFailure("--split and --train-until both say where training ends. Give one of them.");
	return {
		name: "prepare",
		folder: pathOf("DIR", folder),
		split:
			trainUntil === undefined
				? { kind: "share", share: split === undefined ? SPLIT_SHARE : SPLIT.parse("--split", split) }
				: { kind: "until", at: UNTIL.parse("--train-until", trainUntil) },
		embargoBars: embargo === undefined ? EMBARGO_BARS : EMBARGO.parse("--embargo", embargo),
		symbols: symbolsOf(given),
		out: outOf(given),
		force: given.force === true,
		json: given.json === true,
	};
}

function symbolsOf({ symbols }: Given): readonly string[] | null {
	if (symbols === undefined) return null;
	const names = symbols.split(",").map((name) => name.trim());
	if (names.includes("")) throw usageFailure("--symbols: write names with commas between, such as EURUSD,XAUUSD.");
	return names;
}

function outOf({ out }: Given): string | null {
	return out === undefined ? null : pathOf("--out", out);
}

function pathOf(what: string, path: string): string {
	if (path !== "" && !path.includes("\0")) return path;
	throw usageFailure(`${what}: give the path of a folder.`);
}
