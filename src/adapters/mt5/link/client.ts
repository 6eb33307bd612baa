import { dataFailure, type Failure } from "../../failure.ts";
import type { Clock } from "../../ports.ts";
import type { Envelope } from "../wire/envelope.ts";
import type { BridgePush, Hello } from "../wire/messages.ts";
import { isPush, readPush } from "../wire/pushes.ts";
import { readReply } from "../wire/replies.ts";
import { createBackOff } from "./back-off.ts";
import { certificatesFor } from "./certificates.ts";
import type { BridgeAddress, BridgeClient, BridgeListener, BridgeRole, LinkView } from "./client-type.ts";
import { type Connection, type ConnectionEnd, type LinkTimings, openConnection } from "./connection.ts";
import { createPending } from "./pending.ts";

export { parseBridgeUrl } from "./address.ts";

/** Who connects, and from where on it wants to hear of events again. */
export type ConnectOptions = {
	/** Gives the time stamps of frames (UTC ms); time-outs are measured on the steady clock of the machine. */
	readonly clock: Clock;
	/** Shown in the bridge's log, 1 to 64 printable characters: which program, which session. */
	readonly name: string;
	/** The last event that was seen of which journal of the bridge; the client itself remembers this across reconnects. */
	readonly resume?: { readonly journalId: string; readonly eseq: number };
	/** For tests: other times than those of the protocol (`LinkTimings`, and the pauses between tries, ms). */
	readonly timings?: Partial<LinkTimings & { readonly firstPauseMs: number; readonly longestPauseMs: number }>;
};

const TIMINGS = { handshakeMs: 5000, beatMs: 2000, silenceMs: 15_000, firstPauseMs: 500, longestPauseMs: 30_000 };
/** Control C37. */
const ANSWER_MS = 5000;

/**
 * Connects to a bridge and keeps the connection up until `close` (S-07, S-12; docs/BRIDGE_PROTOCOL.md). `address.url` comes from `parseBridgeUrl`.
 * Returns at once; trouble is told by `link()` and `ready()`, never thrown. After a lost connection it tries again, with growing pauses, and
 * asks for the events that it missed, which arrive as pushes before the snapshot.
 */
