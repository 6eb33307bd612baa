import { isObject, type JournalFields, numberOf, textOf } from "./journal-fields.ts";
import type { JournalRecord } from "./outbox.ts";

/** Says which trade a position is. `lookUp` asks the running engine first, when there is one. */
export type TradeNumbers = { note(record: JournalRecord): void; of(positionId: number | null): number | null };

/** Positions that are remembered at most; far more than any session has open at once. */
const POSITIONS_MAX = 1000;

/**
 * Numbers of trades by position, followed along a journal. Trades count up from 1 as they are born, shadow trades among them. The birth of
 * a shadow trade is not in the journal, so while one may be unborn the number of a real one is known only to the engine (`lookUp`) or
 * from the row at its end.
 */
export function createTradeNumbers(lookUp: (positionId: number) => number | null = () => null): TradeNumbers {
	const numbers = new Map<number, number>();
	const open = new Set<number>();
	let highest = 0;
	/** Shadow entries whose trade has not been seen at its end. */
	let shadowEntries = 0;
	const learn = (positionId: number, number: number): void => {
		numbers.set(positionId, number);
		highest = Math.max(highest, number);
		const oldest = numbers.keys().next();
		if (numbers.size > POSITIONS_MAX && oldest.done !== true) numbers.delete(oldest.value);
	};
	const noteDeal = (deal: JournalFields): void => {
		const positionId = numberOf(deal, "positionId");
		if (positionId === null) return;
		const isBirth = (textOf(deal, "entry") === "IN" && !open.has(positionId)) || textOf(deal, "entry") === "INOUT";
		if (!isBirth) return;
		open.add(positionId);
		numbers.delete(positionId);
		if (shadowEntries === 0) learn(positionId, highest + 1);
	};
	return {
		note({ kind, data }) {
			if (!isObject(data)) return;
			const number = numberOf(data, "number");
			const positionId = numberOf(data, "positionId");
			if (kind === "broker" && isObject(data.deal)) noteDeal(data.deal);
			else if (kind === "adoption" && number !== null && positionId !== null) {
				learn(positionId, number);
				open.add(positionId);
			} else if (kind === "shadow-order" && isObject(data.request) && data.request.action === "DEAL" && data.request.positionId === null) shadowEntries++;
			else if (kind === "shadow-trade" && number !== null) {
				highest = Math.max(highest, number);
				shadowEntries = Math.max(0, shadowEntries - 1);
			} else if (kind === "trade" && number !== null && positionId !== null) {
				learn(positionId, number);
				open.delete(positionId);
			}
		},
		of: (positionId) => (positionId === null ? null : (lookUp(positionId) ?? numbers.get(positionId) ?? null)),
	};
}
