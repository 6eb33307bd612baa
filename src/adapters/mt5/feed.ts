import type { Venue } from "../../engine/config.ts";
import type { Instrument } from "../../engine/instrument.ts";
import { createTickBatch, pushTick, TICK_CLOCK, type TickBatch } from "../../engine/market/tick.ts";
import { timeframeName } from "../../engine/market/timeframe.ts";
import type { BrokerMs } from "../../engine/units.ts";
import { dataFailure } from "../failure.ts";
import type { Clock, FeedIdentity, FeedTraits, MarketData } from "../ports.ts";
import { createFreshness } from "./feed/freshness.ts";
import { type BarHistory, barsToRows, historyNotes, MOST_BARS, readBars } from "./feed/history.ts";
import { createRowQueue } from "./feed/row-queue.ts";
import { createServerClock } from "./feed/server-clock.ts";
import { subscribe } from "./feed/subscription.ts";
import { createTickCursor, type TickCounts } from "./feed/tick-cursor.ts";
import type { BridgeClient } from "./link/client-type.ts";
import type { Wake } from "./wake.ts";

/** Live quotes of one symbol. */
export type BridgeFeed = MarketData & {
	/** The broker's time now, estimated from the newest quotes and never falling; the time of the last row before any quote has come. */
	serverNow(): BrokerMs;
	/** Whether quotes come live: the link is up, what was missed has been taken, and a quote younger than 2 s has come since. */
	isFresh(): boolean;
	/** What a trader should know of the opening, in sentences. */
	readonly notes: readonly string[];
};

/** What a live feed needs. */
export type BridgeFeedRequest = {
	/** Up already (`ready`). */
	readonly client: BridgeClient;
	readonly instrument: Instrument;
	/** The symbol as the broker calls it (`SpecBody.name`). */
	readonly brokerSymbol: string;
	readonly venue: Venue;
	readonly server: string;
	readonly timeframeMinutes: number;
	/** Closed bars that the session warms up on: all but the last are taken from the broker's history, the last closes on a live quote. */
	readonly warmupBars: number;
	/** A steady clock (adapters/clock/steady.ts): only the pace of it counts. */
	readonly clock: Clock;
	readonly wake: Wake;
};

/** How live quotes behave; a replay of recorded ones says the same. */
export const BRIDGE_TRAITS: FeedTraits = { triggerFill: "market", hasClock: true, cadenceMs: 1000 };

const MINUTE_MS = 60_000;
const BATCH_ROWS = 4096;
const SECOND_MS = 1000;
/** A second counts as silent this long after its end, so that a quote which is on its way still gets its own time. */
const ON_ITS_WAY_MS = 250;
/** Most silence that is told second by second at once: after the machine has slept the rest adds nothing (ten minutes are beyond every limit of C30). */
const TOLD_SILENCE_MS = 600_000;
const OPENING_MS = 20_000;

/**
 * Opens the live quotes of a symbol: `warmupBars` bars of history (four quotes each, the last bar still forming), then every quote as it comes, and a
 * clock row for every second of silence. Throws a `Failure` (exit 3) when the bridge does not give them. Once open it never throws: after a break it
 * goes on where it stood, and only a link that is refused for good ends it (`failure()`).
 */
