import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { cleanText } from "./clean-text.ts";
import { usageFailure } from "./failure.ts";
import { reasonOf } from "./reason.ts";

/** Largest configuration or specification read; they are a few kilobytes. */
const MAX_BYTES = 1_048_576;

/**
 * Reads a JSON file that the user named after `option`: an ordinary file of at most 1 MiB holding one JSON object in UTF-8 (a byte
 * order mark is skipped). Throws a usage `Failure` (exit 2) that names the file and the reason.
 */
export function readJsonFile(option: string, path: string): Readonly<Record<string, unknown>> {
	const name = `${option}: ${cleanText(path, 200)}`;
	const text = readText(name, path);
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw usageFailure(`${name} is not JSON: ${reasonOf(error)}.`);
	}
	if (typeof value !== "object" || value === null || Array.isArray(value))
		throw usageFailure(`${name} must hold one JSON object, such as {"symbol": "EURUSD"}.`);
	return value as Record<string, unknown>;
}

function readText(name: string, path: string): string {
	let fd: number;
	try {
		// Without blocking: a named pipe would otherwise wait for a writer for ever.
		fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	} catch (error) {
		throw usageFailure(`${name} cannot be read: ${reasonOf(error)}.`);
	}
	try {
		const found = fstatSync(fd);
		if (!found.isFile()) throw usageFailure(`${name} is not an ordinary file.`);
		if (found.size === 0) throw usageFailure(`${name} is empty.`);
		if (found.size > MAX_BYTES) throw usageFailure(`${name} is too large (${found.size} bytes; at most ${MAX_BYTES}).`);
		return decode(name, readFileSync(fd));
	} finally {
		closeSync(fd);
	}
}

function decode(name: string, bytes: Buffer): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw usageFailure(`${name} is not UTF-8 text.`);
	}
}
