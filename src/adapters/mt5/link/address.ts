import { cleanText } from "../../clean-text.ts";
import { type Failure, usageFailure } from "../../failure.ts";

/** The port of a bridge unless it was told another (docs/BRIDGE_PROTOCOL.md). */
const DEFAULT_PORT = 8765;
/** What a bridge without TLS accepts in the Host header, and so all that may be asked without TLS (S-05, S-12). */
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * The address of a bridge as `ws://host:port` or `wss://host:port`, from what a person typed: the scheme may be left out for this machine, the
 * port is then 8765. Throws a usage `Failure` (exit 2) for anything else, and for a plain connection to another machine: it would show every
 * order to the network (S-12).
 */
export function parseBridgeUrl(text: string): string {
	const typed = text.trim();
	const whole = typed.includes("://") ? typed : `ws://${typed}`;
	let url: URL;
	try {
		url = new URL(whole);
	} catch {
		throw wrong(text, "is not an address");
	}
	if (url.protocol !== "ws:" && url.protocol !== "wss:") throw wrong(text, "must begin with ws:// or wss://");
	if (url.username !== "" || url.password !== "") throw wrong(text, "must not hold a user or password: the token comes from its file");
	if (url.search !== "" || url.hash !== "" || (url.pathname !== "/" && url.pathname !== "")) throw wrong(text, "must end after the port");
	if (url.hostname === "") throw wrong(text, "names no host");
	if (url.protocol === "ws:" && !LOOPBACK.has(url.hostname)) {
		throw usageFailure(
			`The bridge address ${show(text)} is on another machine and not encrypted. Use wss:// (the bridge then needs "tls" in bridge.json), or an SSH tunnel: ssh -L ${DEFAULT_PORT}:127.0.0.1:${DEFAULT_PORT} that-machine, and ws://127.0.0.1:${DEFAULT_PORT}`,
		);
	}
	return `${url.protocol}//${url.hostname}:${portOf(url, whole)}`;
}

/** URL leaves out the scheme's own port; one that was typed counts. */
function portOf(url: URL, whole: string): string {
	if (url.port !== "") return url.port;
	return /:(\d+)\/?$/.exec(whole)?.[1]?.replace(/^0+(?=\d)/, "") ?? String(DEFAULT_PORT);
}

function wrong(text: string, what: string): Failure {
	return usageFailure(`The bridge address ${show(text)} ${what}. Expected something like ws://127.0.0.1:${DEFAULT_PORT}`);
}

/** Without what stands where a password would: it must not be shown. */
function show(text: string): string {
	return cleanText(text.replace(/\/\/[^/]*@/, "//***@"), 100);
}
