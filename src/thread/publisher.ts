import type { Clock } from "../adapters/ports.ts";
import { createDossiers, type Dossiers, type TradeDossier } from "../engine/dossier.ts";
import type { Engine } from "../engine/engine.ts";
import { scoreOf } from "../engine/health/chs.ts";
import { createLog, type Log } from "../engine/log.ts";
import type { JournalRecord } from "../engine/outbox.ts";
import { projection } from "../engine/project.ts";
import type { TradingState } from "../engine/trading-state.ts";
import { type BrokerMs, toPrice } from "../engine/units.ts";
import type { SessionUpdate } from "../ui/session-update.ts";
import type { Sample } from "../ui/session-view.ts";
import type { Watcher } from "../watcher.ts";
import { createLogQueue, type LogQueue } from "./log-queue.ts";
import { createSampler, type Sampler } from "./sampler.ts";

/** Wall time between two updates. */
const UPDATE_MS = 100;
/** Wall time after which an update goes out although nothing has happened, so that the screen knows that the engine is there. */
const HEARTBEAT_MS = 1000;
/** Trades whose dossiers are at hand without reading the journal. */
export const DOSSIERS_KEPT = 100;

/** Watches a session and sends the screen its copy: conflated, and never a second one before the first was acknowledged. */
export type Publisher = Watcher & {
	/** The screen has dealt with the last update. */
	acknowledge(): void;
	/** What has not been sent yet, for the end; null before the first row. */
	last(): SessionUpdate | null;
	dossier(number: number, shadow: boolean): TradeDossier | null;
	/** Market time of the session; 0 before the first row. */
	at(): BrokerMs;
};

/** What a publisher knows of one run; a replay that starts over gets a new one. */
type Watched = {
	readonly engine: Engine;
	readonly log: Log;
	readonly queue: LogQueue;
	readonly dossiers: Dossiers;
	readonly sampler: Sampler;
	/** The newest line: read one line late, because the log wants the engine to have acted on it. */
	pending: JournalRecord | null;
	chsMin: number;
	sentTick: number;
	sentState: TradingState | null;
	sentSamples: readonly Sample[] | null;
};

/** A publisher; `send` hands an update to the screen and returns at once. It can watch several runs, one after the other. */
export function createPublisher(clock: Clock, send: (update: SessionUpdate) => void): Publisher {
	let watched: Watched | null = null;
	let isWaiting = false;
	let sentWallMs = Number.NEGATIVE_INFINITY;

	function update(run: Watched): SessionUpdate {
		const { log, lost } = run.queue.take();
		const samples = run.sampler.samples();
		const isNew = samples !== run.sentSamples;
		run.sentSamples = samples;
		run.sentTick = run.engine.tick;
		run.sentState = run.engine.trading.state;
		return { now: projection(run.engine), log, logLost: lost, samples: isNew ? samples : null };
	}

	return {
		sampleAt: Number.NEGATIVE_INFINITY,
		begin(engine) {
			const { digits } = engine.config.instrument;
			watched = {
				engine,
				log: createLog(digits, (positionId) => engine.trades.find((trade) => trade.positionId === positionId)?.number ?? null),
				queue: createLogQueue(),
				dossiers: createDossiers(DOSSIERS_KEPT, engine.config),
				sampler: createSampler(),
				pending: null,
				chsMin: 1,
				sentTick: -1,
				sentState: null,
				sentSamples: null,
			};
			this.sampleAt = Number.NEGATIVE_INFINITY;
		},
		record(record) {
			if (watched === null) return;
			read(watched);
			watched.pending = record;
		},
		sample() {
			// The warm-up is no part of the session's curve: it is looked at again with every row until trading begins.
			if (watched === null || watched.engine.phase === "warmup" || watched.engine.bid === 0) return;
			takeSample(watched);
			this.sampleAt = watched.sampler.nextAt;
		},
		look() {
			if (watched === null) return;
			read(watched);
			const now = clock.nowMs();
			// That a session has halted is not kept back: it is on the screen within a tenth of a second, whatever was sent just before.
			const { state } = watched.engine.trading;
			const isUrgent = (state === "HALTED" || state === "KILLED") && state !== watched.sentState;
			const isDue = now - sentWallMs >= UPDATE_MS || now < sentWallMs || isUrgent;
			if (isWaiting || !isDue || watched.engine.firstAt === null) return;
			const isQuiet = watched.engine.tick === watched.sentTick && watched.queue.isEmpty();
			if (isQuiet && now - sentWallMs < HEARTBEAT_MS) return;
			isWaiting = true;
			sentWallMs = now;
			send(update(watched));
		},
		acknowledge() {
			isWaiting = false;
		},
		last() {
			if (watched === null || watched.engine.firstAt === null) return null;
			read(watched);
			if (watched.engine.phase !== "warmup" && watched.engine.bid !== 0) takeSample(watched);
			return update(watched);
		},
		dossier(number, shadow) {
			if (watched !== null) read(watched);
			return watched?.dossiers.of(number, shadow) ?? null;
		},
		at: () => watched?.engine.at ?? 0,
	};
}

function read(run: Watched): void {
	if (run.pending === null) return;
	const entry = run.log.entryOf(run.pending);
	run.dossiers.add(run.pending);
	run.pending = null;
	if (entry !== null) run.queue.add(entry);
}

/** A sample of now; when the session's lowest score has fallen since the last one, it shows that low, however short it was. */
function takeSample(run: Watched): void {
	const { at, bid, account, chs, score, config } = run.engine;
	const low = score.min < run.chsMin ? score.min : 1;
	run.chsMin = Math.min(run.chsMin, score.min);
	run.sampler.add({ at, bid: toPrice(bid, config.instrument.digits), equity: account.equity, chs: Math.min(scoreOf(chs), low) });
}
