import { hash } from "node:crypto";

/**
 * JSON with sorted keys and no spaces: equal values give equal text, whatever the order in which their keys were set. Only plain JSON
 * goes in; keys whose value is undefined are left out, as in JSON.
 */
export function canonicalJson(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
	const entries = Object.entries(value)
		.filter(([, item]) => item !== undefined)
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
	return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}

/** SHA-256 of a text as 64 hex digits. */
export function sha256Hex(text: string): string {
	return hash("sha256", text, "hex");
}
