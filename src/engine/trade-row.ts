import { type JournalFields, numberOf, textOf } from "./journal-fields.ts";
import type { TradeRow } from "./summary-type.ts";

const NUMBERS = ["number", "lots", "openedAt", "closedAt", "openPrice", "closePrice", "net", "r", "mfeR", "maeR"] as const;

/** The row of a closed trade out of its journal line, or null when one of its figures is missing. */
export function tradeRowOf(data: JournalFields): TradeRow | null {
	const side = textOf(data, "side");
	const figures = Object.fromEntries(NUMBERS.map((name) => [name, numberOf(data, name)]));
	if ((side !== "BUY" && side !== "SELL") || Object.values(figures).some((value) => value === null)) return null;
	return {
		...(figures as Record<(typeof NUMBERS)[number], number>),
		side,
		entryReason: textOf(data, "entryReason"),
		exitReason: textOf(data, "exitReason"),
		shadow: data.shadow === true,
	};
}
