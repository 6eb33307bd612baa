import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instrument } from "../../../src/engine/instrument.ts";
import { findInstrument } from "../../../src/engine/instruments/built-in.ts";
import { createSyntheticMarket, fillSynthetic, type SyntheticMarket, type SyntheticState } from "../../../src/engine/market/synthetic/generator.ts";
import { findScenario, requoteProbabilityAt, SCENARIO_TABLE, type Scenario } from "../../../src/engine/market/synthetic/scenario.ts";
import { warmupStartAt } from "../../../src/engine/market/synthetic/warmup.ts";
import { createTickBatch, TICK_CLOCK, TICK_QUOTE } from "../../../src/engine/market/tick.ts";

type Row = { readonly at: number; readonly bid: number; readonly ask: number; readonly volume: number; readonly kind: number };

const TUESDAY_14H = Date.UTC(2025, 2, 4, 14);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function instrument(symbol: string): Instrument {
	const found = findInstrument(symbol);
	if (found === null) throw new Error(`${symbol} is built in`);
	return found;
}

function scenario(name: string): Scenario {
	const found = findScenario(name);
	if (found === null) throw new Error(`${name} is a scenario`);
	return found;
}

type Wish = { symbol?: string; name?: string; seed?: number; startAt?: number; sessionStartAt?: number; minutes?: number; spec?: Instrument };

function marketOf(wish: Wish): SyntheticMarket {
	const startAt = wish.startAt ?? TUESDAY_14H;
	return createSyntheticMarket({
		instrument: wish.spec ?? instrument(wish.symbol ?? "EURUSD"),
		scenario: scenario(wish.name ?? "normal"),
		seed: wish.seed ?? 7,
		startAt,
		sessionStartAt: wish.sessionStartAt ?? startAt,
		endAt: startAt + (wish.minutes ?? 60) * MINUTE,
	});
}

function drain(market: SyntheticMarket, batchRows = 4096): Row[] {
	const rows: Row[] = [];
	const batch = createTickBatch(batchRows);
	for (fillSynthetic(market, batch); batch.count > 0; fillSynthetic(market, batch)) {
		for (let row = 0; row < batch.count; row++) {
			const [at, bid, ask] = [batch.atMs[row] as number, batch.bid[row] as number, batch.ask[row] as number];
			rows.push({ at, bid, ask, volume: batch.volume[row] as number, kind: batch.kind[row] as number });
		}
	}
	return rows;
}

const rowsOf = (wish: Wish): Row[] => drain(marketOf(wish));
const quotesOf = (wish: Wish): Row[] => rowsOf(wish).filter((row) => row.kind === TICK_QUOTE);
const between = (rows: readonly Row[], from: number, to: number): Row[] =>
	rows.filter((row) => row.at >= TUESDAY_14H + from * 1000 && row.at < TUESDAY_14H + to * 1000);
const meanSpread = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + row.ask - row.bid, 0) / rows.length;

