import { canonicalJson, sha256Hex } from "../canonical.ts";
import { cleanText } from "../clean-text.ts";
import { type LedgerEvent, readEvent } from "./ledger-event.ts";

/** One line of the ledger: what happened, when on the wall clock, chained to the line before. */
export type LedgerLine = LedgerEvent & {
	/** Line number, from 1. */
	readonly n: number;
	/** ISO 8601 UTC. */
	readonly wall: string;
	/** Hash of the line before; 64 zeros in the first. */
	readonly prev: string;
	/** SHA-256 of the line without this field, 64 hex digits. */
	readonly hash: string;
};

/** What stands for the hash before the first line. */
export const LEDGER_GENESIS = "0".repeat(64);

/** The text of an event's line (canonical JSON, no line break), and the line itself. */
export function encodeLedgerLine(event: LedgerEvent, n: number, wall: string, prev: string): { readonly text: string; readonly line: LedgerLine } {
	const content = { kind: event.kind, data: event.data, n, wall, prev };
	const line = { ...content, hash: sha256Hex(canonicalJson(content)) } as LedgerLine;
	return { text: canonicalJson(line), line };
}

/** The line that a text holds as number `n` after `prev`, or what is wrong with it, in words that name the field. */
export function decodeLedgerLine(text: string, n: number, prev: string): LedgerLine | string {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return "it is not JSON";
	}
	if (typeof value !== "object" || value === null || Array.isArray(value)) return "it is no object";
	const { hash, ...content } = value as Record<string, unknown>;
	const { kind, data, wall } = content;
	if (typeof kind !== "string" || typeof wall !== "string" || Number.isNaN(Date.parse(wall))) return "its kind or its time is missing";
	if (content.n !== n) return `it says that it is line ${cleanText(String(content.n), 20)}: lines were removed, added or moved`;
	if (content.prev !== prev) return "it does not follow the line before (prev): one of the two was changed";
	if (hash !== sha256Hex(canonicalJson(content)) || canonicalJson(value) !== text) return "its hash does not fit its text: it was changed";
	const event = readEvent(kind, data);
	if (typeof event === "string") return cleanText(event, 120);
	return value as LedgerLine;
}
