import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { Secret } from "../../src/adapters/secret.ts";
import { FAKE_ACCOUNT, FAKE_SNAPSHOT, FAKE_SPEC, FAKE_STATUS, FAKE_TERMINAL } from "./fake-bridge-bodies.ts";

// A bridge in this process that speaks the protocol by a script (docs/BRIDGE_PROTOCOL.md): for cases that a real one cannot be brought into at will.

/** A frame of the client, as it came. */
export type FakeFrame = { readonly t: string; readonly id?: string; readonly seq: number; readonly ts: number; readonly d: Record<string, unknown> };
/** What is answered: a type and a body; null = never. */
export type FakeAnswer = { readonly t: string; readonly d: unknown } | null;
/** Answers one type of request; `connection` counts from 1. */
export type FakeHandler = (d: Record<string, unknown>, frame: FakeFrame, connection: number) => FakeAnswer | Promise<FakeAnswer>;

/** How the handshake goes wrong, or not at all: token refused; too many sessions; no common version; wrong proof of the bridge; no hello; no answer to auth. */
export type FakeHandshake = "ok" | "auth" | "busy" | "version" | "bad-proof" | "no-hello" | "silent";

export type FakeBridge = {
	readonly url: string;
	readonly token: Secret;
	/** Every frame after the handshake, of all connections, in their order. */
	readonly received: readonly FakeFrame[];
	/** Every `auth` of all connections. */
	readonly auths: FakeFrame[];
	/** How the handshake of the next connections goes. */
	handshake: FakeHandshake;
	/** Fields merged into the next `hello` and `auth_ok`. */
	hello: Record<string, unknown>;
	authOk: Record<string, unknown>;
	/** While true, connections are accepted and dropped at once. */
	unreachable: boolean;
	/** Replaces the answer to a type of request. */
	answer(t: string, handler: FakeHandler): void;
	/** Sends a push on every connection that is authenticated. */
	push(t: string, d: unknown): void;
	/** Sends text as it is. */
	raw(text: string): void;
	/** Leaves out sequence numbers before the next frame. */
	skip(frames: number): void;
	/** Cuts the line without a goodbye. */
	drop(): void;
	/** Closes with a code of the protocol. */
	close(code: number, reason?: string): void;
	/** Authenticated connections so far. */
	connections(): number;
	/** Resolves when `connections()` has reached `count` and that one is open. */
	connected(count?: number): Promise<void>;
	/** The `nth` (from 1) frame of a type; waits for it. */
	frame(t: string, nth?: number): Promise<FakeFrame>;
	stop(): Promise<void>;
};

type Line = { readonly socket: WebSocket; readonly number: number; seq: number; sid: string; isOpen: boolean };