describe("rows", () => {
	it("have an event in every open second, times that never fall, and whole prices with a spread of at least a tick", () => {
		fc.assert(
			fc.property(
				fc.constantFrom("EURUSD", "USDJPY", "XAUUSD", "NAS100", "BTCUSD"),
				fc.constantFrom(...SCENARIO_TABLE),
				fc.integer(),
				(symbol, { name }, seed) => {
					const rows = rowsOf({ symbol, name, seed, minutes: 40 });
					const seconds = new Set(rows.map((row) => Math.floor(row.at / 1000)));
					expect(seconds.size).toBe(40 * 60);
					rows.forEach((row, index) => {
						if (index > 0 && row.at < (rows[index - 1] as Row).at) throw new Error(`time fell at row ${index}`);
						if (row.kind === TICK_QUOTE && !(Number.isInteger(row.at) && row.bid > 0 && row.ask > row.bid && row.volume === 1))
							throw new Error(JSON.stringify(row));
					});
					const clocks = rows.filter((row) => row.kind === TICK_CLOCK);
					const quoted = new Set(rows.filter((row) => row.kind === TICK_QUOTE).map((row) => Math.floor(row.at / 1000)));
					expect(clocks.some((row) => row.at % 1000 !== 0 || row.volume !== 0 || quoted.has(row.at / 1000))).toBe(false);
				},
			),
			{ numRuns: 40 },
		);
	});

	it("are the same for the same seed, whatever the batch size, and others for another seed", () => {
		const rows = rowsOf({ name: "crash", minutes: 30 });
		for (const size of [1, 7, 4096, 100_000]) expect(drain(marketOf({ name: "crash", minutes: 30 }), size)).toEqual(rows);
		expect(rowsOf({ name: "crash", minutes: 30, seed: 8 })).not.toEqual(rows);
	});

	it("go on unchanged from a state that went through JSON", () => {
		const market = marketOf({ name: "news" });
		fillSynthetic(market, createTickBatch(1500));
		const copy = { terms: market.terms, state: JSON.parse(JSON.stringify(market.state)) as SyntheticState };
		expect(drain(copy)).toEqual(drain(market));
	});

	it("move on the grid of the instrument", () => {
		const spec = { ...instrument("NAS100"), tickSizePoints: 25, typicalSpreadPoints: 75 };
		const quotes = quotesOf({ spec, minutes: 20 });
		expect(quotes.length).toBeGreaterThan(500);
		expect(quotes.every((row) => row.bid % 25 === 0 && row.ask % 25 === 0 && row.ask - row.bid >= 25)).toBe(true);
	});

	it("exist for a symbol nobody knows", () => {
		const spec = { ...instrument("NAS100"), symbol: "GER40", typicalSpreadPoints: 120 };
		const quotes = quotesOf({ spec, minutes: 20 });
		expect(quotes[0]?.bid).toBeGreaterThan(500_000);
		expect(quotes[0]?.bid).toBeLessThan(700_000);
	});

	it("start near the symbol's price level", () => {
		const levels: Record<string, number> = {};
		for (const symbol of ["EURUSD", "USDJPY", "XAUUSD", "BTCUSD"]) levels[symbol] = quotesOf({ symbol, minutes: 5 })[0]?.bid ?? 0;
		expect(levels.EURUSD).toBeGreaterThan(108_000);
		expect(levels.EURUSD).toBeLessThan(109_000);
		expect(levels.USDJPY).toBeGreaterThan(148_700);
		expect(levels.USDJPY).toBeLessThan(150_300);
		expect(levels.XAUUSD).toBeGreaterThan(287_000);
		expect(levels.XAUUSD).toBeLessThan(293_000);
		expect(levels.BTCUSD).toBeGreaterThan(8_600_000);
		expect(levels.BTCUSD).toBeLessThan(9_000_000);
	});
});

