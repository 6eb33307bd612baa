import { numberOf, textOf } from "./journal-fields.ts";
import type { LogEntry, Weight } from "./log.ts";
import { entry, type LogLine, priceOf, remember } from "./log-line.ts";
import type { Lots } from "./units.ts";

/**
 * A deal. One that opens is a fill of its own; one that closes a whole position is told by the trade's row, which has the result, and
 * gives no line here.
 */
export function dealEntry(line: LogLine): LogEntry | null {
	const { data, memory } = line;
	const positionId = numberOf(data, "positionId");
	const lots = numberOf(data, "lots");
	const price = priceOf(line, data, "price");
	if (positionId === null || lots === null || price === null) return null;
	const known = memory.open.get(positionId)?.lots ?? 0;
	const kind = textOf(data, "entry");
	if (kind === "IN" || kind === "INOUT") {
		// A reversal closes what was open, and only its rest is the new position.
		const opened = kind === "INOUT" ? left(lots, known) : lots;
		remember(memory.open, positionId, { lots: kind === "INOUT" ? opened : sum(known, lots), closePrice: kind === "INOUT" ? price : null });
		return textOf(data, "reason") === "ROLLOVER" ? null : fillEntry(line, positionId, opened, price);
	}
	const rest = left(known, lots);
	remember(memory.open, positionId, { lots: rest, closePrice: price });
	if (rest === 0 || textOf(data, "reason") === "ROLLOVER") return null;
	const reason = `${rest} of ${known} lots stay open`;
	return entry(line, "trade", "partly closed", reason, { price, lots, trade: real(memory.numbers.of(positionId)), mark: "exit" });
}

function fillEntry(line: LogLine, positionId: number, lots: Lots, price: number): LogEntry {
	const { data, memory } = line;
	const side = textOf(data, "side");
	const asked = memory.asked.get(numberOf(data, "intentId") ?? -1);
	const mark = side === "BUY" ? "buy" : "sell";
	return entry(line, "trade", `${side} filled`, asked?.reason ?? "not an order of ours", { price, lots, trade: real(memory.numbers.of(positionId)), mark });
}

/** What a broker's reason to close is called, and how much it matters. */
const EXITS: Readonly<Record<string, readonly [event: string, weight: Weight]>> = {
	SL: ["stop loss", "info"],
	TP: ["take profit", "good"],
	SO: ["stop-out", "alarm"],
	END: ["closed at the end", "info"],
	ROLLOVER: ["rollover", "info"],
	EXPERT: ["closed", "info"],
};

/** A trade that is over, real or shadow, with its result. Shadow trades leave no mark: nothing was filled. */
export function tradeEntry(line: LogLine, kind: string): LogEntry | null {
	const { data, memory } = line;
	const number = numberOf(data, "number");
	if (number === null) return null;
	const shadow = kind === "shadow-trade";
	const exitReason = textOf(data, "exitReason");
	const [event, weight] = EXITS[textOf(data, "reason")] ?? ["closed", "info"];
	const positionId = numberOf(data, "positionId");
	const price = (positionId === null ? null : memory.open.get(positionId)?.closePrice) ?? numberOf(data, "closePrice");
	if (positionId !== null && (memory.numbers.of(positionId) ?? number) === number) memory.open.delete(positionId);
	return entry(line, "trade", shadow ? `shadow ${exitReason === "closed by the agent" ? "closed" : exitReason}` : event, exitReason, {
		weight: shadow ? "info" : weight,
		price,
		lots: numberOf(data, "lots"),
		result: numberOf(data, "net"),
		trade: { number, shadow },
		mark: shadow ? null : "exit",
	});
}

function real(number: number | null): LogEntry["trade"] {
	return number === null ? null : { number, shadow: false };
}

function sum(a: Lots, b: Lots): Lots {
	return Number((a + b).toFixed(8));
}

function left(a: Lots, b: Lots): Lots {
	return Math.max(0, Number((a - b).toFixed(8)));
}
