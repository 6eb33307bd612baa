import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { dataFailure } from "../failure.ts";
import { type Home, readPrivateFile } from "../home.ts";
import { codeOf, reasonOf } from "../reason.ts";

/**
 * Signs what this home has written (HMAC-SHA-256), so that it cannot be edited in passing. The key lies beside it: whoever may read it can
 * sign as well, which is one of the honest limits (docs/GATES.md).
 */
export type Signer = {
	/** 64 hex digits. */
	sign(text: string): string;
	/** Whether `mac` is what `sign(text)` gives. */
	isMine(text: string, mac: string): boolean;
};

const KEY = /^[0-9a-f]{64}\n?$/;

/** The signer of a home, or null when it has no key yet. Throws a `Failure` (exit 3) for a key that is damaged or that others may read. */
export function signerOf(home: Home): Signer | null {
	const text = readPrivateFile(keyPath(home));
	return text === null ? null : signerWith(home, text);
}

/** The signer of a home; makes its key the first time. Throws a `Failure` (exit 3) as `signerOf`, and when the key cannot be made. */
export function ensureSigner(home: Home): Signer {
	return signerOf(home) ?? signerWith(home, makeKey(keyPath(home)));
}

function keyPath(home: Home): string {
	return join(home.root, "signing.key");
}

function signerWith(home: Home, text: string): Signer {
	if (!KEY.test(text)) {
		throw dataFailure(
			`The signing key ${keyPath(home)} is damaged. Restore it from a copy; without it, move ledger.jsonl, ledger.head and certificates away: evidence then starts again at virtual.`,
		);
	}
	const key = Buffer.from(text.trim(), "hex");
	const sign = (message: string): string => createHmac("sha256", key).update(message).digest("hex");
	return {
		sign,
		isMine(message, mac) {
			const own = Buffer.from(sign(message));
			const given = Buffer.from(mac);
			return own.length === given.length && timingSafeEqual(own, given);
		},
	};
}

/** Two programs that start at once make one key: the second finds that of the first. */
function makeKey(path: string): string {
	const text = `${randomBytes(32).toString("hex")}\n`;
	try {
		const fd = openSync(path, "wx", 0o600);
		try {
			writeSync(fd, text);
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		return text;
	} catch (error) {
		const made = codeOf(error) === "EEXIST" ? readPrivateFile(path) : null;
		if (made !== null) return made;
		throw dataFailure(`The signing key ${path} cannot be made: ${reasonOf(error)}. Free some space or choose another KINETRA_HOME.`);
	}
}