describe("closed hours", () => {
	const FRIDAY_23H = Date.UTC(2025, 2, 7, 23);

	it("have no rows: a currency pair goes from Friday 23:59 to Monday 00:00 with a gap", () => {
		const rows = rowsOf({ startAt: FRIDAY_23H, minutes: 50 * 60 });
		const friday = rows.filter((row) => row.at < Date.UTC(2025, 2, 8));
		const monday = rows.filter((row) => row.at >= Date.UTC(2025, 2, 10));
		expect(friday.length + monday.length).toBe(rows.length);
		expect(Math.floor((friday.at(-1)?.at ?? 0) / 1000)).toBe(Date.UTC(2025, 2, 7, 23, 59, 59) / 1000);
		expect(Math.floor((monday[0]?.at ?? 0) / 1000)).toBe(Date.UTC(2025, 2, 10) / 1000);
		const [before, after] = [friday.filter((row) => row.kind === TICK_QUOTE).at(-1), monday.find((row) => row.kind === TICK_QUOTE)];
		expect(Math.abs((after?.bid ?? 0) - (before?.bid ?? 0))).toBeGreaterThan(3);
	});

	it("of gold are the first hour of the day", () => {
		const hours = new Set(rowsOf({ symbol: "XAUUSD", startAt: Date.UTC(2025, 2, 4, 22), minutes: 4 * 60 }).map((row) => new Date(row.at).getUTCHours()));
		expect([...hours]).toEqual([22, 23, 1]);
	});

	it("do not exist for bitcoin", () => {
		const saturday = Date.UTC(2025, 2, 8, 12);
		expect(new Set(rowsOf({ symbol: "BTCUSD", startAt: saturday, minutes: 30 }).map((row) => Math.floor(row.at / 1000))).size).toBe(1800);
	});

	it("at the start are skipped, and a market that never opens has no rows", () => {
		expect(rowsOf({ startAt: Date.UTC(2025, 2, 8, 12), minutes: 48 * 60 })[0]?.at).toBeGreaterThanOrEqual(Date.UTC(2025, 2, 10));
		expect(rowsOf({ spec: { ...instrument("EURUSD"), sessions: [] } })).toEqual([]);
	});

	it("do not count as warm-up", () => {
		const eurusd = instrument("EURUSD");
		const monday = Date.UTC(2025, 2, 10, 1);
		expect(warmupStartAt(eurusd, monday, 60)).toBe(Date.UTC(2025, 2, 10));
		expect(warmupStartAt(eurusd, monday, 61)).toBe(Date.UTC(2025, 2, 7, 23, 59));
		expect(warmupStartAt(eurusd, monday, 60 + 5 * 1440)).toBe(Date.UTC(2025, 2, 3));
		expect(warmupStartAt(eurusd, monday, 60 + 10 * 1440)).toBe(Date.UTC(2025, 1, 24));
		expect(warmupStartAt(instrument("XAUUSD"), Date.UTC(2025, 2, 4, 2), 61)).toBe(Date.UTC(2025, 2, 3, 23, 59));
		expect(warmupStartAt(eurusd, monday, 0)).toBe(monday);
		expect(warmupStartAt({ ...eurusd, sessions: [] }, monday, 100)).toBe(monday);
	});
});

describe("spread", () => {
	it("is wide in the hour after midnight and typical by day", () => {
		const midnight = quotesOf({ symbol: "GBPUSD", startAt: Date.UTC(2025, 2, 5), minutes: 60 });
		const day = quotesOf({ symbol: "GBPUSD", startAt: Date.UTC(2025, 2, 5, 12), minutes: 60 });
		expect(meanSpread(midnight)).toBeGreaterThan(30);
		expect(meanSpread(day)).toBeGreaterThan(1.5);
		expect(meanSpread(day)).toBeLessThan(3.5);
	});

	it("carries small noise where the grid allows it", () => {
		const spreads = new Set(quotesOf({ symbol: "BTCUSD", minutes: 10 }).map((row) => row.ask - row.bid));
		expect(spreads.size).toBeGreaterThan(50);
	});
});

