import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocketServer } from "ws";
import { connectBridge } from "../../../../src/adapters/mt5/link/client.ts";
import type { BridgeClient } from "../../../../src/adapters/mt5/link/client-type.ts";
import type { BridgePush } from "../../../../src/adapters/mt5/wire/messages.ts";
import { Secret } from "../../../../src/adapters/secret.ts";
import { fork, uint32, uniform } from "../../../../src/engine/random.ts";
import { type RawBridge, type RawLine, rawFrame, startRawBridge } from "../../../helpers/raw-bridge.ts";

const PATIENCE = { timeout: 60_000, interval: 5 };
const LONG_MS = 60_000;
const VECTORS = fileURLToPath(new URL("../../../vectors/tls/", import.meta.url));
const TOKEN = new Secret("0123456789abcdef".repeat(4));

const clients: BridgeClient[] = [];
const servers: { close(): unknown }[] = [];
const bridges: RawBridge[] = [];

afterEach(async () => {
	vi.unstubAllEnvs();
	for (const client of clients.splice(0)) client.close();
	for (const bridge of bridges.splice(0)) await bridge.stop();
	for (const server of servers.splice(0)) server.close();
});

/** Tries once, and then, as far as a test is concerned, never again. */
function connect(address: Parameters<typeof connectBridge>[0], pauseMs = 1_000_000): BridgeClient & { readonly pushes: BridgePush[] } {
	const pushes: BridgePush[] = [];
	const timings = { firstPauseMs: pauseMs, longestPauseMs: pauseMs };
	const client = connectBridge(address, "control", { clock: { nowMs: () => 1 }, name: "test", timings });
	client.listen({ onPush: (push) => pushes.push(push) });
	clients.push(client);
	return Object.assign(client, { pushes });
}

async function listen(server: Server): Promise<number> {
	servers.push(server);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return (server.address() as AddressInfo).port;
}

async function raw(greet: boolean, serve: (line: RawLine, count: number) => void): Promise<RawBridge> {
	const bridge = await startRawBridge(greet, serve);
	bridges.push(bridge);
	return bridge;
}

describe("the version of ws", () => {
	it("is one without the faults of May 2026, wherever it is installed (S-13)", () => {
		const read = (path: string) => JSON.parse(readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8"));
		const atLeast = (version: string): boolean => {
			const [major = 0, minor = 0] = version.replace(/^\D+/, "").split(".").map(Number);
			return major > 8 || (major === 8 && minor >= 23);
		};
		expect(atLeast(read("node_modules/ws/package.json").version)).toBe(true);
		expect(atLeast(read("package.json").devDependencies.ws)).toBe(true);
		expect(atLeast("8.22.9")).toBe(false);
	});
});

describe("the opening handshake", () => {
	it("names no origin and offers no compression (S-04, S-07)", async () => {
		const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: true });
		servers.push(server);
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		connect({ url: `ws://127.0.0.1:${port}`, token: TOKEN });
		const [, request] = await once(server, "connection");
		expect(request.headers.origin).toBeUndefined();
		expect(request.headers["sec-websocket-extensions"]).toBeUndefined();
		expect(JSON.stringify(request.headers) + request.url).not.toContain(TOKEN.reveal());
	});

	it.each([
		["a web server", 200, {}, /answered with HTTP 200/],
		["a web server that sends us elsewhere", 302, { location: "ws://127.0.0.1:1" }, /answered with HTTP 302/],
		["a bridge that does not want us", 403, {}, /refused the connection \(403\)/],
	])("is not gone through with %s", async (_name, status, headers, message) => {
		const port = await listen(createHttpServer((_request, response) => response.writeHead(status, headers).end("hello")));
		await expect(connect({ url: `ws://127.0.0.1:${port}`, token: TOKEN }).ready(LONG_MS)).rejects.toThrow(message);
	});

	it.each([
		["SSH", "SSH-2.0-OpenSSH_9.6\r\n"],
		["a wrong accept", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n"],
		[
			"compression that nobody asked for",
			"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
		],
	])("is not gone through with %s", async (_name, answer) => {
		const port = await listen(createServer((socket) => socket.on("error", () => {}).on("data", () => socket.write(answer))));
		await expect(connect({ url: `ws://127.0.0.1:${port}`, token: TOKEN }).ready(LONG_MS)).rejects.toThrow(/is not a Kinetra bridge/);
	});

	it("says when something closes at once, as a tunnel without a bridge does", async () => {
		const port = await listen(createServer((socket) => socket.on("error", () => {}).end()));
		const client = connect({ url: `ws://127.0.0.1:${port}`, token: TOKEN });
		await vi.waitFor(() => expect(client.link()).toMatchObject({ state: "connecting", why: expect.stringMatching(/closed the connection before/) }), PATIENCE);
	});
});

