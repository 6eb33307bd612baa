import WebSocket from "ws";
import { MAX_FRAME_FROM_BRIDGE } from "../wire/envelope.ts";

/** S-07. No Origin header: a bridge refuses whoever sends one. `maxBufferedChunks` is above what a whole frame takes over a slow network. */
const SOCKET_OPTIONS = {
	perMessageDeflate: false,
	followRedirects: false,
	maxPayload: MAX_FRAME_FROM_BRIDGE,
	maxFragments: 16,
	maxBufferedChunks: 4096,
	rejectUnauthorized: true,
	minVersion: "TLSv1.2",
} as const;

/** A socket that was asked to close gets so long. */
const CLOSE_PATIENCE_MS = 500;

/** Opens a socket to `url`; with `certificates` (PEM) only these vouch for whoever answers. Throws what `ws` throws for an address it cannot use. */
export function openSocket(url: string, certificates: string | null, handshakeMs: number): WebSocket {
	return new WebSocket(url, { ...SOCKET_OPTIONS, handshakeTimeout: handshakeMs, ...(certificates === null ? {} : { ca: certificates }) });
}

/** Ends a socket that nobody listens to any more: with a close code where it is open, by force where it does not answer in time. */
export function shut(socket: WebSocket, code: number): void {
	socket.removeAllListeners();
	// Without a listener an error of a socket that nobody wants any more would end the program.
	socket.on("error", () => undefined);
	if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
	else if (socket.readyState === WebSocket.OPEN) socket.close(code);
	setTimeout(() => socket.terminate(), CLOSE_PATIENCE_MS).unref();
}