describe("scenarios", () => {
	const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
	const range = (rows: readonly Row[]): number => Math.max(...rows.map((row) => row.bid)) - Math.min(...rows.map((row) => row.bid));
	const net = (rows: readonly Row[]): number => (rows.at(-1)?.bid ?? 0) - (rows[0]?.bid ?? 0);
	const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
	const longestSilence = (rows: readonly Row[]): number => rows.reduce((most, row, index) => Math.max(most, row.at - (rows[index - 1]?.at ?? row.at)), 0);

	it.each(SEEDS)("crash: price collapses after 12 minutes, spread x20, 70 s of silence under a running clock (seed %i)", (seed) => {
		const rows = rowsOf({ name: "crash", seed });
		const quotes = rows.filter((row) => row.kind === TICK_QUOTE);
		const before = between(quotes, 0, 720);
		const bottom = between(quotes, 800, 810);
		expect(mean(bottom.map((row) => row.bid))).toBeLessThan(mean(before.map((row) => row.bid)) - 1200);
		expect(meanSpread(bottom)).toBeGreaterThanOrEqual(17 * meanSpread(before));
		expect(between(quotes, 810, 880)).toEqual([]);
		expect(between(rows, 810, 880).filter((row) => row.kind === TICK_CLOCK)).toHaveLength(70);
		const after = between(quotes, 880, 1480);
		expect(after.length).toBeGreaterThan(60);
		expect(meanSpread(after)).toBeGreaterThan(4 * meanSpread(before));
		expect(net(after)).toBeGreaterThan(0);
		// Only the one silence reaches the 30 s at which a feed counts as dead.
		expect(longestSilence(between(quotes, 0, 810))).toBeLessThan(30_000);
		expect(longestSilence(between(quotes, 881, 3600))).toBeLessThan(30_000);
	});

	it("crash counts from the session's start, not from the warm-up's", () => {
		const quotes = quotesOf({ name: "crash", startAt: TUESDAY_14H - HOUR, sessionStartAt: TUESDAY_14H, minutes: 120 });
		expect(range(between(quotes, -3600, 720))).toBeLessThan(600);
		expect(between(quotes, 810, 880)).toEqual([]);
	});

	it("gap: one jump of about 55 basis points after 20 minutes and ten silent seconds, up or down as the seed decides", () => {
		const jumps = SEEDS.map((seed) => {
			const quotes = quotesOf({ name: "gap", seed });
			expect(between(quotes, 1200, 1210)).toEqual([]);
			const jump = (between(quotes, 1210, 1215)[0]?.bid ?? 0) - (between(quotes, 1100, 1200).at(-1)?.bid ?? 0);
			expect(Math.abs(jump)).toBeGreaterThan(450);
			expect(Math.abs(jump)).toBeLessThan(750);
			return Math.sign(jump);
		});
		expect(new Set(jumps).size).toBe(2);
	});

	it("news: spread widens before it, a burst both ways, then it settles", () => {
		for (const seed of SEEDS) {
			const quotes = quotesOf({ name: "news", seed });
			const before = between(quotes, 0, 870);
			const first = between(quotes, 895, 930);
			const second = between(quotes, 930, 1020);
			expect(meanSpread(between(quotes, 885, 900))).toBeGreaterThan(2 * meanSpread(before));
			expect(Math.abs(net(first))).toBeGreaterThan(150);
			expect(Math.sign(net(second))).toBe(-Math.sign(net(first)));
			expect(range(between(quotes, 900, 1020))).toBeGreaterThan(300);
			expect(meanSpread(between(quotes, 2400, 3600))).toBeLessThan(1.5 * meanSpread(before));
			expect(first.length / 35).toBeGreaterThan((2 * before.length) / 870);
		}
	});

	it("calm moves half as much as normal at most, and its longest silence stays below 30 s even at night", () => {
		const normal = mean(SEEDS.map((seed) => range(quotesOf({ seed }))));
		const calm = mean(SEEDS.map((seed) => range(quotesOf({ seed, name: "calm" }))));
		expect(calm).toBeLessThan(normal / 2);
		for (const seed of SEEDS) expect(longestSilence(quotesOf({ seed, name: "calm", startAt: Date.UTC(2025, 2, 5), minutes: 240 }))).toBeLessThan(30_000);
	});

	it("trend goes one way, chop goes nowhere", () => {
		const share = (name: string): number => mean(SEEDS.map((seed) => Math.abs(net(quotesOf({ seed, name }))) / range(quotesOf({ seed, name }))));
		expect(share("trend")).toBeGreaterThan(0.75);
		expect(share("chop")).toBeLessThan(0.35);
	});

	it("requotes belong to the scenario's time", () => {
		const at = (name: string, seconds: number): number => requoteProbabilityAt(scenario(name), TUESDAY_14H, TUESDAY_14H + seconds * 1000);
		expect(at("normal", 800)).toBe(0);
		expect(at("crash", 700)).toBe(0);
		expect(at("crash", 735)).toBe(0.5);
		expect(at("crash", 840)).toBe(1);
		expect(at("crash", 880)).toBe(0.6);
		expect(at("crash", 2400)).toBe(0);
		expect(at("crash", -60)).toBe(0);
	});

	it("have phases that follow each other", () => {
		for (const { phases, line } of SCENARIO_TABLE) {
			expect(line.length).toBeLessThan(120);
			phases.forEach((phase, index) => {
				expect(phase.to).toBeGreaterThan(phase.from);
				expect(phase.to).toBeLessThanOrEqual(3600);
				expect(phase.from).toBeGreaterThanOrEqual(phases[index - 1]?.to ?? 0);
			});
		}
	});
});