describe("TLS (S-12)", () => {
	const pem = (name: string): string => readFileSync(join(VECTORS, name), "utf8");

	async function secure(): Promise<string> {
		const server = createHttpsServer({ cert: pem("bridge.pem"), key: pem("bridge-key.pem") });
		const sockets = new WebSocketServer({ server });
		sockets.on("connection", (socket) => socket.send('{"v":1,"t":"hello","seq":1,"ts":1,"d":{}}'));
		server.on("tlsClientError", () => {});
		servers.push(sockets);
		return `wss://127.0.0.1:${await listen(server)}`;
	}

	it("goes on to the protocol's own handshake when the certificate is the pinned one", async () => {
		const client = connect({ url: await secure(), token: TOKEN, certificates: pem("bridge.pem") });
		await expect(client.ready(LONG_MS)).rejects.toThrow(/first words are none of the protocol/);
	});

	it("takes the pin from KINETRA_BRIDGE_CA", async () => {
		vi.stubEnv("KINETRA_BRIDGE_CA", join(VECTORS, "bridge.pem"));
		await expect(connect({ url: await secure(), token: TOKEN }).ready(LONG_MS)).rejects.toThrow(/first words are none of the protocol/);
	});

	it.each([
		["another pin", "other.pem"],
		["no pin", undefined],
	])("refuses with %s, even where Node was told not to look", async (_name, file) => {
		vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
		const client = connect({ url: await secure(), token: TOKEN, ...(file === undefined ? {} : { certificates: pem(file) }) });
		await expect(client.ready(LONG_MS)).rejects.toThrow(/certificate .* cannot be trusted \([A-Z_]+\).*KINETRA_BRIDGE_CA/);
	});

	it("says that a bridge without TLS speaks none", async () => {
		const port = await listen(createServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n")));
		await expect(connect({ url: `wss://127.0.0.1:${port}`, token: TOKEN }).ready(LONG_MS)).rejects.toThrow(/does not speak TLS/);
	});

	it.each([
		["is missing", () => join(VECTORS, "none.pem"), /KINETRA_BRIDGE_CA: .*no such file/],
		["is a folder", () => VECTORS, /no ordinary file|cannot be read/],
		["holds no certificate", () => join(VECTORS, "README.md"), /holds no certificate/],
	])("says so when the file of KINETRA_BRIDGE_CA %s", async (_name, path, message) => {
		vi.stubEnv("KINETRA_BRIDGE_CA", path());
		const client = connect({ url: "wss://127.0.0.1:1", token: TOKEN });
		expect(client.link()).toMatchObject({ state: "refused", refusal: { code: "address" } });
		await expect(client.ready(LONG_MS)).rejects.toThrow(message);
		const unencrypted = connect({ url: "ws://127.0.0.1:1", token: TOKEN });
		expect(unencrypted.link().state).toBe("connecting");
	});

	it("reads no file that is far too large", () => {
		const folder = mkdtempSync(join(tmpdir(), "kinetra-ca-"));
		writeFileSync(join(folder, "ca.pem"), Buffer.alloc(1_048_577, 65));
		vi.stubEnv("KINETRA_BRIDGE_CA", join(folder, "ca.pem"));
		expect(connect({ url: "wss://127.0.0.1:1", token: TOKEN }).link()).toMatchObject({ refusal: { message: expect.stringMatching(/at most 1 MiB/) } });
		rmSync(folder, { recursive: true });
	});
});

describe("raw bytes (G-05, S-07)", () => {
	const EVENT = JSON.stringify({ v: 1, t: "event", seq: 3, ts: 1, d: { eseq: 1, kind: "x", at_ms: 1, before: null, after: null, cause_cid: null } });

	it("are read when they are in order: the way that the cases below break", async () => {
		const bridge = await raw(true, (line) => line.write(rawFrame(0x81, EVENT)));
		const client = connect(bridge);
		await vi.waitFor(() => expect(client.pushes).toHaveLength(1), PATIENCE);
	});

	const huge = Buffer.alloc(10);
	huge.writeUInt16BE(0x817f);
	huge.writeBigUInt64BE(1n << 40n, 2);
	it.each([
		["a reserved opcode", rawFrame(0x83, EVENT)],
		["a reserved control opcode", rawFrame(0x8b, "")],
		["a reserved bit: compression", rawFrame(0xc1, EVENT)],
		["a masked frame", Buffer.concat([Buffer.from([0x81, 0x85, 1, 2, 3, 4]), Buffer.from("hello")])],
		["a continuation of nothing", rawFrame(0x80, EVENT)],
		["a new text within a text", Buffer.concat([rawFrame(0x01, "{"), rawFrame(0x81, EVENT)])],
		["a ping in pieces", rawFrame(0x09, "x")],
		["a ping too long", rawFrame(0x89, Buffer.alloc(126))],
		["bytes that are no UTF-8", rawFrame(0x81, Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
		["a length of one terabyte", huge],
		["a frame one byte above the most", rawFrame(0x81, Buffer.alloc(1_048_577, 32))],
		["pieces that together are above the most", Buffer.concat([rawFrame(0x01, Buffer.alloc(600_000, 32)), rawFrame(0x80, Buffer.alloc(600_000, 32))])],
		["seventeen pieces", Buffer.concat([rawFrame(0x01, " "), ...Array.from({ length: 17 }, () => rawFrame(0x00, " "))])],
		["a close with half a code", rawFrame(0x88, Buffer.from([3]))],
		["a close with a code that may not be sent", rawFrame(0x88, Buffer.from([0x03, 0xed]))],
	])("close the link: %s", async (_name, bytes) => {
		const bridge = await raw(true, (line) => line.write(bytes));
		const client = connect(bridge);
		await vi.waitFor(() => expect(client.link()).toMatchObject({ state: "connecting", why: expect.stringMatching(/no WebSocket frames \(WS_ERR_/) }), PATIENCE);
		expect(client.pushes).toEqual([]);
	});

	it("are counted as unreadable when they are binary", async () => {
		const bridge = await raw(true, (line) => {
			for (let n = 0; n < 5; n++) line.write(rawFrame(0x82, EVENT));
		});
		const client = connect(bridge);
		await vi.waitFor(() => expect(client.link()).toMatchObject({ state: "connecting", why: expect.stringMatching(/cannot be read/) }), PATIENCE);
		expect(client.pushes).toEqual([]);
	});

	it("are not kept when a frame without end comes: the link is gone before much of it is", async () => {
		let written = 0;
		const bridge = await raw(true, ({ socket }) => {
			socket.write(huge);
			const more = (): void => {
				while (!socket.destroyed && written < 400_000_000 && socket.write(Buffer.alloc(65_536))) written += 65_536;
				if (!socket.destroyed && written < 400_000_000) socket.once("drain", more);
			};
			more();
		});
		const client = connect(bridge);
		await vi.waitFor(() => expect(client.link()).toMatchObject({ state: "connecting", why: expect.stringMatching(/no WebSocket frames \(WS_ERR_/) }), PATIENCE);
		expect(written).toBeLessThan(100_000_000);
	});

	const CONNECTIONS = Number(process.env.KINETRA_FUZZ_SOCKETS ?? 600);
	const SEED = Number(process.env.KINETRA_FUZZ_SEED ?? 20_261_123);
	it(`of chance on ${CONNECTIONS} connections neither throw, nor reach a listener, nor stay in memory (seed ${SEED})`, { timeout: 600_000 }, async () => {
		const random = fork(SEED, "bytes");
		const noise = (): Buffer => {
			const bytes = Buffer.alloc(1 + Math.floor(uniform(random) * 3000));
			for (let at = 0; at < bytes.length; at++) bytes[at] = uint32(random);
			// Half of the time at least the first frame begins as one that a server may send.
			if (uniform(random) < 0.5) bytes[0] = [0x81, 0x01, 0x82, 0x88, 0x89, 0x8a][Math.floor(uniform(random) * 6)] as number;
			return bytes;
		};
		const bridge = await raw(true, ({ socket }) => socket.end(noise()));
		const before = process.memoryUsage.rss();
		const ends = Array.from({ length: CONNECTIONS }, () => 0);
		for (let n = 0; n < CONNECTIONS; n++) {
			const client = connect(bridge);
			await new Promise<void>((resolve) => {
				client.listen({ onLink: (link) => link.state !== "up" && resolve() });
			});
			ends[n] = client.pushes.length;
			client.close();
			clients.length = 0;
		}
		expect(ends.every((pushes) => pushes === 0)).toBe(true);
		expect(process.memoryUsage.rss() - before).toBeLessThan(200_000_000);
	});
});

describe("a bridge that does not read (S-09)", () => {
	it("gets orders as long as there is room at all, others only while little waits, and is given up before much does", async () => {
		const bridge = await raw(true, ({ socket }) => socket.pause());
		const client = connect(bridge);
		await client.ready(LONG_MS);
		const reason = "x".repeat(60_000);
		let others = 0;
		while (others < 5000 && client.send("kill_release", { scope: "all", reason })) others++;
		expect(others).toBeLessThan(5000);
		expect(client.link().state).toBe("up");
		const symbol = "S".repeat(60_000);
		const order = { cid: "c", action: "deal", symbol, magic: "1", ttl_ms: 1, fence: { epoch: 1, nonce: "n" } } as const;
		let orders = 0;
		while (orders < 5000 && client.send("order", order)) orders++;
		// Between one and four megabytes of 60 kB each; the kernel may still take some.
		expect(orders).toBeGreaterThan(40);
		expect(orders).toBeLessThan(5000);
		expect(client.link()).toMatchObject({ state: "connecting", why: expect.stringMatching(/stopped reading/) });
	});
});
