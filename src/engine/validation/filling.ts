import type { Filling, Instrument } from "../instrument.ts";
import type { PendingType } from "../order.ts";

/**
 * The filling policy for a market deal on this symbol (rulebook A.2, resolver): never the symbol's flag mask itself. With
 * `wantsAllOrNothing` FOK wherever it is allowed. Null when the symbol accepts none.
 */
export function fillingFor(instrument: Instrument, wantsAllOrNothing: boolean): Filling | null {
	const has = (flag: "FOK" | "IOC"): boolean => instrument.fillingFlags.includes(flag);
	switch (instrument.executionMode) {
		case "REQUEST":
		case "INSTANT":
			return "FOK";
		case "MARKET":
			if (wantsAllOrNothing && has("FOK")) return "FOK";
			return has("IOC") ? "IOC" : has("FOK") ? "FOK" : null;
		case "EXCHANGE":
			return wantsAllOrNothing && has("FOK") ? "FOK" : "RETURN";
	}
}

/** The policies a market deal may carry (rulebook A.2, table of execution mode and policy). */
export function dealFillings(instrument: Instrument): readonly Filling[] {
	if (instrument.executionMode === "REQUEST" || instrument.executionMode === "INSTANT") return ["FOK", "IOC", "RETURN"];
	const flagged = instrument.fillingFlags.filter((flag) => flag !== "BOC");
	return instrument.executionMode === "EXCHANGE" ? [...flagged, "RETURN"] : flagged;
}

/** The policies a waiting order may carry: RETURN always, since nothing executes at placing, BOC for limits and stop-limits on symbols with the flag (rulebook A.2). */
export function pendingFillings(instrument: Instrument, type: PendingType): readonly Filling[] {
	const passive = type !== "BUY_STOP" && type !== "SELL_STOP" && instrument.fillingFlags.includes("BOC");
	return [...new Set<Filling>(["RETURN", ...dealFillings(instrument), ...(passive ? (["BOC"] as const) : [])])];
}
