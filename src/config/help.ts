import { formatRule } from "../engine/rules.ts";
import { RULES, type RuleKey } from "../engine/rules-table.ts";
import { optionName, RUN_OPTIONS, type RunOptionKey } from "./options.ts";

const WIDTH = 100;
const INDENT = 4;

/** The options of `kinetra run` as help text: what each means, its unit and its default. Generated from the table that parses them. */
export function runOptionsHelp(): string {
	const rows = (Object.keys(RUN_OPTIONS) as RunOptionKey[]).map((key) => {
		const row = RUN_OPTIONS[key];
		return entry(`${optionName(key)}${row.argument === null ? "" : ` ${row.argument}`}`, `${row.line} (default: ${row.fallback})`);
	});
	return `Options of run:\n${rows.join("\n")}`;
}

/** The rules that `--set` changes, with their virtual defaults; docs/CONTROLS.md has ranges and the other stages. */
export function rulesHelp(): string {
	const rows = (Object.keys(RULES) as RuleKey[]).map((key) => {
		const row = RULES[key];
		return entry(`rules.${key}`, `${row.line} (${row.control}, default: ${formatRule(key, row.defaults.virtual)})`);
	});
	return `Limits in force, changed with --set rules.KEY=VALUE (virtual defaults; ranges: docs/CONTROLS.md):\n${rows.join("\n")}`;
}

function entry(name: string, text: string): string {
	return `  ${name}\n${wrapped(text)}`;
}

function wrapped(text: string): string {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ")) {
		if (line !== "" && INDENT + line.length + 1 + word.length > WIDTH) {
			lines.push(line);
			line = word;
		} else line = line === "" ? word : `${line} ${word}`;
	}
	return [...lines, line].map((piece) => " ".repeat(INDENT) + piece).join("\n");
}
