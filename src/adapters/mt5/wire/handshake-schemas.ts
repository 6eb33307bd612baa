import * as z from "zod";
import { plainTable } from "./json.ts";
import { count, flag, id, maybe, sentence, text, whole, word } from "./scalars.ts";
import { liveLock } from "./state-schemas.ts";

const bootId = z.union([z.literal(""), id]);

/** Body of `hello`, the first frame of a bridge: everything it says to somebody whom it does not know yet. */
export const hello = z.object({
	protocol_min: count,
	protocol_max: count,
	bridge: word,
	version: word,
	nonce: z.string().regex(/^[\x21-\x7e]{16,128}$/),
	boot_id: bootId,
	journal_id: id,
});

/** Limits of bridge.json and of the protocol by their names; what is no number is left out. */
const limits = z.unknown().transform((found): Readonly<Record<string, number>> => {
	const out: Record<string, number> = Object.create(null);
	for (const [name, value] of Object.entries(plainTable(found))) if (typeof value === "number") out[name] = value;
	return out;
});

/** Body of `auth_ok`. */
export const authOk = z.object({
	protocol: count,
	session: id,
	read_only: flag,
	proof: z.string().regex(/^[\x21-\x7e]{1,128}$/),
	boot_id: bootId,
	journal_id: id,
	eseq: count,
	fence_epoch: count,
	server_time_offset_s: maybe(whole),
	lease_max_ms: count,
	live_lock: liveLock,
	package: text(128),
	sandbox: flag,
	limits,
});

const details = z.unknown().transform((found) => plainTable(found));

/** Body of `error` and `auth_error`. */
export const error = z.object({ code: word, message: sentence, retryable: flag, details });
