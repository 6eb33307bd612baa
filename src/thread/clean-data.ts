import { cleanText } from "../adapters/clean-text.ts";

const PLAIN = /^[\x20-\x7e]*$/;
const TEXT_MAX = 1000;

/**
 * A copy of plain data in which every text is safe for a screen: the one door through which symbols, comments, file names and messages
 * reach it from the engine's thread (S-14). Names of fields are ours and stay.
 */
export function cleanData<T>(value: T): T {
	return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
	if (typeof value === "string") return PLAIN.test(value) && value.length <= TEXT_MAX ? value : cleanText(value, TEXT_MAX);
	if (typeof value !== "object" || value === null) return value;
	if (Array.isArray(value)) return value.map(cleaned);
	return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, cleaned(part)]));
}
