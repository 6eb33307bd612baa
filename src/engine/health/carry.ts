import { type Arms, emptyRecord } from "./edge.ts";
import type { ChsCarry } from "./state.ts";
import { emptyTradeSums } from "./statistics.ts";

export type { ChsCarry } from "./state.ts";

const NO_ARMS: Arms = { gone: 0, inverted: 0, leak: 0 };

/** What a carry must look like: every number of the pattern finite, and the same names below. */
const PATTERN: ChsCarry = { sums: emptyTradeSums(), trades: 0, arms: NO_ARMS, record: emptyRecord(), usedRecord: emptyRecord(), overshoot: 0 };

/**
 * A carry as read from a file, or null when it is not one: a name missing, a value that is no finite number, a negative count. Null must
 * be refused or reported by the caller, never taken for "no carry": that would heal a failing agent.
 */
export function readCarry(value: unknown): ChsCarry | null {
	if (!matches(PATTERN, value)) return null;
	const carry = value as ChsCarry;
	const counts = [carry.trades, carry.record.n, carry.usedRecord.n];
	const weights = [carry.sums.slow.weight, carry.sums.market.weight, carry.arms.gone, carry.arms.inverted, carry.arms.leak, carry.overshoot];
	const sane = counts.every((count) => Number.isInteger(count) && count >= 0) && weights.every((weight) => weight >= 0);
	return sane ? carry : null;
}

function matches(pattern: unknown, value: unknown): boolean {
	if (typeof pattern === "number") return typeof value === "number" && Number.isFinite(value);
	if (pattern === null || typeof pattern !== "object" || value === null || typeof value !== "object") return false;
	return Object.entries(pattern).every(([key, part]) => matches(part, (value as Record<string, unknown>)[key]));
}
