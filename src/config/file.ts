import { cleanText } from "../adapters/clean-text.ts";
import { usageFailure } from "../adapters/failure.ts";
import { readJsonFile } from "../adapters/user-file.ts";
import { type Change, isChangeArea } from "./changes.ts";
import { suggestion } from "./nearest.ts";
import { optionName, RUN_OPTIONS, type RunOptionKey, type RunOptions, setOption } from "./options.ts";

/** Not for a file: it would name itself, and single changes have objects of their own there. */
const NOT_IN_FILE: readonly RunOptionKey[] = ["config", "set"];

/**
 * Reads `--config`: the options of the command line under their names (`maxTrades` or `max-trades`), and `rules`, `simulator`,
 * `agent`, `instrument`, `conversion` as objects, and `stages` with the `rules` of one stage alone. Fills what the command line left open and returns the changes, which `--set` then overrules. Throws a usage `Failure`
 * that names file and key.
 */
export function applyConfigFile(path: string, options: RunOptions): readonly Change[] {
	const changes: Change[] = [];
	for (const [name, value] of Object.entries(readJsonFile("--config", path))) {
		const from = `--config ${cleanText(path, 100)}: ${cleanText(name, 60)}`;
		if (name === "stages") {
			changes.push(...stageChanges(value, from, options));
			continue;
		}
		if (isChangeArea(name) && typeof value === "object" && value !== null && !Array.isArray(value)) {
			changes.push(...changesOf(name, value as Record<string, unknown>, from, options));
			continue;
		}
		if (isChangeArea(name) && name !== "agent") throw usageFailure(`${from}: expected an object, such as {"rules": {"maxLots": 0.5}}.`);
		const key = keyOf(name);
		if (key === null) {
			const known = [
				...Object.keys(RUN_OPTIONS).filter((option) => !NOT_IN_FILE.includes(option as RunOptionKey)),
				"rules",
				"simulator",
				"instrument",
				"conversion",
				"stages",
			];
			throw usageFailure(`${from}: unknown key${suggestion(name, known) || `. Known: ${known.join(", ")}.`}`);
		}
		if (key in options) continue;
		setOption(options, key, textOf(from, value, key), from);
	}
	return changes;
}

/** `stages: { demo: { rules: {...} } }`: limits of one stage alone. */
function stageChanges(value: unknown, from: string, options: RunOptions): Change[] {
	const changes: Change[] = [];
	for (const [name, section] of Object.entries(objectOf(value, from))) {
		const stage = STAGES.find((known) => known === name);
		const place = `${from}.${cleanText(name, 60)}`;
		if (stage === undefined) throw usageFailure(`${place}: unknown stage${suggestion(name, STAGES) || `. Known: ${STAGES.join(", ")}.`}`);
		for (const [area, values] of Object.entries(objectOf(section, place))) {
			const part = `${place}.${cleanText(area, 60)}`;
			if (area !== "rules") throw usageFailure(`${part}: a stage of its own has only rules, such as {"stages": {"demo": {"rules": {"maxLots": 0.05}}}}.`);
			changes.push(...changesOf(area, objectOf(values, part), part, options).map((change) => ({ ...change, stage })));
		}
	}
	return changes;
}

const STAGES = ["virtual", "demo", "live"] as const;

function objectOf(value: unknown, from: string): Record<string, unknown> {
	if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	throw usageFailure(`${from}: expected an object, such as {"stages": {"demo": {"rules": {"maxLots": 0.05}}}}.`);
}

function changesOf(area: Change["area"], values: Readonly<Record<string, unknown>>, from: string, options: RunOptions): Change[] {
	const changes: Change[] = [];
	for (const [key, value] of Object.entries(values)) {
		const place = `${from}.${cleanText(key, 60)}`;
		if (area === "agent" && key === "id") {
			if (options.agent === undefined) setOption(options, "agent", textOf(place, value, "agent"), place);
			continue;
		}
		changes.push({ area, key, text: area === "conversion" ? rateText(value) : typeof value === "string" ? value : JSON.stringify(value), from: place });
	}
	return changes;
}

/** A rate as a number, a text, or `{"bid": 157.10, "ask": 157.12}`. */
function rateText(value: unknown): string {
	if (typeof value !== "object" || value === null) return String(value);
	const { bid, ask } = value as { bid?: unknown; ask?: unknown };
	return `${String(bid)}/${String(ask)}`;
}

function keyOf(name: string): RunOptionKey | null {
	const keys = (Object.keys(RUN_OPTIONS) as RunOptionKey[]).filter((key) => !NOT_IN_FILE.includes(key));
	return keys.find((key) => name === key || `--${name}` === optionName(key)) ?? null;
}

function textOf(from: string, value: unknown, key: RunOptionKey): string {
	// No limit may be written as JSON's own word for nothing.
	if (value === null && key === "maxTrades") return "none";
	if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
	throw usageFailure(`${from}: expected a text, a number or true/false.`);
}
