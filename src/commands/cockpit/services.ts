import { cleanText } from "../../adapters/clean-text.ts";
import { Failure, usageFailure } from "../../adapters/failure.ts";
import { type ExportName, parseExportName } from "../../adapters/feed/csv/file-name.ts";
import { agentWith } from "../../config/changes.ts";
import { DEFAULTS } from "../../config/defaults.ts";
import type { OptionRow } from "../../config/option-kinds.ts";
import { optionName, RUN_OPTIONS, type RunOptionKey, type RunOptions, setOption } from "../../config/options.ts";
import { agentIds, checkTogether } from "../../config/together.ts";
import { BUILT_IN_INSTRUMENTS } from "../../engine/instruments/built-in.ts";
import { timeframeName } from "../../engine/market/timeframe.ts";
import { feedOf } from "../../ui/form/feed.ts";
import type { FieldFacts, Services } from "../../ui/services.ts";
import type { Choices } from "../../ui/state.ts";
import { describeChoices } from "./describe.ts";
import { shellQuote } from "./shell-quote.ts";

/** The look-ups of the screen, from the options of `kinetra run`. `guide` is the text of docs/LIVE_TESTING_GUIDE.md; `isThere` tells whether a file exists. */
export function createServices(guide: string, isThere: (path: string) => boolean = () => true): Services {
	return {
		fields: FORM_KEYS.map(factsOf),
		checkField,
		checkChoices: (choices) => problemOf(() => checkAll(choices, isThere)),
		initial,
		describe: (choices) => (isSound(choices) ? describeChoices(optionsOf(effective(choices)), (key) => initial(key, choices)) : []),
		shown: (text) => cleanText(text, 300),
		effective,
		commandLine,
		guide,
	};
}

/** Throws the `Failure` that a run with these choices would end with; what is wrong with the file is said in the words of the form. */
function checkAll(choices: Choices, isThere: (path: string) => boolean): void {
	const options = optionsOf(effective(choices));
	const recorded = feedOf(choices) === "csv";
	const { file } = choices;
	if (recorded && file === undefined)
		throw usageFailure("No file is chosen: Enter on File looks for an MT5 export. Or choose the feed synthetic, which needs none.");
	checkTogether(options);
	if (recorded && file !== undefined && !isThere(file))
		throw usageFailure(`There is no file ${cleanText(file, 200)} any more: Enter on File looks for another one.`);
}

/** The choices of the form, in its order. */
export const FORM_KEYS = [
	"symbol",
	"agent",
	"feed",
	"scenario",
	"file",
	"timeframe",
	"duration",
	"maxTrades",
	"chsThreshold",
	"risk",
	"speed",
	"seed",
] as const satisfies readonly RunOptionKey[];
type FormKey = (typeof FORM_KEYS)[number];

/** Common values that the arrows go through; words and symbols come from their tables. */
const OFFERS: Partial<Readonly<Record<FormKey, readonly string[]>>> = {
	symbol: BUILT_IN_INSTRUMENTS.map(({ symbol }) => symbol),
	duration: ["15", "30", "60", "120", "240", "480", "1440"],
	maxTrades: ["1", "3", "5", "10", "20", "50", "100", "none"],
	chsThreshold: ["0.45", "0.5", "0.55", "0.6", "0.65", "0.7", "0.75"],
	risk: ["0.25", "0.5", "1", "1.5", "2"],
	speed: ["1", "10", "60", "300", "1000", "max"],
};

function factsOf(key: FormKey): FieldFacts {
	const row: OptionRow<unknown> = RUN_OPTIONS[key];
	const words = key === "agent" ? agentIds() : row.words;
	const kind = key === "file" ? "file" : words !== null ? "words" : row.range !== "" ? "number" : "text";
	const range = key === "symbol" ? `built in: ${(OFFERS.symbol ?? []).join(", ")}` : row.range;
	return { key, line: row.line, fallback: row.fallback, words, range, kind, offers: words ?? OFFERS[key] ?? [] };
}

/** What is wrong with the text for one option, said with the option's name as people read it. */
function checkField(key: string, text: string): string | null {
	if (!isOption(key)) return `There is no choice "${cleanText(key, 40)}".`;
	const name = optionName(key).slice(2).replaceAll("-", " ").replace("chs", "CHS");
	return problemOf(() => {
		setOption({ set: [] }, key, text, `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
		if (key === "agent") agentWith(text.trim(), agentIds(), []);
	});
}

function initial(key: string, choices: Choices): string {
	const recorded = feedOf(choices) === "csv";
	const name = recorded && choices.file !== undefined ? parseExportName(choices.file) : null;
	switch (key) {
		case "symbol":
			return recorded ? ofFile(name?.symbol ?? name?.rawSymbol ?? null) : DEFAULTS.symbol;
		case "timeframe":
			return recorded ? ofFile(timeframeOf(name)) : DEFAULTS.timeframe;
		case "duration":
			return recorded ? "whole file" : String(DEFAULTS.durationMinutes);
		case "feed":
			return choices.file === undefined ? DEFAULTS.feed : "csv";
		default:
			return FIXED[key] ?? "";
	}
}

/** Defaults that do not depend on the other choices. */
const FIXED: Readonly<Record<string, string>> = {
	agent: DEFAULTS.agent,
	scenario: DEFAULTS.scenario,
	file: "none chosen",
	maxTrades: String(DEFAULTS.maxTrades),
	chsThreshold: String(DEFAULTS.chsThreshold),
	risk: String(DEFAULTS.riskPct),
	speed: String(DEFAULTS.speed),
	seed: "random",
};

function ofFile(said: string | null): string {
	return said === null ? "the file's" : `${said} (the file's)`;
}

function timeframeOf(name: ExportName | null): string | null {
	return name === null || name.timeframeMinutes === null ? null : timeframeName(name.timeframeMinutes);
}

function effective(choices: Choices): Choices {
	const left = feedOf(choices) === "csv" ? "scenario" : "file";
	const { [left]: _other, ...kept } = choices;
	return Object.fromEntries(Object.entries(kept).filter(([key, text]) => text.trim() !== initial(key, kept)));
}

function commandLine(choices: Choices): string {
	const kept = effective(choices);
	const known = (Object.keys(RUN_OPTIONS) as RunOptionKey[]).filter((key) => kept[key] !== undefined);
	const ordered = [...FORM_KEYS.filter((key) => known.includes(key)), ...known.filter((key) => !(FORM_KEYS as readonly string[]).includes(key))];
	return ["kinetra run", ...ordered.flatMap((key) => argumentsOf(key, kept[key] ?? ""))].join(" ");
}

function argumentsOf(key: RunOptionKey, text: string): readonly string[] {
	if (RUN_OPTIONS[key].argument === null) return text === "true" ? [optionName(key)] : [];
	return [optionName(key), shellQuote(key === "file" ? text : text.trim())];
}

/** The options that the texts of these choices mean. Throws a usage `Failure` for a text that is none. */
function optionsOf(choices: Choices): RunOptions {
	const options: RunOptions = { set: [] };
	for (const [key, text] of Object.entries(choices)) if (isOption(key)) setOption(options, key, text);
	return options;
}

function isSound(choices: Choices): boolean {
	return Object.entries(effective(choices)).every(([key, text]) => checkField(key, text) === null);
}

function isOption(key: string): key is RunOptionKey {
	return Object.hasOwn(RUN_OPTIONS, key);
}

function problemOf(check: () => void): string | null {
	try {
		check();
		return null;
	} catch (error) {
		if (error instanceof Failure) return error.message;
		throw error;
	}
}