export async function openBridgeFeed(request: BridgeFeedRequest): Promise<BridgeFeed> {
	const { client, instrument, brokerSymbol, timeframeMinutes, warmupBars, clock, wake } = request;
	const counts: TickCounts = { badRows: 0, duplicates: 0, outOfOrder: 0, gaps: 0, longestGapMs: 0 };
	const queue = createRowQueue(timeframeMinutes * MINUTE_MS, (spanMs) => {
		counts.gaps++;
		counts.longestGapMs = Math.max(counts.longestGapMs, spanMs);
	});
	const cursor = createTickCursor(instrument.digits, counts);
	const serverClock = createServerClock();
	const freshness = createFreshness();
	let failure: string | null = null;
	const subscription = subscribe(client, brokerSymbol, cursor, {
		onTicks(body) {
			const fate = cursor.take(body, queue.push);
			if (fate === "missing") return subscription.renew();
			const { t } = body.cols;
			if (fate === "repeated" || t.length === 0) return;
			const nowMs = clock.nowMs();
			// Where the stream stands: a quote that was not taken because its time cannot be tells no time either.
			const newest = cursor.place()?.from_msc ?? 0;
			serverClock.saw(newest, nowMs);
			freshness.saw(t.length, newest, nowMs);
			wake.wake();
		},
		onBreak: freshness.broke,
		onEnd(message) {
			failure = message;
			wake.wake();
		},
	});
	const why = await subscription.begun(OPENING_MS);
	const history = why === null ? await askHistory(request) : why;
	if (typeof history === "string") {
		subscription.close();
		throw dataFailure(`Live quotes of ${brokerSymbol} cannot be opened: ${history} Test it with: kinetra test-connection`);
	}
	const formingAt = history.bars.at(-1)?.openMs ?? 0;
	queue.dropBefore(formingAt);
	const rows = barsToRows(history, timeframeMinutes, queue.firstAt());
	const supply = createSupply(rows, queue, () => (serverClock.isKnown() ? serverClock.now(clock.nowMs()) : null));
	let isClosed = false;
	return {
		identity: identityOf(request),
		traits: BRIDGE_TRAITS,
		notes: historyNotes(history, timeframeMinutes, warmupBars),
		next() {
			if (isClosed || failure !== null) return null;
			const batch = supply.next();
			if (queue.size() === 0) freshness.drained();
			return batch;
		},
		wait: (ms) => (isClosed || failure !== null ? Promise.resolve() : wake.wait(Math.min(ms, supply.dueInMs()))),
		failure: () => (failure === null ? null : { message: failure }),
		report: () => ({ ...counts, rows: supply.rows(), badRows: counts.badRows + history.badRows, spreadsFilled: history.spreadsFilled }),
		serverNow() {
			serverClock.atLeast(supply.lastAt());
			return serverClock.now(clock.nowMs());
		},
		isFresh: () => failure === null && client.link().state === "up" && freshness.isFresh(),
		close() {
			isClosed = true;
			subscription.close();
		},
	};
}

/** The bars to warm up on, or in words why there are none. A broker without history is no failure. */
async function askHistory({ client, instrument, brokerSymbol, timeframeMinutes, warmupBars }: BridgeFeedRequest): Promise<BarHistory | string> {
	const count = Math.max(1, Math.min(MOST_BARS, warmupBars));
	const reply = await client.request("bars", { symbol: brokerSymbol, tf: timeframeName(timeframeMinutes), count }, OPENING_MS);
	if (reply.kind === "ok") return readBars(reply.d.rows, instrument, timeframeMinutes);
	return reply.kind === "lost" ? `its history did not come: ${reply.why}.` : `its history was refused: ${reply.error.message} (${reply.error.code}).`;
}

function identityOf({ client, venue, server, instrument, brokerSymbol }: BridgeFeedRequest): FeedIdentity {
	const link = client.link();
	return { kind: "bridge", protocol: link.state === "up" ? link.hello.protocol : 1, venue, server, symbol: instrument.symbol, brokerSymbol };
}

type Supply = { next(): TickBatch; dueInMs(): number; rows(): number; lastAt(): BrokerMs };

/** The rows in their order: history, then what waits, then the clock. A quote older than a clock row before it gets that row's time: time never falls. */
function createSupply(history: TickBatch | null, queue: ReturnType<typeof createRowQueue>, serverNow: () => BrokerMs | null): Supply {
	const batch = createTickBatch(BATCH_ROWS);
	let waiting = history;
	let lastAt: BrokerMs = 0;
	let rows = 0;
	const addSilence = (): void => {
		const now = serverNow();
		if (now === null || lastAt === 0) return;
		const end = now - ON_ITS_WAY_MS;
		for (let at = Math.max(lastAt + SECOND_MS, end - TOLD_SILENCE_MS); at <= end; at += SECOND_MS) pushTick(batch, at, 0, 0, 0, TICK_CLOCK);
	};
	return {
		next() {
			let given = batch;
			batch.count = 0;
			if (waiting !== null) {
				given = waiting;
				waiting = null;
			} else {
				queue.drainTo(batch, lastAt);
				if (batch.count === 0) addSilence();
			}
			rows += given.count;
			if (given.count > 0) lastAt = given.atMs[given.count - 1] as number;
			return given;
		},
		dueInMs() {
			if (waiting !== null || queue.size() > 0) return 0;
			const now = serverNow();
			return now === null || lastAt === 0 ? Number.POSITIVE_INFINITY : Math.max(0, lastAt + SECOND_MS + ON_ITS_WAY_MS - now);
		},
		rows: () => rows,
		lastAt: () => lastAt,
	};
}
