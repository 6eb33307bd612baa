import type { Manifest } from "../../engine/agents/policy/manifest.ts";

/** A manifest as a file: one field a line, lists of plain values on one line, so that a person can read it and two of them can be compared. */
export function manifestText(manifest: Manifest): string {
	return `${textOf(manifest, "")}\n`;
}

function textOf(value: unknown, indent: string): string {
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	const deeper = `${indent}\t`;
	if (Array.isArray(value)) {
		if (value.every((item) => typeof item !== "object" || item === null)) return `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
		return `[\n${value.map((item) => `${deeper}${textOf(item, deeper)}`).join(",\n")}\n${indent}]`;
	}
	const fields = Object.entries(value).map(([key, item]) => `${deeper}${JSON.stringify(key)}: ${textOf(item, deeper)}`);
	return `{\n${fields.join(",\n")}\n${indent}}`;
}
