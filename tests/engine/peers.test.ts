import { describe, expect, it } from "vitest";
import { createBarFeed } from "../../src/adapters/feed/csv/bar-feed.ts";
import type { BarTable } from "../../src/adapters/feed/csv/bars.ts";
import type { MarketData } from "../../src/adapters/ports.ts";
import { findInstrument } from "../../src/engine/instruments/built-in.ts";
import { defaultRules } from "../../src/engine/rules.ts";
import { configWith, runWith } from "../helpers/session.ts";

const QUARTER = 900_000;
const FIRST_AT = Date.UTC(2025, 8, 15, 12, 45);

/** Open and close in points of 80 bars of GBPUSD M15 from 2025-09-15 12:45 on, recorded by MT5. */
const BARS: readonly (readonly [number, number])[] = [
	[135906, 135923],
	[135921, 135971],
	[135971, 136084],
	[136083, 136048],
	[136048, 136071],
	[136071, 136124],
	[136124, 136141],
	[136141, 136101],
	[136102, 136151],
	[136151, 136154],
	[136154, 136100],
	[136097, 136145],
	[136145, 136148],
	[136148, 136096],
	[136096, 136060],
	[136060, 136026],
	[136031, 135960],
	[135961, 135910],
	[135910, 135938],
	[135938, 135875],
	[135875, 135892],
	[135891, 135926],
	[135926, 135996],
	[135992, 135955],
	[135955, 136070],
	[136071, 136027],
	[136027, 135957],
	[135956, 136007],
	[136007, 135989],
	[135989, 135978],
	[135978, 135988],
	[135988, 136051],
	[136051, 136090],
	[136091, 136061],
	[136062, 136056],
	[136058, 136037],
	[136038, 136054],
	[136053, 136061],
	[136060, 136081],
	[136081, 136075],
	[136076, 136092],
	[136093, 136081],
	[136081, 136064],
	[136062, 135994],
	[135994, 135981],
	[135988, 135954],
	[135954, 135968],
	[135979, 135982],
	[135980, 135979],
	[136001, 136024],
	[136024, 136033],
	[136033, 136033],
	[136033, 136036],
	[136037, 136042],
	[136042, 136043],
	[136042, 136029],
	[136029, 136010],
	[136011, 136031],
	[136031, 136011],
	[136011, 135999],
	[135999, 136017],
	[136015, 136029],
	[136029, 135981],
	[135980, 136019],
	[136020, 136033],
	[136032, 136084],
	[136084, 136102],
	[136102, 136091],
	[136092, 136120],
	[136120, 136135],
	[136135, 136159],
	[136159, 136237],
	[136236, 136173],
	[136173, 136162],
	[136162, 136157],
	[136159, 136134],
	[136135, 136156],
	[136156, 136197],
	[136197, 136183],
	[136183, 136185],
];

describe("the peers' job (docs/PERFORMANCE.md): reverse 0.1 lot on each cross of the 20- and 50-bar means, filled at the next open", () => {
	// Computed apart from this code with decimal arithmetic, by a program that gives the peers' 1,174 trades and 998,475.98 on the whole file.
	// Commission is 0.002 % of the notional a side: 0.27 on each of the seven deals (13,599.90 to 13,603.70 USD), 1.89 in all.
	it("takes the trades of an independent program, to the cent", async () => {
		const { engine, journal } = await runWith(configOfPeers(), { feed: barFeed(BARS) });
		const trades = journal.of("trade").map(({ data }) => {
			const { side, openedAt, closedAt, openPrice, closePrice } = data as Readonly<Record<string, unknown>>;
			return [side, barAt(openedAt), openPrice, barAt(closedAt), closePrice];
		});
		expect(trades).toEqual([
			["SELL", 53, 1.36037, 56, 1.36029],
			["BUY", 56, 1.36029, 60, 1.35999],
			["SELL", 60, 1.35999, 65, 1.36032],
		]);
		expect(engine.positions.map(({ side, openPrice, openedAt }) => [side, openPrice, barAt(openedAt)])).toEqual([["BUY", 136_032, 65]]);
		// 1,000,000 + 0.80 - 3.00 - 3.30 - 7 x 0.27, and 153 points of 0.10 USD on what is still open at 1.36185.
		expect(engine.account.balance).toBe(999_992.61);
		expect(engine.account.equity).toBeCloseTo(1_000_007.91, 6);
		expect(engine.end?.reason).toBe("end-of-data");
	});
});

/** Which bar a time belongs to: entries and exits happen with its first quote. */
function barAt(at: unknown): number {
	return (Number(at) - FIRST_AT) / QUARTER;
}

function configOfPeers() {
	const instrument = findInstrument("GBPUSD");
	if (instrument === null) throw new Error("no GBPUSD");
	return configWith({
		instrument: { ...instrument, commission: { kind: "percent", rate: 0.002, minimum: 0, side: "both" } },
		account: { startBalance: 1_000_000, marginMode: "netting" },
		agent: { id: "sma", params: { stopAtr: 0, lots: 0.1 } },
		timeframeMinutes: 15,
		rules: {
			...defaultRules("virtual"),
			requireStop: false,
			noEntryAroundMidnightMinutes: 0,
			noEntryBeforeWeekendMinutes: 0,
			duplicateWindowMs: 0,
			cooldownMs: 0,
		},
		simulator: { spreadModel: "fixed", spreadPoints: 0, chargeSwap: false },
		unlimited: true,
		onExit: "keep",
	});
}

function barFeed(bars: readonly (readonly [number, number])[]): MarketData {
	const column = (pick: (bar: readonly [number, number]) => number): Int32Array => Int32Array.from(bars, pick);
	const table: BarTable = {
		count: bars.length,
		openMs: Float64Array.from(bars, (_, index) => FIRST_AT + index * QUARTER),
		open: column(([open]) => open),
		high: column((bar) => Math.max(...bar)),
		low: column((bar) => Math.min(...bar)),
		close: column(([, close]) => close),
		spread: column(() => 1),
		tickVolume: column(() => 100),
		duplicates: 0,
		outOfOrder: 0,
	};
	const report = { rows: bars.length, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapMs: 0 };
	const identity = { kind: "csv", reader: "test", file: "", sha256: "", content: "bars", ticks: "open", timeframeMinutes: 15 } as const;
	return createBarFeed(table, { first: 0, end: bars.length }, "open", { ...identity, from: null, to: null, skipBadRows: false }, QUARTER, 4096, report);
}
