import { cleanText } from "../../clean-text.ts";
import { codeOf, reasonOf } from "../../reason.ts";

/**
 * Why there is no connection, in words. `notABridge`: something answered that is no bridge of ours, or cannot be trusted; trying again will hardly help.
 */
export type LinkTrouble = { readonly why: string; readonly notABridge: boolean };

/** Certificates that do not prove who the bridge is, by OpenSSL's names in Node. */
const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/;
const START = "Start it: python kinetra_bridge.py beside MetaTrader 5, or kinetra bridge --sandbox to try without one";

/** An error of the socket, at `url`, in words. `opened`: the WebSocket was open before. */
export function describeTrouble(error: unknown, url: string, opened: boolean): LinkTrouble {
	const code = codeOf(error) ?? "";
	const message = error instanceof Error ? error.message : "";
	if (code === "ECONNREFUSED") return maybeLater(`no bridge listens at ${url}. ${START}`);
	if (code === "ENOTFOUND" || code === "EAI_AGAIN") return maybeLater(`the host of ${url} is not known (${code}). Check the address of the bridge`);
	if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH")
		return maybeLater(`${url} cannot be reached (${code}). Check the network and the address`);
	if (/handshake has timed out/.test(message)) return maybeLater(`${url} took the connection and says nothing. Is another program on that port?`);
	if (CERTIFICATE.test(code))
		return final(`the certificate of ${url} cannot be trusted (${code}). Put the bridge's own certificate into a PEM file and name it in KINETRA_BRIDGE_CA`);
	if (code === "EPROTO" || code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_"))
		return final(`${url} does not speak TLS as expected (${code}). Has the bridge "tls" in its bridge.json?`);
	if (code.startsWith("WS_ERR_")) return maybeLater(`${url} sent bytes that are no WebSocket frames (${code})`);
	if (code.startsWith("HPE_") || /Sec-WebSocket|Invalid Upgrade/i.test(message)) return other(url, "it does not speak WebSocket");
	if (code === "ECONNRESET" || code === "EPIPE" || /socket hang up/.test(message)) {
		return maybeLater(
			opened ? `the connection to ${url} broke` : `${url} closed the connection before it said anything. Does a tunnel stand there without a bridge behind it?`,
		);
	}
	return maybeLater(`${url}: ${reasonOf(error)}`);
}

/** An HTTP answer in place of a WebSocket. */
export function describeAnswer(status: number | undefined, url: string): LinkTrouble {
	if (status === 403) return final(`the bridge at ${url} refused the connection (403). Use the address 127.0.0.1 with the bridge's own port`);
	return other(url, `it answered with HTTP ${status ?? "?"}`);
}

/** Something took the connection that is no bridge. */
export function other(url: string, sign: string): LinkTrouble {
	return final(`what listens at ${url} is not a Kinetra bridge: ${sign}. Another program has that port, or the address is wrong`);
}

/** A close of the connection without a meaning of its own in the protocol. `reason` is text of the other side. */
export function describeClose(code: number, reason: string, url: string): string {
	const said = reason === "" ? "" : `: ${cleanText(reason, 120)}`;
	if (code === 1001) return `the bridge at ${url} ended${said}`;
	if (code === 1013) return `the bridge at ${url} has too many connections already`;
	if (code === 4000) return `the bridge at ${url} heard nothing from us for too long`;
	if (code === 1005 || code === 1006) return `the connection to ${url} broke`;
	return `the bridge at ${url} closed the connection (${code}${said})`;
}

function maybeLater(why: string): LinkTrouble {
	return { why, notABridge: false };
}

function final(why: string): LinkTrouble {
	return { why, notABridge: true };
}
