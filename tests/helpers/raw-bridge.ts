import { createHash, createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Secret } from "../../src/adapters/secret.ts";

// The lowest end of a bridge: a socket whose every byte the test decides, after a handshake in good order. For what no WebSocket library would send.

/** One connection, past `auth_ok` (or past the opening handshake, see `startRawBridge`). */
export type RawLine = { readonly socket: Socket; write(bytes: Buffer): void };

export type RawBridge = {
	readonly url: string;
	readonly token: Secret;
	stop(): Promise<void>;
};

/**
 * Starts one on a free port. `serve` gets each connection: after the opening handshake only (`greet` false), or when both sides have proved the
 * token as well, with sequence number 3 as the next.
 */
export async function startRawBridge(greet: boolean, serve: (line: RawLine, count: number) => void): Promise<RawBridge> {
	const token = randomBytes(32).toString("hex");
	const sockets = new Set<Socket>();
	let count = 0;
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on("error", () => {}).on("close", () => sockets.delete(socket));
		void open(socket, greet ? token : null).then((line) => serve(line, ++count));
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
		token: new Secret(token),
		async stop() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** A frame as a server sends it: `head` is FIN, RSV and opcode; the length in its shortest form. */
export function rawFrame(head: number, payload: Buffer | string): Buffer {
	const body = Buffer.from(payload);
	if (body.length < 126) return Buffer.concat([Buffer.from([head, body.length]), body]);
	const long = Buffer.alloc(body.length < 65_536 ? 4 : 10);
	long[0] = head;
	if (body.length < 65_536) {
		long[1] = 126;
		long.writeUInt16BE(body.length, 2);
	} else {
		long[1] = 127;
		long.writeBigUInt64BE(BigInt(body.length), 2);
	}
	return Buffer.concat([long, body]);
}

/** The opening handshake, and with a token that of the protocol. */
async function open(socket: Socket, token: string | null): Promise<RawLine> {
	let got = Buffer.alloc(0);
	const read = async (isEnough: () => boolean): Promise<void> => {
		while (!isEnough()) got = Buffer.concat([got, ((await once(socket, "data")) as [Buffer])[0]]);
	};
	await read(() => got.includes("\r\n\r\n"));
	const key = /sec-websocket-key: (\S+)/i.exec(got.toString("latin1"))?.[1] ?? "";
	got = got.subarray(got.indexOf("\r\n\r\n") + 4);
	const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
	socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
	const line = { socket, write: (bytes: Buffer) => void socket.write(bytes) };
	if (token === null) return line;
	const say = (t: string, seq: number, d: object): void => line.write(rawFrame(0x81, JSON.stringify({ v: 1, t, seq, ts: 1, d })));
	const ids = { boot_id: "b1", journal_id: "j1" };
	const nonce = randomBytes(32).toString("hex");
	say("hello", 1, { protocol_min: 1, protocol_max: 1, bridge: "raw", version: "1", nonce, ...ids });
	// The client's frame is masked and between 126 and 65535 bytes long.
	await read(() => got.length >= 8 && got.length >= 8 + got.readUInt16BE(2));
	const auth = Buffer.from(got.subarray(8, 8 + got.readUInt16BE(2)).map((byte, at) => byte ^ (got[4 + (at % 4)] as number)));
	const { nonce: theirs } = (JSON.parse(auth.toString()) as { d: { nonce: string } }).d;
	const session = "5e55";
	const proof = createHmac("sha256", token).update(["bridge", nonce, theirs, session].join("\n")).digest("hex");
	const told = { protocol: 1, session, role: "control", read_only: false, limits: {}, lease_max_ms: 5000, eseq: 0, fence_epoch: 0 };
	say("auth_ok", 2, { ...told, server_time_offset_s: null, live_lock: "closed", package: "", sandbox: true, proof, ...ids });
	return line;
}
