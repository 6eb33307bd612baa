import { cleanText } from "../adapters/clean-text.ts";
import { usageFailure } from "../adapters/failure.ts";
import { suggestion } from "./nearest.ts";

/**
 * One option of `kinetra run`: how it is written, what it means, and how its text becomes a checked value. `parse` throws a usage
 * `Failure` that names the option, the value and what is allowed. The help is generated from these rows.
 */
export type OptionRow<T> = {
	/** What stands after the option's name in the help, or null for a switch. */
	readonly argument: string | null;
	readonly line: string;
	/** The default, in words, with its unit. */
	readonly fallback: string;
	/** True when the option may be given several times. */
	readonly repeatable: boolean;
	/** The words that may be given, or null where it is not one of a few. */
	readonly words: readonly string[] | null;
	/** Range and unit of a number as text (`0.1 to 5256000 minutes`), empty for everything else. */
	readonly range: string;
	parse(option: string, text: string): T;
};

type Texts = { readonly argument: string; readonly line: string; readonly fallback: string };

const NO_WORDS = { repeatable: false, words: null, range: "" } as const;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A word out of a fixed list. */
export function choice<const T extends string>(values: readonly T[], texts: Omit<Texts, "argument"> & { readonly argument?: string }): OptionRow<T> {
	return {
		argument: `<${values.join("|")}>`,
		...texts,
		repeatable: false,
		words: values,
		range: "",
		parse(option, text) {
			const found = values.find((value) => value.toLowerCase() === text.trim().toLowerCase());
			if (found !== undefined) return found;
			throw usageFailure(`${option}: "${cleanText(text, 60)}" is unknown${suggestion(text, values) || "."} Allowed: ${values.join(", ")}.`);
		},
	};
}

/** What a number may be. */
type Range = { readonly min: number; readonly max: number; readonly unit: string; readonly whole?: boolean };

/** A number within a range, whole where said. */
export function number(range: Range, texts: Texts): OptionRow<number> {
	const allowed = allowedOf(range);
	return { ...texts, ...NO_WORDS, range: allowed, parse: (option, value) => parseNumber(option, value, range, allowed) };
}

/** As `number`, or a word that stands for a special value. */
export function numberOr<const T extends string | null>(range: Range, word: string, special: T, texts: Texts): OptionRow<number | T> {
	const allowed = `${allowedOf(range)}, or ${word}`;
	return {
		...texts,
		...NO_WORDS,
		range: allowed,
		parse: (option, value) => (value.trim().toLowerCase() === word ? special : parseNumber(option, value, range, allowed)),
	};
}

/** Text of a given form. */
export function text(
	form: { readonly pattern: RegExp; readonly what: string },
	texts: Texts,
	change: (text: string) => string = (same) => same,
): OptionRow<string> {
	return {
		...texts,
		...NO_WORDS,
		parse(option, value) {
			const changed = change(value.trim());
			if (!form.pattern.test(changed)) throw usageFailure(`${option}: "${cleanText(value, 60)}" is not ${form.what}.`);
			return changed;
		},
	};
}

/** A path; whether it can be opened shows when it is. */
export function path(texts: Texts): OptionRow<string> {
	return {
		...texts,
		...NO_WORDS,
		parse(option, value) {
			if (value === "" || value.includes("\0")) throw usageFailure(`${option}: give the path of a file.`);
			return value;
		},
	};
}

/** A switch: present or not. In a configuration file `true` or `false`. */
export function flag(line: string): OptionRow<boolean> {
	return {
		argument: null,
		line,
		fallback: "off",
		...NO_WORDS,
		parse(option, value) {
			if (value === "true" || value === "false") return value === "true";
			throw usageFailure(`${option}: "${cleanText(value, 60)}" is neither true nor false.`);
		},
	};
}

/** A broker date with or without a time: `2024-01-31`, `2024.01.31`, `2024-01-31T09:30`. In milliseconds of the broker's clock. */
export function date(texts: Texts): OptionRow<number> {
	return {
		...texts,
		...NO_WORDS,
		parse(option, value) {
			const parts = /^(\d{4})[-.](\d{2})[-.](\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(value.trim());
			const [year, month, day, hour, minute, second] = (parts ?? []).slice(1).map((part) => Number(part ?? 0));
			const at = parts === null ? Number.NaN : Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0);
			// A day or hour that does not exist would roll over into the next one; writing the date back shows it.
			const back = Number.isFinite(at) ? new Date(at).toISOString() : "";
			const asked = parts === null ? "?" : `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4] ?? "00"}:${parts[5] ?? "00"}:${parts[6] ?? "00"}`;
			if (!back.startsWith(asked))
				throw usageFailure(`${option}: "${cleanText(value, 60)}" is not a date. Write YYYY-MM-DD or YYYY-MM-DDTHH:MM (broker time).`);
			return at;
		},
	};
}

function allowedOf(range: Range): string {
	return `${range.min} to ${range.max}${range.unit === "" ? "" : ` ${range.unit}`}${range.whole === true ? ", whole" : ""}`;
}

function parseNumber(option: string, text: string, range: Range, allowed: string): number {
	const trimmed = text.trim();
	const value = NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
	const shown = cleanText(text, 60);
	if (!Number.isFinite(value)) throw usageFailure(`${option}: "${shown}" is not a number. Allowed: ${allowed}.`);
	if (range.whole === true && !Number.isInteger(value)) throw usageFailure(`${option}: ${shown} is not a whole number. Allowed: ${allowed}.`);
	if (!(value >= range.min && value <= range.max)) throw usageFailure(`${option}: ${shown} is out of range. Allowed: ${allowed}.`);
	return value;
}
