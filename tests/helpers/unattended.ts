import type { Order } from "../../src/commands/run/perform.ts";
import { paceOf } from "../../src/pace.ts";

/** A session as nobody watches it: at full speed, a millisecond of wall time a look from 4 March 2025 on, and nothing asked of it. */
export function unattended(order: Pick<Order, "home" | "plan"> & Partial<Order>): Order {
	let wall = Date.UTC(2025, 2, 4);
	return {
		confirmed: null,
		clock: { nowMs: () => wall++ },
		onLine: null,
		pace: paceOf("max"),
		commands: [],
		watch: null,
		begun: () => {},
		onProgress: () => {},
		onLeave: () => () => {},
		interruptCode: () => 130,
		...order,
	};
}
