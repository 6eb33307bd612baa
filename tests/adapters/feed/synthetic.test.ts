import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/adapters/failure.ts";
import { DEFAULT_SESSION_START, openSyntheticFeed, requoteProbabilityOf, type SyntheticFeedOptions } from "../../../src/adapters/feed/synthetic.ts";
import { findInstrument } from "../../../src/engine/instruments/built-in.ts";

const eurusd = findInstrument("EURUSD");
if (eurusd === null) throw new Error("EURUSD is built in");

const OPTIONS: SyntheticFeedOptions = {
	instrument: eurusd,
	scenario: "normal",
	seed: 42,
	startAt: DEFAULT_SESSION_START,
	sessionStartAt: DEFAULT_SESSION_START,
	endAt: null,
	batchRows: 4096,
};

describe("synthetic feed", () => {
	it("names what makes its rows", () => {
		const feed = openSyntheticFeed(OPTIONS);
		expect(feed.identity).toEqual({
			kind: "synthetic",
			generator: "synthetic-1",
			symbol: "EURUSD",
			scenario: "normal",
			seed: 42,
			startAt: 1741096800000,
			sessionStartAt: 1741096800000,
		});
		expect(feed.traits).toEqual({ triggerFill: "market", hasClock: true, cadenceMs: 1000 });
	});

	it("goes on without end, reusing one batch, and reports its rows", () => {
		const feed = openSyntheticFeed(OPTIONS);
		const first = feed.next();
		for (let call = 0; call < 50; call++) expect(feed.next()).toBe(first);
		expect(first?.count).toBe(4096);
		expect(feed.report()).toEqual({ rows: 51 * 4096, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapMs: 0 });
		expect(feed.failure()).toBeNull();
		feed.close();
		expect(feed.next()).toBeNull();
	});

	it("ends before endAt", () => {
		const feed = openSyntheticFeed({ ...OPTIONS, endAt: DEFAULT_SESSION_START + 90_000 });
		let last = 0;
		for (let batch = feed.next(); batch !== null; batch = feed.next()) last = batch.atMs[batch.count - 1] ?? 0;
		expect(Math.floor(last / 1000)).toBe(DEFAULT_SESSION_START / 1000 + 89);
		expect(feed.next()).toBeNull();
	});

	it("is regenerated from its identity", () => {
		const feed = openSyntheticFeed({ ...OPTIONS, scenario: "crash", startAt: DEFAULT_SESSION_START - 600_000 });
		const { identity } = feed;
		if (identity.kind !== "synthetic") throw new Error("a synthetic feed");
		const again = openSyntheticFeed({ ...OPTIONS, ...identity, batchRows: 1000 });
		const copy: number[] = [];
		for (let call = 0; call < 4; call++) {
			const batch = again.next();
			copy.push(...(batch?.bid.subarray(0, batch.count) ?? []));
		}
		expect([...(feed.next()?.bid.subarray(0, 4000) ?? [])]).toEqual(copy);
	});

	it("tells the broker's trouble from the identity alone", () => {
		const { identity } = openSyntheticFeed({ ...OPTIONS, scenario: "crash" });
		expect(requoteProbabilityOf(identity, DEFAULT_SESSION_START + 740_000)).toBeGreaterThan(0.5);
		expect(requoteProbabilityOf(identity, DEFAULT_SESSION_START)).toBe(0);
		const recorded = {
			kind: "csv",
			reader: "r",
			file: "f",
			sha256: "0",
			content: "bars",
			ticks: "ohlc",
			timeframeMinutes: 1,
			from: null,
			to: null,
			skipBadRows: false,
		} as const;
		expect(requoteProbabilityOf(recorded, DEFAULT_SESSION_START + 740_000)).toBe(0);
	});

	const REFUSED: readonly (readonly [name: string, change: Partial<SyntheticFeedOptions>, exitCode: number, message: RegExp])[] = [
		["an unknown scenario", { scenario: "crsh" }, 2, /unknown scenario "crsh"; known scenarios: normal, calm, trend, chop, gap, news, crash/],
		["a seed that is no number", { seed: Number.NaN }, 2, /seed .* NaN/],
		["a start that is no time", { startAt: Number.NaN }, 2, /start .* NaN/],
		["a session start beyond time", { sessionStartAt: Number.POSITIVE_INFINITY }, 2, /Infinity/],
		["an end before the start", { endAt: 5 }, 2, /end after it starts/],
		["an empty batch", { batchRows: 0 }, 2, /batchRows .* 0/],
		["a tick size of nothing", { instrument: { ...eurusd, tickSizePoints: 0 } }, 2, /tickSizePoints/],
		["a symbol that never trades", { instrument: { ...eurusd, sessions: [[], [], [], [], [], [], []] } }, 3, /EURUSD has no trading session/],
	];
	it.each(REFUSED)("refuses %s", (_name, change, exitCode, message) => {
		try {
			openSyntheticFeed({ ...OPTIONS, ...change });
			expect.unreachable();
		} catch (error) {
			expect(error).toBeInstanceOf(Failure);
			expect((error as Failure).exitCode).toBe(exitCode);
			expect((error as Failure).message).toMatch(message);
		}
	});
});
