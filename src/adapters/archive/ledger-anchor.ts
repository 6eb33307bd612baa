import { join } from "node:path";
import { canonicalJson } from "../canonical.ts";
import { type Home, readPrivateFile, writePrivateFile } from "../home.ts";
import { type Signer, signerOf } from "./signing-key.ts";

/**
 * Where the ledger ended when it was last written, in a second file and signed: the lines after a cut could not be missed otherwise. `next` is
 * written before lines are added: a crash in between leaves a ledger that ends at either place, and at no other.
 */
export type Anchor = { readonly n: number; readonly hash: string; readonly next: { readonly n: number; readonly hash: string } | null };

/** The anchor of a ledger; null when there is none; a sentence when it is damaged or not signed by this home. */
export function readAnchor(home: Home): Anchor | null | string {
	const path = anchorPath(home);
	const text = readPrivateFile(path);
	if (text === null) return null;
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return `${path} is not JSON`;
	}
	if (!isStored(value)) return `${path} lacks a field`;
	const { mac, ...anchor } = value;
	const signer = signerOf(home);
	if (signer === null) return "the key signing.key that signed it is missing";
	return signer.isMine(canonicalJson(anchor), mac) ? anchor : `${path} does not carry this home's signature`;
}

/** Replaces the anchor in one step, on the disk when this returns. Throws system errors. */
export function writeAnchor(home: Home, signer: Signer, anchor: Anchor): void {
	writePrivateFile(anchorPath(home), `${canonicalJson({ ...anchor, mac: signer.sign(canonicalJson(anchor)) })}\n`);
}

function anchorPath(home: Home): string {
	return join(home.root, "ledger.head");
}

function isStored(value: unknown): value is Anchor & { readonly mac: string } {
	if (typeof value !== "object" || value === null) return false;
	const { n, hash, next, mac, ...rest } = value as Record<string, unknown>;
	return isPlace({ n, hash }) && (next === null || isPlace(next)) && typeof mac === "string" && Object.keys(rest).length === 0;
}

function isPlace(value: unknown): boolean {
	if (typeof value !== "object" || value === null) return false;
	const { n, hash } = value as Record<string, unknown>;
	return Number.isSafeInteger(n) && typeof hash === "string";
}
