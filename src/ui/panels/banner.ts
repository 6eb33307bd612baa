import type { Projection } from "../../engine/project.ts";
import { STATES } from "../../engine/trading-state.ts";
import { clipText, fitLine, fitText, type Line, span, type Tone } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import type { SessionEnd, SessionView } from "../session-view.ts";
import type { CockpitState } from "../state.ts";
import { countText, dayClockText, scoreText, speedText } from "./figures.ts";
import { type Alarm, alarmOf, shownView } from "./shown.ts";

/** Rows from which the title stands alone between blank rows. */
const ROOMY_ROWS = 5;

export type BannerSlice = {
	readonly alarm: Alarm | null;
	readonly now: Projection | null;
	readonly end: SessionEnd | null;
	readonly onBreaker: "hold" | "flatten";
	readonly replay: boolean;
	/** Whether a kill has reached the broker: null on paper, or while nothing was killed. */
	readonly kill: "confirmed" | "not confirmed" | null;
	/** The session was slowed down to wait for its operator, to this speed; null while it goes as asked. */
	readonly slowedTo: number | "max" | null;
};

/** What a banner says: a title, then sentences by how much they matter. */
type Words = { readonly title: string; readonly lines: readonly string[]; readonly tone: Tone };

/** The slice of the session that the screen shows. */
export function selectBanner(state: CockpitState): BannerSlice {
	const view: SessionView | null = shownView(state);
	if (view === null) return { alarm: null, now: null, end: null, onBreaker: "hold", replay: false, kill: null, slowedTo: null };
	const { now, end, about, slowed, speed } = view;
	return { alarm: alarmOf(view), now, end, onBreaker: about.onBreaker, replay: about.replay, kill: killAt(view), slowedTo: slowed ? speed : null };
}

/** Confirmed = since the kill the link was reconciled anew, and the broker has no order of ours that waits or whose outcome is unknown. */
function killAt({ now, linkBeforeKill }: SessionView): BannerSlice["kill"] {
	const link = now?.link ?? null;
	if (now === null || link === null || now.state !== "KILLED") return null;
	return link.state === "up" && link.since !== linkBeforeKill && link.unknown === 0 && now.orders.length === 0 ? "confirmed" : "not confirmed";
}

/** Every row in the tone of what has happened: seen from across the room. */
export function paintBanner(slice: BannerSlice, size: Size): readonly Line[] {
	const words = wordsOf(slice);
	if (words === null) return [];
	const row = (text: string): Line => fitLine([span(` ${clipText(text, Math.max(0, size.width - 2))}`, words.tone)], size.width, words.tone);
	if (size.height < ROOMY_ROWS) {
		const [first = "", ...rest] = words.lines;
		return [row(`${words.title}  ${first}`), ...rest.slice(0, size.height - 1).map(row), ...blank(words, size, 1 + Math.min(rest.length, size.height - 1))];
	}
	const centred = (text: string): Line =>
		row(fitText(`${" ".repeat(Math.max(0, Math.floor((size.width - 2 - Array.from(text).length) / 2)))}${text}`, size.width - 2));
	const said = words.lines.slice(0, size.height - 2);
	return [row(""), centred(words.title), ...said.map(centred), ...blank(words, size, 2 + said.length)];
}

function blank(words: Words, size: Size, used: number): readonly Line[] {
	return Array.from({ length: Math.max(0, size.height - used) }, () => [span(" ".repeat(size.width), words.tone)]);
}

function wordsOf(slice: BannerSlice): Words | null {
	const { alarm, now, end } = slice;
	if (end !== null) return endWords(end);
	if (now === null || alarm === null) return null;
	switch (alarm) {
		case "KILLED":
		case "HALTED":
			return latchWords(alarm, slice, now);
		case "breaker":
			return breakerWords(slice, now);
		case "stopping":
			return stoppingWords(now);
		default:
			return null;
	}
}

function breakerWords(slice: BannerSlice, now: Projection): Words {
	return {
		title: "■ CIRCUIT BREAKER",
		lines: [scoreWords(now), `Because ${causeWords(now.breaker)}.`, `No new risk. ${positionsWords(slice, now)}`, needsText(slice, now), ...slowedWords(slice)],
		tone: "alarm",
	};
}

/** What happens to positions: `2 open, SL and TP stay; F flattens.` */
function positionsWords({ onBreaker, replay }: BannerSlice, { openPositions, flattening, breaker }: Projection): string {
	if (openPositions === 0) return "Nothing is open.";
	const open = `${countText(openPositions)} open`;
	if (flattening || (breaker.open && onBreaker === "flatten")) return `${open}, being closed.`;
	return `${open}, SL and TP stay${replay ? "" : "; F flattens"}.`;
}

