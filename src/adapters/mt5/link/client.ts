import type { Clock } from "../../ports.ts";
import type { BridgeAddress, BridgeClient, BridgeRole } from "./client-type.ts";

export { parseBridgeUrl } from "./address.ts";

/** Who connects, and from where on it wants to hear of events again. */
export type ConnectOptions = {
	/** Gives the time stamps of frames (UTC ms); time-outs are measured on the steady clock of the machine. */
	readonly clock: Clock;
	/** Shown in the bridge's log, 1 to 64 printable characters: which program, which session. */
	readonly name: string;
	/** The last event that was seen of which journal of the bridge; the client itself remembers this across reconnects. */
	readonly resume?: { readonly journalId: string; readonly eseq: number };
};

/**
 * Connects to a bridge and keeps the connection up until `close` (S-07, S-12; docs/BRIDGE_PROTOCOL.md). `address.url` comes from `parseBridgeUrl`.
 * Returns at once; trouble is told by `link()` and `ready()`, never thrown.
 */
export function connectBridge(address: BridgeAddress, role: BridgeRole, options: ConnectOptions): BridgeClient {
	throw new Error(`not there yet: ${address.url} ${role} ${options.name}`);
}