/** Starts one on a free port of the loopback. Every request of the protocol but `order` has an ordinary answer; unknown ones are refused. */
export async function startFakeBridge(): Promise<FakeBridge> {
	const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
	await once(server, "listening");
	const token = randomBytes(32).toString("hex");
	const received: FakeFrame[] = [];
	const lines: Line[] = [];
	const handlers = new Map<string, FakeHandler>(Object.entries(ordinaryAnswers()));
	let looking: (() => void)[] = [];
	const changed = (): void => {
		const all = looking;
		looking = [];
		for (const look of all) look();
	};
	const until = async (isSo: () => boolean): Promise<void> => {
		while (!isSo()) await new Promise<void>((resolve) => looking.push(resolve));
	};
	const send = (line: Line, t: string, d: unknown, re?: string): void => {
		const frame = { v: 1, t, seq: ++line.seq, ts: Date.now(), ...(line.sid === "" ? {} : { sid: line.sid }), ...(re === undefined ? {} : { re }), d };
		line.socket.send(JSON.stringify(frame));
	};
	const open = (): Line[] => lines.filter((line) => line.isOpen);
	const bridge: FakeBridge = {
		url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
		token: new Secret(token),
		received,
		auths: [],
		handshake: "ok",
		hello: {},
		authOk: {},
		unreachable: false,
		answer: (t, handler) => void handlers.set(t, handler),
		push: (t, d) => {
			for (const line of open()) send(line, t, d);
		},
		raw: (text) => {
			for (const line of open()) line.socket.send(text);
		},
		skip: (frames) => {
			for (const line of open()) line.seq += frames;
		},
		drop: () => {
			for (const { socket } of open()) socket.terminate();
		},
		close: (code, reason = "") => {
			for (const { socket } of open()) socket.close(code, reason);
		},
		connections: () => lines.length,
		connected: (count = 1) => until(() => lines.length >= count && lines[count - 1]?.isOpen === true),
		async frame(t, nth = 1) {
			const fits = (): FakeFrame | undefined => received.filter((frame) => frame.t === t)[nth - 1];
			await until(() => fits() !== undefined);
			return fits() as FakeFrame;
		},
		async stop() {
			for (const socket of server.clients) socket.terminate();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	server.on("connection", (socket) => {
		socket.on("error", () => {});
		if (bridge.unreachable) return socket.terminate();
		serve(socket, bridge, token, {
			lines,
			changed,
			send,
			answer: async (line, frame) => {
				received.push(frame);
				changed();
				const handler = handlers.get(frame.t) ?? (() => refusal("BAD_REQUEST", `unknown request type ${frame.t}`));
				const answer = await handler(frame.d, frame, line.number);
				if (answer !== null && line.isOpen) send(line, answer.t, answer.d, frame.id);
			},
		});
	});
	return bridge;
}

/** An `error` answer. */
export function refusal(code: string, message: string, retryable = false, details: Record<string, unknown> = {}): FakeAnswer {
	return { t: "error", d: { code, message, retryable, details } };
}

type Service = {
	readonly lines: Line[];
	changed(): void;
	send(line: Line, t: string, d: unknown, re?: string): void;
	answer(line: Line, frame: FakeFrame): Promise<void>;
};

/** One connection from its hello to its end. */
function serve(socket: WebSocket, bridge: FakeBridge, token: string, service: Service): void {
	const nonce = randomBytes(32).toString("hex");
	const line: { -readonly [K in keyof Line]: Line[K] } = { socket, number: 0, seq: 0, sid: "", isOpen: false };
	const ids = { boot_id: "00000000000000b1", journal_id: "00000000000000j1" };
	if (bridge.handshake === "no-hello") return;
	const about = { protocol_min: 1, protocol_max: 1, bridge: "fake-bridge", version: "1.0.0", nonce, package: null, terminal_build: null, ...ids };
	service.send(line, "hello", { ...about, capabilities: ["ticks", "bars", "history", "events", "kill", "lease", "fence", "calc"], ...bridge.hello });
	socket.on("close", () => {
		line.isOpen = false;
		service.changed();
	});
	socket.on("message", (data) => {
		const frame = JSON.parse(String(data)) as FakeFrame;
		if (line.isOpen) return void service.answer(line, frame);
		bridge.auths.push(frame);
		if (bridge.handshake === "silent") return;
		const { nonce: theirs, role, proof } = frame.d as { nonce: string; role: string; proof: string };
		const fits = frame.t === "auth" && frame.seq === 1 && proof === mac(token, ["client", nonce, theirs, role]);
		if (bridge.handshake === "version") return refuse(4002, "VERSION_UNSUPPORTED");
		if (bridge.handshake === "busy") return refuse(4001, "BUSY", true);
		if (!fits || bridge.handshake === "auth") return refuse(4001, "AUTH_FAILED");
		line.sid = randomBytes(8).toString("hex");
		line.number = service.lines.push(line);
		line.isOpen = true;
		service.send(line, "auth_ok", { ...welcome(line.sid, role), ...ids, proof: ourProof(theirs), ...bridge.authOk }, frame.id);
		service.send(line, "snapshot", FAKE_SNAPSHOT);
		service.changed();

		function refuse(code: number, name: string, retryable = false): void {
			service.send(line, "auth_error", { code: name, message: "refused by the script", retryable, details: {} }, frame.id);
			socket.close(code, name);
		}
		function ourProof(client: string): string {
			return bridge.handshake === "bad-proof" ? "0".repeat(64) : mac(token, ["bridge", nonce, client, line.sid]);
		}
	});
}

function mac(token: string, parts: readonly string[]): string {
	return createHmac("sha256", token).update(parts.join("\n")).digest("hex");
}

function welcome(session: string, role: string): Record<string, unknown> {
	return {
		protocol: 1,
		session,
		role,
		read_only: role !== "control",
		limits: { max_frame_in: 65_536, max_frame_out: 1_048_576, frames_per_s: 200, max_lots_per_order: 1, max_open_positions: 10 },
		heartbeat_ms: 15_000,
		lease_max_ms: 5000,
		eseq: FAKE_SNAPSHOT.eseq,
		fence_epoch: 1,
		server_time_offset_s: null,
		live_lock: "not_needed",
		package: "MetaTrader5 5.0.0+sandbox",
		sandbox: true,
	};
}

function ordinaryAnswers(): Record<string, FakeHandler> {
	const named = (d: Record<string, unknown>): unknown => ({
		stream: d.stream ?? "ticks",
		symbols: (d.symbols as string[]).map((symbol) => ({ symbol, name: symbol })),
	});
	return {
		ping: (d) => ({ t: "pong", d: { n: d.n ?? null, utc_ms: Date.now() } }),
		resync: () => ({ t: "snapshot", d: FAKE_SNAPSHOT }),
		snapshot: () => ({ t: "snapshot", d: FAKE_SNAPSHOT }),
		account: () => ({ t: "account", d: FAKE_ACCOUNT }),
		terminal: () => ({ t: "terminal", d: FAKE_TERMINAL }),
		status: () => ({ t: "status", d: FAKE_STATUS }),
		symbol_spec: () => ({ t: "symbol_spec", d: FAKE_SPEC }),
		bars: (d) => ({ t: "bars", d: { symbol: d.symbol, name: d.symbol, tf: d.tf, rows: [], forming: true, offset_s: null } }),
		history: () => ({ t: "history", d: { deals: [], orders: [], truncated: false } }),
		calc: (d) => ({ t: "calc", d: { what: d.what, value: 0, currency: "USD" } }),
		sub: (d) => ({ t: "sub_ok", d: named(d) }),
		unsub: (d) => ({ t: "unsub_ok", d: named(d) }),
		fence: (d) => ({ t: "fence_ok", d: { epoch: d.epoch, boot_id: "00000000000000b1", in_flight: 0, unresolved: [] } }),
		lease: (d) => ({ t: "lease_ok", d: { expires_in_ms: d.ms } }),
		order_query: (d) => ({ t: "order_query", d: { known: false, cid: d.cid } }),
		kill: (d) => ({ t: "kill_result", d: { scope: d.scope, mode: d.mode, latched: true, items: [], complete: true } }),
		kill_release: (d) => ({ t: "kill_release_ok", d: { scope: d.scope } }),
		live_unlock: () => ({ t: "live_lock", d: { live_lock: "open" } }),
		replay: () => ({ t: "replay", d: { events: [], next: null, eseq: FAKE_SNAPSHOT.eseq } }),
	};
}
