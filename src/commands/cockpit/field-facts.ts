import { cleanText } from "../../adapters/clean-text.ts";
import { Failure } from "../../adapters/failure.ts";
import { agentIds, readAgentText } from "../../config/agent-name.ts";
import type { OptionRow } from "../../config/option-kinds.ts";
import { optionName, RUN_OPTIONS, type RunOptionKey, setOption } from "../../config/options.ts";
import { BUILT_IN_INSTRUMENTS } from "../../engine/instruments/built-in.ts";
import type { FieldFacts } from "../../ui/services.ts";
import type { Choices } from "../../ui/state.ts";
import { shellQuote } from "./shell-quote.ts";

/** Common values that the arrows go through; words and symbols come from their tables. */
const OFFERS: Partial<Readonly<Record<RunOptionKey, readonly string[]>>> = {
	symbol: BUILT_IN_INSTRUMENTS.map(({ symbol }) => symbol),
	duration: ["15", "30", "60", "120", "240", "480", "1440"],
	maxTrades: ["1", "3", "5", "10", "20", "50", "100", "none"],
	chsThreshold: ["0.45", "0.5", "0.55", "0.6", "0.65", "0.7", "0.75"],
	risk: ["0.25", "0.5", "1", "1.5", "2"],
	speed: ["1", "10", "60", "300", "1000", "max"],
};

/** What the form says of an option of `kinetra run`: taken from its row, so that the two cannot differ. A switch is `true` or `false`. */
export function factsOf(key: RunOptionKey): FieldFacts {
	const row: OptionRow<unknown> = RUN_OPTIONS[key];
	const words = key === "agent" ? agentIds() : (row.words ?? (row.argument === null ? SWITCH : null));
	// An agent of one's own is a path or a command: no list has it.
	const kind = key === "file" ? "file" : key === "agent" ? "open-words" : words !== null ? "words" : row.range !== "" ? "number" : "text";
	const range = key === "symbol" ? `built in: ${(OFFERS.symbol ?? []).join(", ")}` : row.range;
	return { key, line: row.line, fallback: row.fallback, words, range, kind, offers: words ?? OFFERS[key] ?? [] };
}

const SWITCH = ["false", "true"] as const;

/** What is wrong with the text for one option, said with the option's name as people read it; null = nothing. */
export function checkField(key: string, text: string): string | null {
	if (!Object.hasOwn(RUN_OPTIONS, key)) return `There is no choice "${cleanText(key, 40)}".`;
	const name = optionName(key).slice(2).replaceAll("-", " ").replace("chs", "CHS");
	return problemOf(() => {
		setOption({ set: [] }, key as RunOptionKey, text, `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
		if (key === "agent") readAgentText(text.trim());
	});
}

/** The message of the `Failure` that this throws, or null when it throws none. */
export function problemOf(check: () => void): string | null {
	try {
		check();
		return null;
	} catch (error) {
		if (error instanceof Failure) return error.message;
		throw error;
	}
}

/** `kinetra run` with these choices: those of the form in its order, then the others. */
export function commandLine(choices: Choices, order: readonly RunOptionKey[]): string {
	const known = (Object.keys(RUN_OPTIONS) as RunOptionKey[]).filter((key) => choices[key] !== undefined);
	const ordered = [...order.filter((key) => known.includes(key)), ...known.filter((key) => !order.includes(key))];
	return ["kinetra run", ...ordered.flatMap((key) => argumentsOf(key, choices[key] ?? ""))].join(" ");
}

function argumentsOf(key: RunOptionKey, text: string): readonly string[] {
	if (RUN_OPTIONS[key].argument === null) return text === "true" ? [optionName(key)] : [];
	return [optionName(key), shellQuote(key === "file" ? text : text.trim())];
}
