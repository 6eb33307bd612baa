import WebSocket from "ws";
import { type Envelope, MAX_FRAME_TO_BRIDGE, readEnvelope, writeFrame } from "../wire/envelope.ts";
import type { Hello } from "../wire/messages.ts";
import type { BridgeAddress, BridgeRefusal, BridgeRole } from "./client-type.ts";
import { createHandshake, type HandshakeStep } from "./handshake.ts";
import { openSocket, shut } from "./socket.ts";
import { describeAnswer, describeClose, describeTrouble, type LinkTrouble } from "./trouble.ts";

/** Who connects, and how. */
export type ConnectionRequest = {
	readonly address: BridgeAddress;
	readonly role: BridgeRole;
	/** PEM text of what may vouch for the bridge; null: the machine's authorities. */
	readonly certificates: string | null;
	readonly name: string;
	readonly resume: { readonly journalId: string; readonly eseq: number } | null;
	/** UTC ms, for the time stamps of frames. */
	utcMs(): number;
	readonly timings: LinkTimings;
};

/** How long what may take (ms). */
export type LinkTimings = {
	/** Opening handshake, and again hello and authentication. */
	readonly handshakeMs: number;
	/** Something is sent so often, and an answer expected. */
	readonly beatMs: number;
	/** Nothing heard for so long: the link is dead. */
	readonly silenceMs: number;
};

/** How a connection ended. `refused`: will not get better by itself. `lost`: worth another try, unless `notABridge` says that it hardly is. */
export type ConnectionEnd = { readonly kind: "refused"; readonly refusal: BridgeRefusal } | ({ readonly kind: "lost" } & LinkTrouble);

export type ConnectionEvents = {
	/** Authenticated in both directions. */
	onUp(hello: Hello): void;
	/** A frame after that. False: its body cannot be read. */
	onFrame(frame: Envelope): boolean;
	/** Something was missed, or could not be read; the bridge has been asked for a snapshot. */
	onGap(): void;
	/** The last event, once. */
	onEnd(end: ConnectionEnd): void;
};

export type Connection = {
	/** Hands a frame to the socket. False: not up, too much waits already (S-09), or larger than a bridge takes: nothing was sent. */
	send(t: string, id: string | null, d: object): boolean;
	/** Called every `beatMs` while up: ends a link on which nothing was heard for too long. */
	beat(): void;
	/** Ms since the last frame. */
	quietMs(): number;
	/** Ends it in good order; `onEnd` is not called. */
	close(): void;
};

/** Above this nothing is queued but orders and kills; above the second the other side has stopped reading. */
const CROWDED_BYTES = 1_048_576;
const STUCK_BYTES = 4 * 1_048_576;
/** What must never wait behind anything else, and is sent even if much waits. */
const URGENT: ReadonlySet<string> = new Set(["order", "kill"]);
/** So many frames that cannot be read, within the window, end the link (fault 6). */
const JUNK_MOST = 5;
const JUNK_WINDOW_MS = 10_000;

