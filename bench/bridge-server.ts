// The other end of bench/bridge.ts, in a thread of its own: a bridge that sends ticks at a given pace and notes when the order for each comes back.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";
import { type WebSocket, WebSocketServer } from "ws";
import { startFakeBridge } from "../tests/helpers/fake-bridge.ts";

/** What the thread says first: where the bridge and the bare echo listen. */
export type Opened = { readonly url: string; readonly token: string; readonly echoUrl: string };
/** What it is asked for: ticks from the bridge, or frames of the same bytes from a bare socket. An answer is expected to every `every`th. */
export type Drive = { readonly kind: "ticks" | "echo"; readonly perSecond: number; readonly seconds: number; readonly every: number };
/** What came of it: how many were sent; microseconds from the sending of a tick to the coming of its answer. */
export type Driven = { readonly sent: number; readonly latenciesUs: number[] };

/** The order for tick `n` carries its number as its stop, in points of EURUSD, beginning anew after so many. */
export const NUMBERS = 100_000;
/** Answers are waited for so long after the last tick. */
const GRACE_MS = 1500;
/** The server's clock in the fake bridge's own status: UTC + 2 h. */
const OFFSET_MS = 7_200_000;

const port = parentPort;
if (port !== null) {
	const bridge = await startFakeBridge();
	const echo = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
	await once(echo, "listening");
	const sentAtUs = new Map<number, number>();
	let latenciesUs: number[] = [];
	let bare: WebSocket | null = null;
	let echoed = 0;
	let every = 1;
	let ticks = 0;
	const note = (number: number): void => {
		const sent = sentAtUs.get(number);
		if (sent !== undefined) latenciesUs.push(nowUs() - sent);
	};
	bridge.answer("order", (d) => {
		note(Math.round(Number(d.sl) * 1e5));
		// A definite no: nothing to wait for, nothing changes, and the next order may go.
		return { t: "order_result", d: { cid: d.cid, state: "rejected", code: "MT5_10006", class: "no", retcode: 10006, sent_ms: null } };
	});
	// Batches count from 1 in every subscription, and every phase is a session of its own.
	bridge.answer("sub", (d) => {
		ticks = 0;
		return { t: "sub_ok", d: { stream: "ticks", symbols: (d.symbols as string[]).map((symbol) => ({ symbol, name: symbol })) } };
	});
	echo.on("connection", (socket) => {
		bare = socket;
		socket.on("message", () => note(++echoed * every));
	});
	port.on("message", (drive: Drive) => void run(drive).then((driven) => port.postMessage(driven)));
	const opened: Opened = { url: bridge.url, token: bridge.token.reveal(), echoUrl: `ws://127.0.0.1:${(echo.address() as AddressInfo).port}` };
	port.postMessage(opened);

	async function run(drive: Drive): Promise<Driven> {
		sentAtUs.clear();
		latenciesUs = [];
		echoed = 0;
		({ every } = drive);
		const began = performance.now();
		const total = drive.perSecond * drive.seconds;
		for (let sent = 0; sent < total; ) {
			const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * drive.perSecond));
			while (sent < due) {
				sent++;
				if (drive.kind === "ticks") tick();
				else word(sent);
			}
			await new Promise((resolve) => setTimeout(resolve, 1));
		}
		await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
		return { sent: total, latenciesUs };
	}

	function tick(): void {
		ticks++;
		const d = bodyOf(ticks);
		if (ticks % every === 0) sentAtUs.set(ticks % NUMBERS, nowUs());
		bridge.push("ticks", d);
	}

	function word(number: number): void {
		const frame = JSON.stringify({ v: 1, t: "ticks", seq: number, ts: Date.now(), sid: "0123456789abcdef", d: bodyOf(number) });
		if (number % every === 0) sentAtUs.set(number, nowUs());
		bare?.send(frame);
	}
}

/** One tick as the bridge sends it, one to a frame: the real one puts up to 500 into one. */
function bodyOf(number: number): object {
	const at = Date.now() + OFFSET_MS;
	const bid = (117_000 + (number % 7)) / 1e5;
	const cols = { t: [at], bid: [bid], ask: [Math.round(bid * 1e5 + 2) / 1e5], last: [0], vol: [0], flags: [6] };
	return { symbol: "EURUSD", name: "EURUSD", sseq: number, first_msc: at, last_msc: at, offset_s: null, cols, gap: false };
}

function nowUs(): number {
	return Number(process.hrtime.bigint() / 1000n);
}
