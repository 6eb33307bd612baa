import type { FieldFacts, FormServices } from "../services.ts";
import type { Choices } from "../state.ts";
import { FEED_LEAVES_OUT, feedOf } from "./feed.ts";

/** A field of the form as it stands. All texts are safe to show. */
export type SheetRow = {
	readonly key: string;
	readonly label: string;
	readonly kind: FieldFacts["kind"];
	/** The value in force, as the screen shows it. */
	readonly value: string;
	/** Whether the user chose it; false = the default. */
	readonly chosen: boolean;
	/** What may be typed: words, or range and unit; of a chosen file its whole path. */
	readonly allowed: string;
	/** What the option is, in a sentence. */
	readonly line: string;
	/** What is wrong with the value, or null. */
	readonly problem: string | null;
};

/** The form worked out from the choices: what its painters show and its keys obey. */
export type Sheet = {
	readonly rows: readonly SheetRow[];
	/** Why no session can start with these choices, or null. */
	readonly problem: string | null;
	readonly summary: readonly string[];
	/** The command line that does the same. */
	readonly command: string;
};

const LABELS: Readonly<Record<string, string>> = {
	symbol: "Symbol",
	agent: "Agent",
	feed: "Feed",
	scenario: "Scenario",
	file: "File",
	timeframe: "Timeframe",
	duration: "Duration",
	maxTrades: "Max trades",
	chsThreshold: "CHS threshold",
	risk: "Risk",
	speed: "Speed",
	seed: "Seed",
	onBreaker: "On breaker",
	onExit: "On exit",
	shadow: "Shadow",
};

/** Works the form out: every field checked by itself, then all of them together. */
export function sheetOf(services: FormServices, choices: Choices): Sheet {
	const rows = fieldsFor(services, choices).map((facts): SheetRow => rowOf(services, facts, choices));
	const wrong = rows.find((row) => row.problem !== null);
	const problem = wrong?.problem ?? services.checkChoices(choices);
	return {
		rows,
		problem,
		// Of a session that cannot start nothing is told.
		summary: problem === null ? services.describe(choices) : [],
		command: services.commandLine(choices),
	};
}

/** The fields in order: a scenario for the synthetic market, a file for recorded data, neither for live quotes. */
export function fieldsFor(services: FormServices, choices: Choices): readonly FieldFacts[] {
	const left: readonly string[] = FEED_LEAVES_OUT[feedOf(choices)];
	return services.fields.filter(({ key }) => !left.includes(key));
}

/** The choices with one changed; an empty text, or what is the default anyway, takes it out. */
export function withChoice(services: FormServices, choices: Choices, key: string, text: string): Choices {
	const { [key]: _before, ...others } = choices;
	return text.trim() === "" || text.trim() === services.initial(key, others) ? others : { ...others, [key]: text };
}

function rowOf(services: FormServices, facts: FieldFacts, choices: Choices): SheetRow {
	const text = choices[facts.key];
	const value = text ?? services.initial(facts.key, choices);
	return {
		key: facts.key,
		label: LABELS[facts.key] ?? facts.key,
		kind: facts.kind,
		value: services.shown(facts.kind === "file" ? lastPart(value) : withUnit(facts.key, value)),
		chosen: text !== undefined,
		allowed: allowedFor(services, facts, text),
		line: facts.line,
		problem: text === undefined ? null : services.checkField(facts.key, text),
	};
}

/** Of a file the whole path stands where others say what is allowed: its column is too narrow for one. */
function allowedFor(services: FormServices, facts: FieldFacts, text: string | undefined): string {
	if (facts.kind === "file") return text === undefined ? "Enter looks for an MT5 export" : services.shown(text);
	if (facts.words === null) return facts.range;
	return facts.kind === "open-words" ? `${facts.words.join(", ")}, or typed: ./folder, model.onnx, process:COMMAND` : facts.words.join(", ");
}

function lastPart(path: string): string {
	return path.split(/[/\\]/).at(-1) ?? path;
}

/** Speed is a factor and says so: `60x`; what is no plain number stays as typed. */
function withUnit(key: string, value: string): string {
	return key === "speed" && /^[\d.]+$/.test(value) ? `${value}x` : value;
}
