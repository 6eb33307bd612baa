import { hash } from "node:crypto";
import type { BrokerMs } from "../../engine/units.ts";

/** One line of a session's journal: what happened, when on the broker's clock, and after how many rows of the feed. */
export type JournalRecord = {
	/** Line number, from 1. */
	readonly n: number;
	readonly at: BrokerMs;
	/** Rows of the feed that had been processed before this was written; replay feeds the same number. */
	readonly tick: number;
	readonly kind: string;
	readonly data: unknown;
	/** SHA-256 of the line before and this one: 64 hex digits. */
	readonly hash: string;
};

/** What stands for "the hash of the line before" in the first line. */
export const GENESIS = "0".repeat(64);

/** Length of `,"hash":"<64 hex>"}`, which ends every line. */
const TAIL = 75;

/**
 * A journal line (without its line break) and its hash. The hash covers the hash of the line before and the text of this one, so
 * a line cannot be changed, removed, added or moved without breaking every line after it (control C43).
 * Throws what `JSON.stringify` throws on data that is not plain JSON: a bug of the caller.
 */
export function encodeLine(n: number, at: BrokerMs, tick: number, kind: string, data: unknown, previous: string): { line: string; hash: string } {
	const text = `${previous}\n{"n":${n},"at":${Number.isFinite(at) ? at : null},"tick":${tick},"kind":${JSON.stringify(kind)},"data":${JSON.stringify(data) ?? null}}`;
	const digest = hash("sha256", text, "hex");
	// Cut out of the text that was hashed: the engine has joined its parts by then, and joining them once more would cost a quarter of a line.
	return { line: `${text.slice(previous.length + 1, -1)},"hash":"${digest}"}`, hash: digest };
}

/** The hash that a line claims, from its text alone. */
export function hashOf(line: string): string {
	return line.slice(-66, -2);
}

/** The hash that a line's text must have when it follows `previous`. */
export function chainHash(line: string, previous: string): string {
	return hash("sha256", `${previous}\n${line.slice(0, -TAIL)}}`, "hex");
}
