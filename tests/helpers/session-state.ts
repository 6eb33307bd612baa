import type { LogEntry } from "../../src/engine/log.ts";
import type { Projection } from "../../src/engine/project.ts";
import type { Marker, Sample, SessionView } from "../../src/ui/session-view.ts";
import type { CockpitState } from "../../src/ui/state.ts";
import { createCockpitStore } from "../../src/ui/store.ts";
import type { Views } from "../../src/ui/views.ts";
import { projectionOf, viewOf } from "./view.ts";

/** Monday 2025-01-06 10:15:30, the broker time of `projectionOf`. */
export const NOW = Date.UTC(2025, 0, 6, 10, 15, 30);
const MINUTE = 60_000;

/** A score with its weakest pillar `agent` and nothing that caps it. */
export function healthOf(change: Partial<NonNullable<Projection["health"]>> = {}): NonNullable<Projection["health"]> {
	const names = ["omega", "winRate", "payoff", "edge", "ruin", "drawdown", "downVol", "margin", "overshoot", "energy", "leak", "falseAct", "regime"] as const;
	const score = Object.fromEntries([...names, "validator", "broker", "slippage", "latency", "feed"].map((name) => [name, 0.8]));
	return {
		chs: 0.7129,
		blend: 0.7129,
		cap: 1,
		capBy: null,
		weakest: "agent",
		pillars: { agent: 0.6444, risk: 0.81, market: 0.7, execution: 0.9299 },
		score: { ...score, omega: 0.5512, energy: 0.61, feed: 0.88, drawdown: 0.79 },
		raw: score,
		weakestOf: { agent: "omega", risk: "drawdown", market: "energy", execution: "feed" },
		evidence: { trades: 12, orders: 24, bars: 132, ticks: 4321 },
		...change,
	} as NonNullable<Projection["health"]>;
}

/** A line of the log, a fill of trade 4 unless told. */
export function entryOf(change: Partial<LogEntry> = {}): LogEntry {
	return {
		at: NOW,
		kind: "order",
		weight: "info",
		event: "BUY filled",
		price: 1.03905,
		lots: 0.1,
		result: null,
		reason: "energy burst at low damping",
		control: null,
		trade: { number: 4, shadow: false },
		mark: "buy",
		...change,
	};
}

/** Twelve minutes of trading: two closed trades, one open, a refusal. */
export const LOG: readonly LogEntry[] = [
	entryOf({
		at: NOW - 12 * MINUTE,
		kind: "session",
		event: "trading begins",
		price: null,
		lots: null,
		reason: "120 bars of warm-up are in",
		trade: null,
		mark: null,
	}),
	entryOf({ at: NOW - 10 * MINUTE, event: "BUY filled", price: 1.0385, trade: { number: 2, shadow: false } }),
	entryOf({
		at: NOW - 8 * MINUTE,
		kind: "trade",
		weight: "good",
		event: "take profit",
		price: 1.0388,
		result: 3,
		reason: "take profit",
		trade: { number: 2, shadow: false },
		mark: "exit",
	}),
	entryOf({ at: NOW - 6 * MINUTE, event: "SELL filled", price: 1.0391, trade: { number: 3, shadow: false }, mark: "sell" }),
	entryOf({
		at: NOW - 5 * MINUTE,
		kind: "trade",
		event: "stop loss",
		price: 1.0393,
		result: -2,
		reason: "stop loss",
		trade: { number: 3, shadow: false },
		mark: "exit",
	}),
	entryOf({
		at: NOW - 4 * MINUTE,
		kind: "refused",
		weight: "warn",
		event: "BUY refused",
		price: null,
		reason: "the spread is 3.4 times its median, at most 3",
		control: "C10",
		trade: null,
		mark: null,
	}),
	entryOf({ at: NOW - 2 * MINUTE, event: "BUY filled", price: 1.03893 }),
];

const SAMPLES: readonly Sample[] = Array.from({ length: 121 }, (_, index) => ({
	at: NOW - 12 * MINUTE + index * 6000,
	bid: Number((1.0389 + 0.0004 * Math.sin(index / 12)).toFixed(5)),
	equity: 10_000 + index / 10,
	chs: 0.74 - index * 0.0002,
}));

const MARKERS: readonly Marker[] = LOG.flatMap(({ at, mark, price, result }) =>
	mark === null || price === null ? [] : [{ at, price, kind: mark, net: result }],
);

/** A projection with everything on it: an open position, limits, a score. */
export function busy(change: Partial<Projection> = {}): Projection {
	return projectionOf({
		health: healthOf(),
		limits: [
			{ control: "C20", label: "trades", value: 4, limit: 10, unit: "count", action: "ends" },
			{ control: "C20", label: "time", value: 12.5, limit: 60, unit: "minutes", action: "ends" },
			{ control: "C21", label: "session loss", value: 4.5, limit: 5, unit: "percent", action: "KILLED" },
			{ control: "C30", label: "silence", value: 500, limit: 120_000, unit: "ms", action: "HALTED" },
		],
		positions: [
			{
				tradeNumber: 4,
				shadow: false,
				side: "BUY",
				lots: 0.1,
				openPrice: 1.03893,
				sl: 1.0379,
				tp: 1.041,
				now: 1.03905,
				points: 12,
				money: 12.5,
				openedAt: NOW - 2 * MINUTE,
			},
		],
		...change,
	});
}

/** A view of that projection with log, chart and an alert. */
export function busyView(now: Partial<Projection> = {}, change: Partial<SessionView> = {}, about: Partial<SessionView["about"]> = {}): SessionView {
	const alert = {
		id: 1,
		at: NOW - 4 * MINUTE,
		lastAt: NOW - 3 * MINUTE,
		weight: "warn",
		text: "BUY refused: the spread is 3.4 times its median, at most 3",
		control: "C10",
		count: 2,
	} as const;
	return viewOf(
		{ now: busy(now), log: LOG, samples: SAMPLES, markers: MARKERS, alerts: { first: alert, recent: [], nextId: 2, waiting: [] }, ...change },
		about,
	);
}

/** What an open breaker adds to a projection. */
export const TRIPPED: Partial<Projection> = {
	chs: 0.5497,
	chsState: "failing",
	state: "REDUCING",
	breakerOpen: true,
	health: healthOf({ chs: 0.5497, blend: 0.63, cap: 0.5497, capBy: "validator" }),
	holds: [{ control: "C25", state: "REDUCING", reason: "CHS 0.549 is below 0.55: too many orders break a rule before they are sent", until: null }],
	breaker: {
		open: true,
		latched: false,
		trips: 1,
		tripLevel: 0.55,
		rearmLevel: 0.65,
		cause: "validator",
		causeText: "too many orders break a rule before they are sent",
		tripScore: 0.5411,
		openedAt: NOW - MINUTE,
		needs: ["CHS above 0.650, now 0.549", "4 more minutes of 5"],
	},
};

/** The cockpit with the session screen in front. */
export function sessionState(view: SessionView | null, session: Partial<Views["session"]> = {}, change: Partial<CockpitState> = {}): CockpitState {
	const state = createCockpitStore({ path: ["main", "live-testing", "virtual", "session"], focus: "content" }).getState();
	const shown = view?.about.replay === true ? { replay: view, source: "replay" as const } : { live: view };
	return { ...state, ...shown, wallMs: view?.receivedWallMs ?? 0, views: { ...state.views, session: { ...state.views.session, ...session } }, ...change };
}