/** One WebSocket to a bridge: opened, authenticated, counted, watched, until its end (S-07 to S-10; docs/BRIDGE_PROTOCOL.md). Never throws. */
export function openConnection(request: ConnectionRequest, events: ConnectionEvents): Connection {
	const { address, timings } = request;
	let socket: WebSocket | null = null;
	let phase: "handshake" | "up" | "ended" = "handshake";
	let sent = 0;
	let got = 0;
	let heardAt = performance.now();
	let silentBeats = 0;
	let trouble: LinkTrouble | null = null;
	const junk: number[] = [];
	const deadline = setTimeout(() => end(lost(`${address.url} took the connection and does not identify itself as a bridge in time`)), 2 * timings.handshakeMs);
	const handshake = createHandshake(request, write);

	function end(how: ConnectionEnd | null, code = 1000): void {
		if (phase === "ended") return;
		phase = "ended";
		clearTimeout(deadline);
		if (socket !== null) shut(socket, code);
		if (how !== null) events.onEnd(how);
	}

	function write(t: string, id: string | null, d: object): boolean {
		if (socket?.readyState !== WebSocket.OPEN) return false;
		const waiting = socket.bufferedAmount;
		if (waiting > STUCK_BYTES) {
			end(lost(`the bridge at ${address.url} stopped reading`), 4000);
			return false;
		}
		if (waiting > CROWDED_BYTES && !URGENT.has(t)) return false;
		const text = writeFrame(t, sent + 1, request.utcMs(), id, d);
		if (text.length * 3 > MAX_FRAME_TO_BRIDGE && Buffer.byteLength(text) > MAX_FRAME_TO_BRIDGE) return false;
		sent++;
		// A failure here is the end of the socket, which its own events tell.
		socket.send(text, () => undefined);
		return true;
	}

	function countJunk(): void {
		const now = performance.now();
		junk.push(now);
		while (junk[0] !== undefined && now - junk[0] > JUNK_WINDOW_MS) junk.shift();
		if (junk.length >= JUNK_MOST) end(lost(`${address.url} sent ${JUNK_MOST} frames within ${JUNK_WINDOW_MS / 1000} s that cannot be read`), 4004);
	}

	/** What a frame said is lost although its number is not: like a gap, because it may have told of a deal. */
	function lose(seq: number): void {
		countJunk();
		if (phase === "up") resync(seq, seq);
	}

	function resync(expected: number, seq: number): void {
		write("resync", null, { expected, got: seq });
		events.onGap();
	}

	/** Whether a frame is the next, or one after a gap; one that was there before is dropped. */
	function isInSequence(seq: number): boolean {
		if (seq <= got) return false;
		const isGap = seq !== got + 1;
		const expected = got + 1;
		got = seq;
		if (isGap && phase === "up") resync(expected, seq);
		return true;
	}

	function onMessage(data: WebSocket.RawData, isBinary: boolean): void {
		if (phase === "ended") return;
		heardAt = performance.now();
		silentBeats = 0;
		const frame = isBinary ? null : readEnvelope(String(data));
		if (frame === null || "unreadable" in frame) {
			if (phase === "handshake") end(lost("its first words are none of the protocol", true));
			else countJunk();
		} else if (!isInSequence(frame.seq)) countJunk();
		else if (phase === "up") {
			if (!events.onFrame(frame)) lose(frame.seq);
		} else take(handshake.take(frame));
	}

	function take(step: HandshakeStep): void {
		if (step.kind === "end") end(step.end);
		if (step.kind !== "up") return;
		phase = "up";
		clearTimeout(deadline);
		events.onUp(step.hello);
	}

	function onClose(code: number, reason: Buffer): void {
		const refusal = REFUSALS[code];
		if (code === 4001) end(handshake.refused());
		else if (refusal !== undefined) end({ kind: "refused", refusal });
		else end({ kind: "lost", ...(trouble ?? { why: describeClose(code, String(reason), address.url), notABridge: false }) });
	}

	function lost(why: string, notABridge = false): ConnectionEnd {
		return { kind: "lost", why: notABridge ? `what listens at ${address.url} is not a Kinetra bridge: ${why}` : why, notABridge };
	}

	try {
		socket = openSocket(address.url, request.certificates, timings.handshakeMs);
		socket.on("message", onMessage);
		socket.on("close", onClose);
		socket.on("error", (error) => {
			trouble ??= describeTrouble(error, address.url, phase === "up");
		});
		socket.on("unexpected-response", (_request, response) => {
			trouble ??= describeAnswer(response.statusCode, address.url);
			response.destroy();
			socket?.terminate();
		});
	} catch (error) {
		const told = describeTrouble(error, address.url, false);
		queueMicrotask(() => end({ kind: "lost", ...told }));
	}

	return {
		send: (t, id, d) => phase === "up" && write(t, id, d),
		beat() {
			// Counted, not measured: a program that itself stood still for a while has not listened, which is no sign that nobody spoke.
			silentBeats++;
			if (silentBeats * timings.beatMs > timings.silenceMs)
				end(lost(`nothing was heard of the bridge at ${address.url} for ${timings.silenceMs / 1000} s`), 4000);
		},
		quietMs: () => (phase === "up" ? performance.now() - heardAt : Number.POSITIVE_INFINITY),
		close: () => end(null),
	};
}

const REFUSALS: Readonly<Record<number, BridgeRefusal>> = {
	4002: { code: "version", message: "The bridge and this program have no protocol version in common. Update the older of the two." },
	4003: {
		code: "replaced",
		message:
			"Another Kinetra session took over the bridge: only one may trade at a time. Close one of the two; what this one had at the broker is still there.",
	},
	4005: {
		code: "account-switched",
		message: "MetaTrader 5 was switched to another account. Switch it back and start the bridge again, or start a session for the new account.",
	},
};
