import { createHash } from "node:crypto";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
/** 26 digits of base 32 hold 130 bits; a ULID has 128, so its first digit is 0 to 7. */
const ID_CHARACTERS = 26;
const TOKEN_CHARACTERS = 13;

/**
 * The client id of an order: 128 bits of a hash over session and intent, written like a ULID. Always the same for the same order, so that the
 * session's journal and the broker's deals can be matched after a crash, and so that the bridge, which answers an id only once, cannot send it twice.
 */
export function clientIdOf(sessionId: string, intentId: number): string {
	const hash = createHash("sha256").update(`kinetra-order\n${sessionId}\n${intentId}`).digest();
	let bits = BigInt(`0x${hash.subarray(0, 16).toString("hex")}`);
	let text = "";
	for (let place = 0; place < ID_CHARACTERS; place++) {
		text = CROCKFORD.charAt(Number(bits & 31n)) + text;
		bits >>= 5n;
	}
	return text;
}

/** The token that the bridge puts into the comment of an order (`k1-` and 13 characters; docs/BRIDGE_PROTOCOL.md, Orders): which client id a deal belongs to. */
export function tokenOf(cid: string): string {
	const hash = createHash("sha256").update(cid, "ascii").digest();
	let bits = BigInt(`0x${hash.subarray(0, 9).toString("hex")}`) >> 7n;
	let text = "";
	for (let place = 0; place < TOKEN_CHARACTERS; place++) {
		text = BASE32.charAt(Number(bits & 31n)) + text;
		bits >>= 5n;
	}
	return text;
}

/** The token in the comment of an order, deal or position, or null: brokers may cut or replace comments (control C14). */
export function tokenIn(comment: string): string | null {
	return /k1-([a-z2-7]{13})/.exec(comment)?.[1] ?? null;
}
