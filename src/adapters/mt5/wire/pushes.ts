import { readTicks, symbolSpec } from "./market-schemas.ts";
import type { BridgePush } from "./messages.ts";
import { orderAck } from "./replies.ts";
import { account, status, terminal } from "./state-schemas.ts";
import { event, killResult, orderResult, snapshot } from "./trade-schemas.ts";

const SCHEMAS = {
	account,
	terminal,
	status,
	symbol_spec: symbolSpec,
	event,
	snapshot,
	order_ack: orderAck,
	order_result: orderResult,
	kill_result: killResult,
} as const;

/** Whether frames of this type are handed on when nobody asked for them. Others are of a later version, or of no use to us. */
export function isPush(t: string): t is BridgePush["t"] {
	return t === "ticks" || Object.hasOwn(SCHEMAS, t);
}

/** A frame that nobody asked for, its body checked and cleaned; null when it cannot be read. */
export function readPush(t: BridgePush["t"], body: object): BridgePush | null {
	if (t === "ticks") {
		const d = readTicks(body);
		return d === null ? null : { t, d };
	}
	const read = SCHEMAS[t].safeParse(body);
	// The pair was looked up by its type, which the compiler cannot see through a table.
	return read.success ? ({ t, d: read.data } as BridgePush) : null;
}
