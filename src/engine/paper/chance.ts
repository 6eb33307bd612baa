import type { Side } from "../order.ts";
import { normal, uniform } from "../random.ts";
import { type Lots, lotsOf, type Points, stepsIn } from "../units.ts";
import type { PaperBook } from "./state.ts";

/** Adverse slippage |N(0, sd)|, whole ticks, never below one tick's price (settings.slippagePoints). */
export function slipped(book: PaperBook, side: Side, quote: Points): Points {
	const deviation = book.settings.slippagePoints * book.slippageFactor;
	if (!(deviation > 0)) return quote;
	const tick = book.terms.instrument.tickSizePoints;
	const adverse = Math.round((Math.abs(normal(book.random.slippage)) * deviation) / tick) * tick;
	return side === "BUY" ? quote + adverse : Math.max(tick, quote - adverse);
}

/** The volume that the market has: all of it, or by chance a part between the minimum and one step less than asked. */
export function availableLots(book: PaperBook, lots: Lots): Lots {
	if (!happens(book.settings.partialFillProbability, book, "partial")) return lots;
	const { volumeMin, volumeStep } = book.terms.instrument;
	const least = Math.max(1, Math.ceil(volumeMin / volumeStep - 1e-7));
	const most = stepsIn(lots, volumeStep) - 1;
	if (most < least) return lots;
	return lotsOf(least + Math.floor(uniform(book.random.partial) * (most - least + 1)), volumeStep);
}

/** Draws only when there is a chance at all, so that a knob that is off leaves its stream where it is. */
export function happens(probability: number, book: PaperBook, stream: "reject" | "requote" | "partial"): boolean {
	return probability > 0 && uniform(book.random[stream]) < probability;
}
