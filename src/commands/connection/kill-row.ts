import type { KillOrder } from "../../adapters/kill-file.ts";
import type { StatusBody } from "../../adapters/mt5/wire/messages.ts";
import { failed, ok, type Verdict } from "./verdict.ts";

const LIFT = 'While it is there nothing new is traded. See that all is as it should be, then lift it: kinetra kill --release --reason "..."';

/** Whether a kill is latched, at the bridge or in this home. `status` null = the bridge was not asked. */
export function killRow(status: StatusBody | null, file: KillOrder | null): Verdict {
	const told: string[] = [];
	if (file !== null) told.push(`kill file in this home: ${file.reason}`);
	for (const latch of status?.kills ?? []) told.push(`at the bridge for ${latch.scope === "all" ? "everything" : `agent ${latch.scope}`}: ${latch.reason}`);
	return told.length === 0 ? ok("none is latched") : failed(told.join("; "), LIFT);
}