export function connectBridge(address: BridgeAddress, role: BridgeRole, options: ConnectOptions): BridgeClient {
	const timings = { ...TIMINGS, ...options.timings };
	const backOff = createBackOff(Math.random, timings.firstPauseMs, timings.longestPauseMs);
	const pending = createPending();
	const listeners = new Set<Partial<BridgeListener>>();
	const waiters = new Set<() => void>();
	let link: LinkView = { state: "connecting", attempt: 1, why: `connecting to ${address.url}` };
	let connection: Connection | null = null;
	let resume = options.resume ?? null;
	let upAt: number | null = null;
	let wasEverUp = false;
	let ping: number | null = null;
	let certificates: string | null = null;
	let timer: NodeJS.Timeout | undefined;

	function show(next: LinkView): void {
		link = next;
		for (const listener of [...listeners]) listener.onLink?.(next);
		for (const tell of [...waiters]) tell();
	}

	function tell(push: BridgePush): void {
		if (push.t === "event" && resume !== null) resume = { journalId: resume.journalId, eseq: Math.max(resume.eseq, push.d.eseq) };
		for (const listener of [...listeners]) listener.onPush?.(push);
	}

	function onFrame({ t, re, d }: Envelope): boolean {
		const outcome = re === null ? "other" : pending.answer(re, t, d);
		if (outcome !== "other") return outcome === "settled";
		if (t === "replay") {
			const found = readReply("replay", d);
			for (const event of found?.events ?? []) tell({ t: "event", d: event });
			return found !== null;
		}
		if (!isPush(t)) return true;
		const push = readPush(t, d);
		if (push !== null) tell(push);
		return push !== null;
	}

	function onUp(hello: Hello): void {
		upAt = performance.now();
		wasEverUp = true;
		ping = null;
		// Another journal counts its events anew; of the same one everything up to here is in the snapshot that follows, or is replayed before it.
		if (resume === null || resume.journalId !== hello.journalId) resume = { journalId: hello.journalId, eseq: hello.eseq };
		timer = setInterval(beat, timings.beatMs);
		show({ state: "up", hello });
		beat();
	}

	function beat(): void {
		const asked = performance.now();
		const on = connection;
		void ask("ping", {}, ANSWER_MS).then((reply) => {
			if (reply.kind === "ok" && on === connection) ping = performance.now() - asked;
		});
		on?.beat();
	}

	function onEnd(end: ConnectionEnd): void {
		drop(end.kind === "lost" ? end.why : end.refusal.message);
		// What was a bridge before will be one again; what never was one is an error of address, port or certificate that a person mends.
		if (end.kind === "refused") show({ state: "refused", refusal: end.refusal });
		else if (end.notABridge && !wasEverUp) show({ state: "refused", refusal: { code: "address", message: sentence(end.why) } });
		else retry(end.why);
	}

	function drop(why: string): void {
		clearInterval(timer);
		connection = null;
		if (upAt !== null) backOff.wasUp(performance.now() - upAt);
		pending.loseAll(why);
	}

	function retry(why: string): void {
		const attempt = link.state === "connecting" ? link.attempt + 1 : 1;
		upAt = null;
		timer = setTimeout(open, backOff.next());
		show({ state: "connecting", attempt, why });
	}

	function onGap(): void {
		for (const listener of [...listeners]) listener.onGap?.();
	}

	function open(): void {
		const request = { address, role, certificates, name: options.name, resume, utcMs: () => options.clock.nowMs(), timings };
		connection = openConnection(request, { onUp, onFrame, onGap, onEnd });
	}

	const ask: BridgeClient["request"] = (type, d, timeoutMs = ANSWER_MS) => {
		const { id, reply } = pending.add(type, timeoutMs);
		if (connection?.send(type, id, d) !== true)
			pending.drop(id, link.state === "up" ? "too much waits to be sent to the bridge" : "the link to the bridge is not up");
		return reply;
	};

	try {
		certificates = certificatesFor(address.url, address.certificates, process.env);
		open();
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		link = { state: "refused", refusal: { code: "address", message } };
	}

	return {
		link: () => link,
		ready: (timeoutMs) => waitUntilUp(() => link, waiters, timeoutMs),
		request: ask,
		send: (type, d) => connection?.send(type, null, d) === true,
		listen(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		quietMs: () => connection?.quietMs() ?? Number.POSITIVE_INFINITY,
		pingMs: () => ping,
		close() {
			if (link.state === "closed") return;
			clearInterval(timer);
			connection?.close();
			connection = null;
			pending.loseAll("the connection was closed by this program");
			show({ state: "closed" });
			listeners.clear();
		},
	};
}

function waitUntilUp(link: () => LinkView, waiters: Set<() => void>, timeoutMs: number): Promise<Hello> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => finish(() => reject(notUp(link(), timeoutMs))), timeoutMs);
		const finish = (how: () => void): void => {
			clearTimeout(timer);
			waiters.delete(look);
			how();
		};
		const look = (): void => {
			const now = link();
			if (now.state === "up") finish(() => resolve(now.hello));
			else if (now.state !== "connecting") finish(() => reject(notUp(now, timeoutMs)));
		};
		waiters.add(look);
		look();
	});
}

function notUp(link: LinkView, timeoutMs: number): Failure {
	if (link.state === "refused") return dataFailure(link.refusal.message);
	if (link.state === "connecting") return dataFailure(sentence(`No connection to the bridge after ${timeoutMs / 1000} s: ${link.why}`));
	return dataFailure("The connection to the bridge was closed.");
}

function sentence(text: string): string {
	const whole = text.charAt(0).toUpperCase() + text.slice(1);
	return /[.?!]$/.test(whole) ? whole : `${whole}.`;
}
