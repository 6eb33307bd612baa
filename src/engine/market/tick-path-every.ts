import type { Points } from "../units.ts";
import { pushTick, TICK_QUOTE, type TickBatch } from "./tick.ts";
import type { RecordedBar } from "./tick-path.ts";

/** Most support points besides the Open (rulebook A4.3). */
const SUPPORT_MAX = 11;
/** Points for opening shadow, body and closing shadow by the number of support points, from 3 to 11 (rulebook A4.3, table). */
const SHARES: readonly (readonly [opening: number, body: number, closing: number])[] = [
	[1, 1, 1],
	[1, 2, 1],
	[1, 3, 1],
	[1, 4, 1],
	[2, 3, 2],
	[2, 4, 2],
	[2, 5, 2],
	[2, 6, 2],
	[3, 5, 3],
];

/**
 * The "every tick" path of one bar (rulebook A4.3), `rows` ticks long: 1 = Close; 2 = Open, Close; 3 = Open, a middle point, Close; from 4 on
 * Open, support points along the route, and the remaining ticks between them. From 4 rows on, and below that whenever the bar's
 * prices leave room for it: the first row is the Open, the last the Close, both extremes are hit and nothing lies outside them.
 * Inside the body the path is ours: it is not tick-identical with MT5, whose algorithm is published only in outline.
 *
 * The rulebook counts `min(v, 11)` support points without the Open; with v ticks in all there is room for v - 1 of them.
 */
export function everyTickPath(bar: RecordedBar, lengthMs: number, direction: 1 | -1, rows: number, batch: TickBatch): void {
	const start = batch.count;
	if (rows === 1) pushPrice(batch, bar, bar.close);
	else {
		pushPrice(batch, bar, bar.open);
		if (rows > 3) longPath(bar, direction, rows, batch);
		else {
			if (rows === 3) pushPrice(batch, bar, middlePoint(bar, direction));
			pushPrice(batch, bar, bar.close);
		}
	}
	stampRows(bar, lengthMs, start, batch);
}

/** Times evenly over the bar (rulebook A4.2, inferred) and the tick volume shared, for the rows appended since `start`. */
function stampRows(bar: RecordedBar, lengthMs: number, start: number, batch: TickBatch): void {
	const rows = batch.count - start;
	const steps = Math.max(1, rows - 1);
	let shared = 0;
	for (let i = 0; i < rows; i++) {
		batch.atMs[start + i] = bar.openMs + Math.floor((i * (lengthMs - 1)) / steps);
		const sharedAfter = Math.floor((bar.tickVolume * (i + 1)) / rows);
		batch.volume[start + i] = sharedAfter - shared;
		shared = sharedAfter;
	}
}

/** The middle one of three ticks (rulebook A4.3). Two shadows cannot both be shown: the longer one is, at a tie the one the route meets first. */
function middlePoint(bar: RecordedBar, direction: 1 | -1): Points {
	const { open, high, low, close } = bar;
	const up = high - Math.max(open, close);
	const down = Math.min(open, close) - low;
	if (up === 0 && down === 0) return low + Math.floor((high - low) / 2);
	if (up === down) return direction === 1 ? low : high;
	return up > down ? high : low;
}

/** Open has been pushed; this appends the `rows - 1` ticks after it. */
function longPath(bar: RecordedBar, direction: 1 | -1, rows: number, batch: TickBatch): void {
	const first = direction === 1 ? bar.low : bar.high;
	const second = direction === 1 ? bar.high : bar.low;
	const wanted = Math.min(rows - 1, SUPPORT_MAX);
	const share = SHARES[wanted - 3] as readonly [number, number, number];
	const opening = first === bar.open ? 0 : share[0];
	const closing = second === bar.close ? 0 : share[2];
	const body = oddOf(wanted - opening - closing);
	const walk = startWalk(rows - 1, opening + body + closing, bar);
	if (opening > 0) walkShadow(walk, bar.open, first, opening, batch);
	walkBody(walk, first, second, body, batch);
	if (closing > 0) walkShadow(walk, second, bar.close, closing, batch);
}

/** The body's wave goes forward, back, ..., forward: an odd number of points; an even share loses one to the ticks in between. */
function oddOf(points: number): number {
	return points % 2 === 0 ? points - 1 : points;
}

/**
 * How far the path has come: where it is, the stretch it walks along (which ticks in between must not leave, or they would meet an extreme too
 * early), and how many ticks lie between how many support points.
 */
type Walk = {
	readonly bar: RecordedBar;
	at: Points;
	from: Points;
	until: Points;
	supportsDone: number;
	readonly supports: number;
	readonly between: number;
};

function startWalk(ticks: number, supports: number, bar: RecordedBar): Walk {
	return { bar, at: bar.open, from: bar.open, until: bar.open, supportsDone: 0, supports, between: ticks - supports };
}

/** One point: its end. Two: halfway, end. Three: three quarters of the way, a point back, end. */
function walkShadow(walk: Walk, from: Points, to: Points, points: number, batch: TickBatch): void {
	const way = startStretch(walk, from, to);
	if (points === 2) walkTo(walk, from + Math.trunc(way / 2), batch);
	if (points === 3) {
		const far = from + Math.trunc((way * 3) / 4);
		walkTo(walk, far, batch);
		walkTo(walk, far === from ? from : far - Math.sign(way), batch);
	}
	walkTo(walk, to, batch);
}

/** An impulse wave of `points` (odd) support points: forward, a point back, forward ..., ending at `to`. */
function walkBody(walk: Walk, from: Points, to: Points, points: number, batch: TickBatch): void {
	const way = startStretch(walk, from, to);
	const forwards = (points + 1) / 2;
	for (let i = 1; i < forwards; i++) {
		const peak = from + Math.trunc((way * i) / forwards);
		walkTo(walk, peak, batch);
		walkTo(walk, peak === from ? from : peak - Math.sign(way), batch);
	}
	walkTo(walk, to, batch);
}

function startStretch(walk: Walk, from: Points, until: Points): number {
	walk.from = from;
	walk.until = until;
	return until - from;
}

/**
 * The ticks up to and including the next support point. Ticks in between follow a straight line while the way has points
 * enough for them, and a one-point saw-tooth otherwise.
 */
function walkTo(walk: Walk, to: Points, batch: TickBatch): void {
	const { bar, at } = walk;
	const before = Math.floor((walk.between * walk.supportsDone) / walk.supports);
	walk.supportsDone++;
	const extra = Math.floor((walk.between * walk.supportsDone) / walk.supports) - before;
	const distance = Math.abs(to - at);
	const side = Math.sign(to - at) || Math.sign(walk.until - at) || Math.sign(walk.from - at);
	if (extra < distance) for (let i = 1; i <= extra; i++) pushPrice(batch, bar, at + side * Math.floor((distance * i) / (extra + 1)));
	else sawTooth(bar, at, side, distance, extra, batch);
	walk.at = to;
	pushPrice(batch, bar, to);
}

/** `extra` one-point moves to and fro beside `at`, then straight on, so that the next move reaches the support point. */
function sawTooth(bar: RecordedBar, at: Points, side: number, distance: number, extra: number, batch: TickBatch): void {
	const spare = extra + 1 - distance;
	for (let i = 1; i <= extra; i++) pushPrice(batch, bar, at + (i < spare ? side * (i % 2) : side * (i - spare)));
}

/** Time and volume follow in `stampRows`, once the number of rows is certain. */
function pushPrice(batch: TickBatch, bar: RecordedBar, bid: Points): void {
	pushTick(batch, bar.openMs, bid, bid + bar.spread, 0, TICK_QUOTE);
}
