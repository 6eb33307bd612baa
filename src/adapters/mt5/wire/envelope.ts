/** What a frame of the bridge is wrapped in; `d` is not checked yet. */
export type Envelope = { readonly t: string; readonly seq: number; readonly re: string | null; readonly d: object };

/** Why a frame cannot be read; what it said is not repeated. */
export type Unreadable = { readonly unreadable: string };

/** Largest frame a bridge accepts and sends, bytes (docs/BRIDGE_PROTOCOL.md, transport). */
export const MAX_FRAME_TO_BRIDGE = 65_536;
export const MAX_FRAME_FROM_BRIDGE = 1_048_576;

const TYPE = /^[a-z_]{1,32}$/;
const ID = /^[\x21-\x7e]{1,64}$/;

/** Reads one WebSocket message. Never throws: what is no well-formed envelope comes back as the reason why. */
export function readEnvelope(text: string): Envelope | Unreadable {
	let frame: unknown;
	try {
		frame = JSON.parse(text);
	} catch {
		return { unreadable: "not JSON" };
	}
	if (!isTable(frame)) return { unreadable: "a frame is an object" };
	const { v, t, seq, ts, re, d } = frame as Record<string, unknown>;
	if (v !== 1) return { unreadable: "v must be 1" };
	if (typeof t !== "string" || !TYPE.test(t)) return { unreadable: "t must be a message type" };
	if (!Number.isSafeInteger(seq) || (seq as number) < 1) return { unreadable: "seq must be a whole number above 0" };
	if (!Number.isSafeInteger(ts) || (ts as number) < 0) return { unreadable: "ts must be a whole number" };
	if (re !== undefined && re !== null && (typeof re !== "string" || !ID.test(re))) return { unreadable: "re must be 1 to 64 printable characters" };
	if (!isTable(d)) return { unreadable: "d must be an object" };
	return { t, seq: seq as number, re: typeof re === "string" ? re : null, d };
}

/** A frame to the bridge. `seq` counts from 1 for each connection; `ts` is UTC ms; `id` only where an answer is wanted. */
export function writeFrame(t: string, seq: number, ts: number, id: string | null, d: object): string {
	return JSON.stringify(id === null ? { v: 1, t, seq, ts, d } : { v: 1, t, id, seq, ts, d });
}

function isTable(value: unknown): value is object {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
