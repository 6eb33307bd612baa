import { cleanText } from "../../clean-text.ts";
import type { Envelope } from "../wire/envelope.ts";
import { authOk, error as errorBody, hello as helloBody } from "../wire/handshake-schemas.ts";
import type { Hello } from "../wire/messages.ts";
import type { ConnectionEnd, ConnectionRequest } from "./connection.ts";
import { bridgeProved, clientProof, newNonce } from "./proof.ts";
import { other } from "./trouble.ts";

/** The protocol versions that this program speaks. */
export const PROTOCOL = { min: 1, max: 1 } as const;

/** What a frame of the handshake leads to. */
export type HandshakeStep = { readonly kind: "more" } | { readonly kind: "up"; readonly hello: Hello } | { readonly kind: "end"; readonly end: ConnectionEnd };

/** The bridge waits 2 s for the proof; a refusal that came after this may only mean that it, or we, had stood still. */
const LATE_MS = 1500;

/**
 * `hello` -> `auth` -> `auth_ok` (docs/BRIDGE_PROTOCOL.md): both sides prove that they have the token, the bridge too, before anything else is
 * believed. `write` sends a frame.
 */
export function createHandshake(
	request: ConnectionRequest,
	write: (t: string, id: string, d: object) => boolean,
): { take(frame: Envelope): HandshakeStep; refused(): ConnectionEnd } {
	const { address, role } = request;
	const openedAt = performance.now();
	const nonce = newNonce();
	let greeting: ReturnType<typeof helloBody.parse> | null = null;
	let said: { readonly code: string; readonly message: string; readonly retryable: boolean } | null = null;

	function greet(frame: Envelope): HandshakeStep {
		const read = frame.t === "hello" ? helloBody.safeParse(frame.d).data : undefined;
		if (read === undefined) return ended({ kind: "lost", ...other(address.url, "its first words are none of the protocol") });
		greeting = read;
		const protocol = Math.min(PROTOCOL.max, read.protocol_max);
		if (protocol < Math.max(PROTOCOL.min, read.protocol_min)) return refuse("version", versions(read));
		const proof = clientProof(address.token, read.nonce, nonce, role);
		const resume = request.resume === null ? {} : { resume: { journal_id: request.resume.journalId, eseq: request.resume.eseq } };
		write("auth", "auth", { protocol, client: nameOf(request.name), role, nonce, proof, ...resume });
		return { kind: "more" };
	}

	function welcome(frame: Envelope, from: NonNullable<typeof greeting>): HandshakeStep {
		const found = authOk.safeParse(frame.d).data;
		if (found === undefined)
			return ended({ kind: "lost", why: `the bridge at ${address.url} (${from.version}) answered in a way that cannot be read`, notABridge: true });
		if (!bridgeProved(address.token, from.nonce, nonce, found.session, found.proof)) {
			return refuse(
				"auth",
				`What listens at ${address.url} does not know the token, so it is not your bridge. Nothing was sent to it. Find out which program has that port.`,
			);
		}
		if (found.protocol < PROTOCOL.min || found.protocol > PROTOCOL.max) return refuse("version", versions(from));
		return { kind: "up", hello: helloOf(from, found) };
	}

	return {
		take(frame) {
			if (greeting === null) return greet(frame);
			if (frame.t === "auth_ok") return welcome(frame, greeting);
			// The close that follows says what kind of refusal this is; here it is why.
			if (frame.t === "auth_error") said = errorBody.safeParse(frame.d).data ?? null;
			return { kind: "more" };
		},
		refused() {
			if (said?.retryable === true) return { kind: "lost", why: `the bridge at ${address.url}: ${said.message}`, notABridge: false };
			if (performance.now() - openedAt > LATE_MS)
				return { kind: "lost", why: `the bridge at ${address.url} refused the token, or its answer came too late`, notABridge: false };
			return {
				kind: "refused",
				refusal: {
					code: "auth",
					message: `The bridge at ${address.url} does not accept the token: it has another one. Both ends need the same token file: copy the bridge's, or start the bridge with --token-file and this one's.`,
				},
			};
		},
	};
}

function refuse(code: "auth" | "version", message: string): HandshakeStep {
	return ended({ kind: "refused", refusal: { code, message } });
}

function ended(end: ConnectionEnd): HandshakeStep {
	return { kind: "end", end };
}

function versions(from: { readonly version: string; readonly protocol_min: number; readonly protocol_max: number }): string {
	const older = from.protocol_max < PROTOCOL.min ? "Update the bridge: kinetra bridge --print kinetra_bridge.py" : "Update this program";
	return `The bridge (version ${from.version}) speaks protocol ${from.protocol_min} to ${from.protocol_max}, this program ${PROTOCOL.min} to ${PROTOCOL.max}. ${older}.`;
}

function helloOf(from: { readonly bridge: string; readonly version: string }, found: ReturnType<typeof authOk.parse>): Hello {
	return {
		bridge: from.bridge,
		version: from.version,
		bootId: found.boot_id,
		journalId: found.journal_id,
		protocol: found.protocol,
		session: found.session,
		readOnly: found.read_only,
		package: found.package,
		sandbox: found.sandbox,
		liveLock: found.live_lock,
		fenceEpoch: found.fence_epoch,
		eseq: found.eseq,
		serverTimeOffsetS: found.server_time_offset_s,
		leaseMaxMs: found.lease_max_ms,
		limits: found.limits,
	};
}

/** The bridge takes 1 to 64 printable characters. */
function nameOf(name: string): string {
	const clean = cleanText(name, 64).replace(/[^\x20-\x7e]/g, "?");
	return clean === "" ? "kinetra" : clean;
}
