import { describe, expect, it } from "vitest";
import type { LogEntry } from "../../src/engine/log.ts";
import { newSessionView, type SessionUpdate, viewAfter } from "../../src/ui/session-update.ts";
import { LOG_KEPT, MARKERS_KEPT } from "../../src/ui/session-view.ts";
import { projectionOf, viewOf } from "../helpers/view.ts";

const START = newSessionView(viewOf().about, 60, 1000);

function entry(at: number, change: Partial<LogEntry> = {}): LogEntry {
	return {
		at,
		kind: "trade",
		weight: "info",
		event: "BUY filled",
		price: 1.1,
		lots: 0.1,
		result: null,
		reason: "",
		control: null,
		trade: null,
		mark: "buy",
		...change,
	};
}

function update(change: Partial<SessionUpdate> = {}): { type: "update"; update: SessionUpdate } {
	return { type: "update", update: { now: projectionOf(), log: [], logLost: 0, samples: null, ...change } };
}

describe("the view of a session", () => {
	it("takes what an update brings", () => {
		const sample = { at: 5, bid: 1.1, equity: 10_000, chs: 0.7 };
		const view = viewAfter(START, update({ log: [entry(1), entry(2, { mark: "exit", result: -5 })], logLost: 3, samples: [sample] }), 2000);
		expect(view).toMatchObject({ receivedWallMs: 2000, logLost: 3, samples: [sample], speed: 60, end: null });
		expect(view.log.map(({ at }) => at)).toEqual([1, 2]);
		expect(view.markers).toEqual([
			{ at: 1, price: 1.1, kind: "buy", net: null },
			{ at: 2, price: 1.1, kind: "exit", net: -5 },
		]);
	});

	it("keeps its lists when nothing is added to them, so that they are not painted again", () => {
		const before = viewAfter(START, update({ log: [entry(1)], samples: [] }), 2000);
		const after = viewAfter(before, update(), 2100);
		expect([after.log === before.log, after.markers === before.markers, after.samples === before.samples, after.alerts === before.alerts]).toEqual([
			true,
			true,
			true,
			true,
		]);
		const noMark = viewAfter(before, update({ log: [entry(2, { mark: null }), entry(3, { price: null })] }), 2100);
		expect(noMark.markers).toBe(before.markers);
		expect(noMark.log).toHaveLength(3);
	});

	it("keeps the newest of too many entries and fills", () => {
		const view = Array.from({ length: 7 }, (_, part) => part).reduce(
			(before, part) => viewAfter(before, update({ log: Array.from({ length: 100 }, (_, index) => entry(part * 100 + index)) }), 0),
			START,
		);
		expect([view.log.length, view.log[0]?.at, view.log.at(-1)?.at]).toEqual([LOG_KEPT, 200, 699]);
		expect([view.markers.length, view.markers.at(-1)?.at]).toEqual([MARKERS_KEPT, 699]);
	});

	it("raises an alert for a warning", () => {
		const view = viewAfter(START, update({ log: [entry(1, { weight: "alarm", event: "breaker trip", control: "C25" })] }), 0);
		expect(view.alerts.first).toMatchObject({ weight: "alarm", control: "C25", at: 1 });
	});

	it("of a replay that starts over is empty, but for speed and hold", () => {
		const shown = { ...viewAfter(START, update({ log: [entry(1, { weight: "warn" })], logLost: 2, samples: [] }), 0), speed: 300, held: true };
		const ended = viewAfter(shown, { type: "ended", update: null, end: { kind: "replayed", matches: true, detail: "" } }, 5);
		expect(viewAfter(ended, { type: "restarted" }, 7)).toEqual({ ...START, receivedWallMs: 7, speed: 300, held: true });
	});

	it("shows the last update and the end together", () => {
		const end = { kind: "replayed", matches: null, detail: "no seal" } as const;
		const view = viewAfter(START, { type: "ended", update: { now: projectionOf(), log: [entry(9)], logLost: 0, samples: null }, end }, 8);
		expect([view.end, view.log.length, view.now === null]).toEqual([end, 1, false]);
		expect(viewAfter(START, { type: "ended", update: null, end }, 8)).toEqual({ ...START, end });
	});
});
