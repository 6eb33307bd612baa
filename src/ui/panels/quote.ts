import type { Projection } from "../../engine/project.ts";
import { clipLine, clipText, fitLine, type Line, lineWidth, span } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import type { SessionAbout } from "../session-view.ts";
import { stateSpans } from "./account.ts";
import { ageText, amountText, clockText, countText, minutesText, priceText, scoreText, signedText, signTone, speedText } from "./figures.ts";
import type { Panel } from "./shown.ts";

/** An older quote is stale for the eye; what the engine makes of it is `quoteState`. */
const FRESH_MS = 2000;

export type QuoteSlice = Pick<
	Projection,
	"at" | "bid" | "ask" | "quoteAt" | "quoteState" | "quoteWhy" | "spreadPoints" | "marketMinute" | "minutesTotal" | "phase" | "warmupDone" | "warmupTotal"
> & {
	readonly about: SessionAbout;
	readonly speed: number | "max";
	/** It goes slower than was asked for, because something has latched. */
	readonly slowed: boolean;
	readonly held: boolean;
	/** Wall seconds without news from the engine, from the third on; 0 = news is fresh or none is due. */
	readonly silentSeconds: number;
};

/** One row: what is traded, the quote with its age, and how far the session is. */
export const quotePanel: Panel<QuoteSlice> = {
	select: ({ now, about, speed, slowed, held, receivedWallMs, end }, state) => ({
		at: now.at,
		bid: now.bid,
		ask: now.ask,
		quoteAt: now.quoteAt,
		quoteState: now.quoteState,
		quoteWhy: now.quoteWhy,
		spreadPoints: now.spreadPoints,
		marketMinute: now.marketMinute,
		minutesTotal: now.minutesTotal,
		phase: now.phase,
		warmupDone: now.warmupDone,
		warmupTotal: now.warmupTotal,
		about,
		speed,
		slowed,
		held,
		silentSeconds: end === null && !held && state.wallMs - receivedWallMs > FRESH_MS ? Math.floor((state.wallMs - receivedWallMs) / 1000) : 0,
	}),
	title: () => "",
	right: () => [],
	paint: (slice, size) => [quoteLine(slice, size)],
};

export type StripSlice = Pick<Projection, "chs" | "chsState" | "health" | "state" | "equity" | "floating" | "openPositions" | "phase" | "breakerOpen"> & {
	readonly about: SessionAbout;
};

/** The essentials in a row, where chart or log have the room of the other panels. */
export const stripPanel: Panel<StripSlice> = {
	select: ({ now, about }) => ({
		chs: now.chs,
		chsState: now.chsState,
		health: now.health,
		state: now.state,
		equity: now.equity,
		floating: now.floating,
		openPositions: now.openPositions,
		phase: now.phase,
		breakerOpen: now.breakerOpen,
		about,
	}),
	title: () => "",
	right: () => [],
	paint: (slice, size) => [stripLine(slice, size)],
};

function quoteLine(slice: QuoteSlice, size: Size): Line {
	const { about } = slice;
	const left: Line = [
		span(`${clipText(about.symbol, 12)} ${about.timeframe} `, "strong"),
		span(" "),
		...pipSpans(slice.bid, about.digits),
		span(" / ", "faint"),
		...pipSpans(slice.ask, about.digits),
		span(`  ${Number.isFinite(slice.spreadPoints) ? Math.round(slice.spreadPoints) : "--"} pt  `, "faint"),
		...ageSpans(slice),
	];
	const full = rightSpans(slice, true);
	const right = lineWidth(left) + lineWidth(full) + 1 <= size.width ? full : rightSpans(slice, false);
	const who = `  ${about.agent}, ${about.feed}`;
	const spare = size.width - lineWidth(left) - lineWidth(right) - 2;
	const middle: Line = spare >= 16 ? [span(clipText(who, spare), "faint")] : [];
	const blanks = Math.max(1, size.width - lineWidth(left) - lineWidth(middle) - lineWidth(right));
	return clipLine([...left, ...middle, span(" ".repeat(blanks)), ...right], size.width);
}

/** Speed, clock and how far the session is; without the clock where there is no room. */
function rightSpans(slice: QuoteSlice, hasClock: boolean): Line {
	const speed =
		!slice.about.liveQuotes || slice.about.replay
			? [slice.slowed ? span(`⚠ slowed to ${speedText(slice.speed)}  `, "warn") : span(`${speedText(slice.speed)}  `, "accent")]
			: [];
	return [...(slice.held ? [span("⏸ held  ", "warn")] : []), ...speed, ...progress(slice, hasClock)];
}

/** A price with its pip digits strong and the point after them faint: 1.08`42`3. */
function pipSpans(price: number, digits: number): Line {
	const text = priceText(price, digits);
	if (text === "--") return [span(text, "warn")];
	const points = digits % 2 === 1 ? 1 : 0;
	const end = text.length - points;
	const start = Math.max(0, end - 2);
	return [span(text.slice(0, start)), span(text.slice(start, end), "strong"), span(text.slice(end), "faint")].filter((part) => part.text !== "");
}

/** How old the quote is and whether it may be believed; silence of the engine comes before everything. */
function ageSpans(slice: QuoteSlice): Line {
	if (slice.silentSeconds > 0) return [span(`⚠ no news from the engine for ${slice.silentSeconds} s`, "bad")];
	if (slice.quoteState === "none") return [span("⚠ no quote yet", "warn")];
	const age = slice.at - slice.quoteAt;
	if (slice.quoteState !== "ok") return [span(`⚠ ${slice.quoteState}: ${clipText(slice.quoteWhy, 32)}`, "bad")];
	if (!(age <= FRESH_MS)) return [span(`⚠ stale, ${ageText(age)} old`, "warn")];
	return [span("✓ ", "good"), span(`${ageText(age)} old`, "faint")];
}

function progress(slice: QuoteSlice, hasClock: boolean): Line {
	if (slice.phase === "warmup") return [span(`warm-up ${countText(slice.warmupDone)}/${countText(slice.warmupTotal)} bars`, "accent")];
	const total = slice.minutesTotal === null ? "" : `/${minutesText(slice.minutesTotal)}`;
	const clock = hasClock ? [span(`${clockText(slice.at)}  `, "faint")] : [];
	return [...clock, span(`${minutesText(slice.marketMinute, slice.minutesTotal ?? slice.marketMinute)}${total}`)];
}

function stripLine(slice: StripSlice, size: Size): Line {
	const { about } = slice;
	const chs = slice.health === null ? "CHS -- warming up" : `CHS ${scoreText(slice.chs)} ${slice.chsState}`;
	const line: Line = [
		span(chs, slice.breakerOpen || slice.chsState === "failing" ? "bad" : "strong"),
		span("  │  ", "faint"),
		...stateSpans(slice.state),
		span("  │  ", "faint"),
		span(`equity ${amountText(slice.equity, about.currencyDigits)} ${about.currency}`),
		span("  "),
		span(signedText(slice.floating, about.currencyDigits), signTone(slice.floating)),
		span("  │  ", "faint"),
		span(`${countText(slice.openPositions)} open`),
	];
	return fitLine(line, size.width);
}
