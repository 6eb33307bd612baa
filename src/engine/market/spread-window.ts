import type { BrokerMs, Points } from "../units.ts";

const SPAN_MS = 300_000;
const SAMPLE_MS = 5000;
const SAMPLES = SPAN_MS / SAMPLE_MS;
/** Fewer samples than this have no meaningful median. */
const SAMPLES_MIN = 10;

/** Spreads of the last five minutes, one sample at most every five seconds, for the price collar (control C10). Plain JSON. */
export type SpreadWindow = { readonly at: BrokerMs[]; readonly spread: Points[]; next: number; nextSampleAt: BrokerMs };

/** An empty window. */
export function createSpreadWindow(): SpreadWindow {
	return { at: [], spread: [], next: 0, nextSampleAt: 0 };
}

/** Offers a spread; kept when the last sample is five seconds old. A comparison on most ticks. */
export function addSpread(window: SpreadWindow, at: BrokerMs, spread: Points): void {
	if (at < window.nextSampleAt) return;
	window.nextSampleAt = at + SAMPLE_MS;
	window.at[window.next] = at;
	window.spread[window.next] = spread;
	window.next = window.next + 1 === SAMPLES ? 0 : window.next + 1;
}

/** The median spread of the last five minutes, or null when fewer than ten samples fall into them. For decisions, not for every tick. */
export function medianSpread(window: SpreadWindow, at: BrokerMs): Points | null {
	const recent = recentSpreads(window, at);
	if (recent.length < SAMPLES_MIN) return null;
	recent.sort((a, b) => a - b);
	const middle = Math.floor(recent.length / 2);
	const upper = recent[middle] as number;
	return recent.length % 2 === 1 ? upper : ((recent[middle - 1] as number) + upper) / 2;
}

/** The samples that count, newest first: times never fall, so the first one that is too old ends the search. */
function recentSpreads(window: SpreadWindow, at: BrokerMs): Points[] {
	const recent: Points[] = [];
	const count = window.at.length;
	for (let back = 1; back <= count; back++) {
		const index = (window.next - back + count) % count;
		if (!((window.at[index] as number) > at - SPAN_MS)) break;
		recent.push(window.spread[index] as number);
	}
	return recent;
}
