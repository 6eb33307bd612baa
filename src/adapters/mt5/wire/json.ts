import { cleaned } from "./scalars.ts";

const MAX_DEPTH = 8;
const MAX_ENTRIES = 1000;
const MAX_TEXT = 500;

/**
 * A parsed JSON value whose shape is not known, made harmless: text cleaned, tables without prototype and without the names that reach one, nothing
 * deeper than 8 or longer than 1000 entries (what is beyond becomes null, or is left out). A copy; numbers of JSON.parse that overflowed are null.
 */
export function plain(value: unknown, depth = 0): unknown {
	if (typeof value === "string") return cleaned(value, MAX_TEXT);
	if (typeof value === "number") return Number.isFinite(value) ? value : null;
	if (typeof value === "boolean" || value === null) return value;
	if (typeof value !== "object" || depth >= MAX_DEPTH) return null;
	if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => plain(item, depth + 1));
	return table(value, depth);
}

/** `plain` of an object; an empty table for anything else. */
export function plainTable(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? table(value, 0) : Object.create(null);
}

function table(value: object, depth: number): Readonly<Record<string, unknown>> {
	const out: Record<string, unknown> = Object.create(null);
	for (const [name, item] of Object.entries(value).slice(0, MAX_ENTRIES)) {
		if (name !== "__proto__" && name !== "constructor" && name !== "prototype") out[cleaned(name, 64)] = plain(item, depth + 1);
	}
	return out;
}
