import type { BrokerMs, Points } from "../../../engine/units.ts";
import type { TicksBody } from "../wire/messages.ts";

/** What was wrong with the quotes so far; part of the feed's report. */
export type TickCounts = { badRows: number; duplicates: number; outOfOrder: number; gaps: number; longestGapMs: number };

/** What became of a batch: its quotes were taken; it had come before; one before it is missing, so it was left alone. */
export type BatchFate = "taken" | "repeated" | "missing";

/**
 * Where the stream of quotes stands (docs/BRIDGE_PROTOCOL.md, Streams): the broker's time of the last quote had, how many with that time, and the number of
 * the last batch. So that every quote is taken once, whatever happens to the line.
 */
export type TickCursor = {
	/** For the next `sub`; null before the first quote (then: from now). */
	place(): { readonly from_msc: number; readonly from_seen: number } | null;
	/** A subscription was asked for: its first batch has number 1. */
	restart(): void;
	/** Hands the new quotes of a batch on, times never falling; an older one is counted and dropped, as is one that repeats the quote before it to the letter. */
	take(body: TicksBody, emit: (at: BrokerMs, bid: Points, ask: Points) => void): BatchFate;
};

/** A quote this much later than the one before it (ms) is no quote of this world: taken, it would end the session at once, and nothing would come after it. */
const FAR_MS = 31 * 86_400_000;
/** Prices travel as 32-bit points. */
const MOST_POINTS = 2 ** 31 - 1;

/** At the start of a stream of a symbol with `digits` decimals; notes in `counts` what it drops. */
export function createTickCursor(digits: number, counts: TickCounts): TickCursor {
	const scale = 10 ** digits;
	let msc = 0;
	let seen = 0;
	let sseq = 0;
	let before = "";
	return {
		place: () => (msc === 0 ? null : { from_msc: msc, from_seen: seen }),
		restart() {
			sseq = 0;
		},
		take(body, emit) {
			if (body.sseq > sseq + 1) return "missing";
			if (body.sseq <= sseq) {
				counts.duplicates += body.cols.t.length;
				return "repeated";
			}
			sseq = body.sseq;
			const { t, bid, ask, last, vol, flags } = body.cols;
			if (body.gap) noteGap(counts, msc, t[0] ?? msc);
			for (let i = 0; i < t.length; i++) {
				const at = t[i] as number;
				if (at < msc) {
					counts.outOfOrder++;
					continue;
				}
				if (msc > 0 && at - msc > FAR_MS) {
					counts.badRows++;
					continue;
				}
				const text = `${bid[i]} ${ask[i]} ${last[i]} ${vol[i]} ${flags[i]}`;
				const isRepeated = at === msc && text === before;
				seen = at === msc ? seen + 1 : 1;
				msc = at;
				before = text;
				const bidPoints = Math.round((bid[i] as number) * scale);
				const askPoints = Math.round((ask[i] as number) * scale);
				if (isRepeated) counts.duplicates++;
				// What cannot be written down in points is no quote at all; an impossible one that can is for the engine to judge (control C30).
				else if (!(Math.abs(bidPoints) <= MOST_POINTS && Math.abs(askPoints) <= MOST_POINTS)) counts.badRows++;
				else emit(at, bidPoints, askPoints);
			}
			return "taken";
		},
	};
}

function noteGap(counts: TickCounts, from: BrokerMs, to: BrokerMs): void {
	counts.gaps++;
	if (from > 0 && to - from > counts.longestGapMs) counts.longestGapMs = to - from;
}