/** That nobody has to hurry. */
function slowedWords({ slowedTo }: BannerSlice): readonly string[] {
	return slowedTo === null ? [] : [`Slowed to ${speedText(slowedTo)}, waiting for you; + speeds up.`];
}

/** `CHS 0.520, lowest 0.479; trips below 0.550`. */
function scoreWords({ health, chs, breaker }: Projection): string {
	const score = health === null ? "the score is not known" : `CHS ${scoreText(chs)}`;
	const lowest = breaker.tripScore === null ? "" : `, lowest ${scoreText(breaker.tripScore)}`;
	return `${score}${lowest}; trips below ${scoreText(breaker.tripLevel)}`;
}

/** The component that tripped it, in words and by its name. */
function causeWords({ cause, causeText }: Projection["breaker"]): string {
	return `${causeText ?? "of what the log says"}${cause === null ? "" : ` (${cause})`}`;
}

function needsText(slice: BannerSlice, now: Projection): string {
	const { breaker } = now;
	const needs = breaker.needs.join("; ");
	if (breaker.latched)
		return `LATCHED: ${slice.replay ? "waited for the operator's reset" : "press r and type the reason"}${needs === "" ? "" : `. Also: ${needs}`}`;
	return needs === "" ? `Re-arms by itself above ${scoreText(breaker.rearmLevel)}.` : `Re-arms itself: ${needs}`;
}

function latchWords(state: "KILLED" | "HALTED", slice: BannerSlice, now: Projection): Words {
	const hold = now.holds.find((other) => other.state === state);
	const why = hold === undefined ? "The reason is in the log." : `${hold.control}: ${hold.reason}`;
	const orders = state === "KILLED" ? killWords(slice.kill) : "No new risk.";
	const title = state === "KILLED" ? "✗ KILLED" : "■ HALTED";
	const { breaker } = now;
	return {
		title: breaker.open ? `■ CIRCUIT BREAKER  ${title}` : title,
		lines: [why, ...(breaker.open ? [crossedWords(now)] : []), `${orders} ${positionsWords(slice, now)}`, liftWords(slice, now), ...slowedWords(slice)],
		tone: "alarm",
	};
}

function killWords(kill: BannerSlice["kill"]): string {
	if (kill === null) return "No new orders, waiting ones cancelled.";
	if (kill === "confirmed") return "CONFIRMED by the broker: no order waits or is on its way.";
	return "NOT CONFIRMED by the broker yet; last resort: the Algo Trading button of the terminal.";
}

/** What opened the breaker, its component before its words: `CHS 0.293 < 0.550 by overshoot: a loss is ...`. */
function crossedWords({ chs, health, breaker }: Projection): string {
	const score = health === null ? "not known" : scoreText(chs);
	const level = chs < breaker.tripLevel ? `${score} < ${scoreText(breaker.tripLevel)}` : `${score}, tripped below ${scoreText(breaker.tripLevel)}`;
	return `CHS ${level}${breaker.cause === null ? "" : ` by ${breaker.cause}`}: ${breaker.causeText ?? "see the log"}`;
}

/** What lifts the latch; a loss of the day cannot be lifted on the same day. */
function liftWords(slice: BannerSlice, { at, holds }: Projection): string {
	if (slice.replay) return "The recorded session waited here for its operator.";
	const early = holds.find((hold) => STATES[hold.state].latched && hold.until !== null && hold.until > at);
	if (early !== undefined) return `${early.control} cannot be reset before ${dayClockText(early.until)}; q ends the session.`;
	return "Press r and type the reason to lift it; then space allows new entries.";
}

function stoppingWords({ stopping, openPositions }: Projection): Words {
	const positions =
		openPositions === 0
			? "Nothing is open."
			: stopping?.flatten === true
				? `Closing ${countText(openPositions)} open.`
				: `${countText(openPositions)} open are kept.`;
	return { title: "ENDING", lines: [stopping?.detail ?? "", positions], tone: "selected" };
}

function endWords(end: SessionEnd): Words {
	switch (end.kind) {
		case "failed":
			return { title: "✗ THE SESSION FAILED", lines: [end.message, "What was journalled is kept; 0 leads back, K and q still work."], tone: "alarm" };
		case "replayed": {
			const title = end.matches === null ? "REPLAYED" : end.matches ? "✓ REPLAYED, SAME FINGERPRINT" : "✗ REPLAY DIFFERS";
			return { title, lines: [end.detail, "g goes to a time, < and > move ten minutes, 0 leads back."], tone: end.matches === false ? "alarm" : "selected" };
		}
		case "ended": {
			const { summary, problems } = end;
			const planned = summary.exitCode === 0;
			return {
				title: planned ? "SESSION ENDED" : "⚠ SESSION ENDED",
				lines: [`${summary.endReason}. ${summary.endDetail}`, "s shows the summary.", ...problems],
				tone: planned ? "selected" : "alarm",
			};
		}
	}
}
