import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../secret.ts";

/** 32 random bytes as hexadecimal text: fresh for every connection, so that nothing recorded can be played back (S-10). */
export function newNonce(): string {
	return randomBytes(32).toString("hex");
}

/** What proves to the bridge that we have the token: hex HMAC-SHA256 over `client`, both nonces and the role (docs/BRIDGE_PROTOCOL.md). */
export function clientProof(token: Secret, bridgeNonce: string, clientNonce: string, role: string): string {
	return mac(token, ["client", bridgeNonce, clientNonce, role]);
}

/**
 * Whether whoever answered has the token too: a program that only took the port cannot make this proof. Compared in constant time, on buffers that
 * were checked to be of equal length first, because the comparison throws otherwise (S-03).
 */
export function bridgeProved(token: Secret, bridgeNonce: string, clientNonce: string, session: string, given: string): boolean {
	const expected = Buffer.from(mac(token, ["bridge", bridgeNonce, clientNonce, session]));
	const found = Buffer.from(given);
	return found.length === expected.length && timingSafeEqual(found, expected);
}

function mac(token: Secret, parts: readonly string[]): string {
	return createHmac("sha256", token.reveal()).update(parts.join("\n")).digest("hex");
}
