/**
 * Measures what a market looks like, real (MT5 bar exports named on the command line) beside synthetic (simulated years), and
 * prints the table of docs/SIMULATOR.md:
 *
 *     npx tsx scripts/market-facts.ts [--symbol EURUSD] [--seeds 20] [FILE.csv[.gz] ...]
 *
 * Bars of any timeframe below a day are measured as they are; M15 compares with the synthetic column.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import type { Instrument } from "../src/engine/instrument.ts";
import { findInstrument } from "../src/engine/instruments/built-in.ts";
import { createSyntheticMarket, fillSynthetic } from "../src/engine/market/synthetic/generator.ts";
import { findScenario } from "../src/engine/market/synthetic/scenario.ts";
import { createTickBatch, TICK_QUOTE } from "../src/engine/market/tick.ts";

/** Facts of a series of bars. Hour lists have 24 entries, null where the market was closed. */
export type MarketFacts = {
	readonly bars: number;
	/** Standard deviation of log returns from close to close, basis points; bars that follow a gap do not count. */
	readonly deviationBp: number;
	readonly excessKurtosis: number;
	/** Autocorrelation of absolute returns: one bar later, and one day later. */
	readonly absoluteLag1: number;
	readonly absoluteDay: number;
	/** Autocorrelation of the returns themselves: near 0 in an efficient market. */
	readonly returnLag1: number;
	/** Mean absolute return of the hour over the mean of all hours. */
	readonly volatilityByHour: readonly (number | null)[];
	/** Mean of the bars' spreads (an MT5 bar stores about the smallest), points. */
	readonly spreadByHour: readonly (number | null)[];
	readonly quotesPerMinuteByHour: readonly (number | null)[];
	/** Mean absolute jump over closures of a day or more, basis points; null without any. */
	readonly weekendGapBp: number | null;
};

type Bars = {
	readonly minutes: number;
	readonly slots: number[];
	readonly opens: number[];
	readonly closes: number[];
	readonly quotes: number[];
	readonly spreads: number[];
};

/** Facts of bars; `slots` count bars of `minutes` since 1970, broker time. */
export function factsOf(bars: Bars): MarketFacts {
	const returns: number[] = [];
	const hours: number[] = [];
	const gaps: number[] = [];
	for (let row = 1; row < bars.slots.length; row++) {
		const [slot, before] = [bars.slots[row] as number, bars.slots[row - 1] as number];
		if (slot === before + 1) {
			returns.push(Math.log((bars.closes[row] as number) / (bars.closes[row - 1] as number)));
			hours.push(hourOf(slot, bars.minutes));
		} else if ((slot - before) * bars.minutes > 1440) gaps.push(Math.abs(Math.log((bars.opens[row] as number) / (bars.closes[row - 1] as number))));
	}
	const absolute = returns.map(Math.abs);
	const allHours = bars.slots.map((slot) => hourOf(slot, bars.minutes));
	const byHour = meanByHour(absolute, hours);
	const measured = byHour.filter((value) => value !== null);
	const center = mean(measured);
	const variance = moment(returns, 2);
	return {
		bars: bars.slots.length,
		deviationBp: Math.sqrt(variance) * 1e4,
		excessKurtosis: moment(returns, 4) / variance ** 2 - 3,
		absoluteLag1: autocorrelation(absolute, 1),
		absoluteDay: autocorrelation(absolute, Math.round(bars.slots.length / daysOf(bars))),
		returnLag1: autocorrelation(returns, 1),
		volatilityByHour: byHour.map((value) => (value === null ? null : value / center)),
		spreadByHour: meanByHour(bars.spreads, allHours),
		quotesPerMinuteByHour: meanByHour(bars.quotes, allHours).map((value) => (value === null ? null : value / bars.minutes)),
		weekendGapBp: gaps.length === 0 ? null : mean(gaps) * 1e4,
	};
}

/** M15 bars of 52 simulated weeks in the normal scenario, every tick generated: the very rows that a session would see. */
export function syntheticYear(instrument: Instrument, seed: number): Bars {
	const scenario = findScenario("normal");
	if (scenario === null) throw new Error("the normal scenario is gone");
	const startAt = Date.UTC(2024, 11, 30);
	const endAt = startAt + 364 * 86_400_000;
	const market = createSyntheticMarket({ instrument, scenario, seed, startAt, sessionStartAt: startAt, endAt });
	const batch = createTickBatch(8192);
	const bars: Bars = { minutes: 15, slots: [], opens: [], closes: [], quotes: [], spreads: [] };
	const { atMs, bid, ask, kind } = batch;
	const quoteKind = TICK_QUOTE;
	let barEnd = 0;
	let close = 0;
	let quotes = 0;
	let spread = 0;
	const finish = (): void => {
		if (quotes === 0) return;
		bars.closes.push(close);
		bars.quotes.push(quotes);
		bars.spreads.push(spread);
	};
	for (fillSynthetic(market, batch); batch.count > 0; fillSynthetic(market, batch)) {
		for (let row = 0; row < batch.count; row++) {
			if (kind[row] !== quoteKind) continue;
			const at = atMs[row] as number;
			if (at >= barEnd) {
				finish();
				const slot = Math.floor(at / 900_000);
				barEnd = (slot + 1) * 900_000;
				quotes = 0;
				spread = Number.POSITIVE_INFINITY;
				bars.slots.push(slot);
				bars.opens.push(bid[row] as number);
			}
			close = bid[row] as number;
			quotes++;
			const wide = (ask[row] as number) - close;
			if (wide < spread) spread = wide;
		}
	}
	finish();
	return bars;
}

/** Bars of an MT5 export (tab separated, header in angle brackets; rulebook A5.1), plain or gzipped. */
function readBars(file: string): Bars {
	const bytes = readFileSync(file);
	const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
	const times: number[] = [];
	const bars = { slots: [] as number[], opens: [] as number[], closes: [] as number[], quotes: [] as number[], spreads: [] as number[] };
	for (const line of text.split("\n")) {
		const cells = line.trim().split("\t");
		if (cells.length < 9 || line.startsWith("<")) continue;
		times.push(Date.parse(`${(cells[0] as string).replaceAll(".", "-")}T${cells[1]}Z`));
		bars.opens.push(Number(cells[2]));
		bars.closes.push(Number(cells[5]));
		bars.quotes.push(Number(cells[6]));
		bars.spreads.push(Number(cells[8]));
	}
	if (times.length < 1000) throw new Error(`${file}: ${times.length} bars, at least 1000 are needed`);
	let minutes = 1440;
	for (let row = 1; row < 1000; row++) minutes = Math.min(minutes, ((times[row] as number) - (times[row - 1] as number)) / 60_000);
	return { ...bars, minutes, slots: times.map((at) => Math.floor(at / 60_000 / minutes)) };
}

function hourOf(slot: number, minutes: number): number {
	return Math.floor((slot * minutes) / 60) % 24;
}

function daysOf(bars: Bars): number {
	return new Set(bars.slots.map((slot) => Math.floor((slot * bars.minutes) / 1440))).size;
}

function meanByHour(values: readonly number[], hours: readonly number[]): (number | null)[] {
	const sums = new Float64Array(24);
	const counts = new Float64Array(24);
	values.forEach((value, row) => {
		const hour = hours[row] as number;
		sums[hour] = (sums[hour] as number) + value;
		counts[hour] = (counts[hour] as number) + 1;
	});
	return Array.from(counts, (count, hour) => (count === 0 ? null : (sums[hour] as number) / count));
}

function mean(values: readonly number[]): number {
	let sum = 0;
	for (const value of values) sum += value;
	return sum / values.length;
}

function moment(values: readonly number[], power: number): number {
	const center = mean(values);
	let sum = 0;
	for (const value of values) sum += (value - center) ** power;
	return sum / values.length;
}

function autocorrelation(values: readonly number[], lag: number): number {
	const center = mean(values);
	let covariance = 0;
	let variance = 0;
	for (let row = 0; row < values.length; row++) {
		const here = (values[row] as number) - center;
		variance += here * here;
		if (row + lag < values.length) covariance += here * ((values[row + lag] as number) - center);
	}
	return covariance / variance;
}

type Column = { readonly title: string; readonly years: readonly MarketFacts[] };

/** One row a fact, one column a market; several years show their mean and range. */
function tableOf(columns: readonly Column[]): string {
	const rows: [string, (facts: MarketFacts) => number | null, number][] = [
		["bars", (facts) => facts.bars, 0],
		["standard deviation of a bar's return, bp", (facts) => facts.deviationBp, 2],
		["excess kurtosis of returns", (facts) => facts.excessKurtosis, 1],
		["autocorrelation of absolute returns, next bar", (facts) => facts.absoluteLag1, 3],
		["the same, a day later", (facts) => facts.absoluteDay, 3],
		["autocorrelation of returns, next bar", (facts) => facts.returnLag1, 3],
		["mean weekend gap, bp", (facts) => facts.weekendGapBp, 1],
	];
	const hours = Array.from({ length: 24 }, (_, hour) => hour);
	const name = (hour: number): string => `${String(hour).padStart(2, "0")} h`;
	for (const hour of hours) rows.push([`volatility ${name(hour)}`, (facts) => facts.volatilityByHour[hour] ?? null, 2]);
	for (const hour of [0, 1, 2, 8, 15, 23]) rows.push([`spread ${name(hour)}, points`, (facts) => facts.spreadByHour[hour] ?? null, 1]);
	for (const hour of [0, 3, 7, 10, 13, 17, 23]) rows.push([`quotes a minute ${name(hour)}`, (facts) => facts.quotesPerMinuteByHour[hour] ?? null, 0]);
	const lines = [`| fact | ${columns.map((column) => column.title).join(" | ")} |`, `|---|${columns.map(() => "---|").join("")}`];
	for (const [label, pick, digits] of rows) lines.push(`| ${label} | ${columns.map((column) => cellOf(column.years.map(pick), digits)).join(" | ")} |`);
	return lines.join("\n");
}

function cellOf(values: readonly (number | null)[], digits: number): string {
	const known = values.filter((value) => value !== null);
	if (known.length === 0) return "closed";
	const middle = mean(known).toFixed(digits);
	return known.length === 1 ? middle : `${middle} (${Math.min(...known).toFixed(digits)} to ${Math.max(...known).toFixed(digits)})`;
}

function main(words: readonly string[]): void {
	const files: string[] = [];
	let symbols = ["EURUSD"];
	let seeds = 20;
	for (let index = 0; index < words.length; index++) {
		const word = words[index] as string;
		if (word === "--symbol") symbols = (words[++index] ?? "").split(",");
		else if (word === "--seeds") seeds = Number(words[++index]);
		else files.push(word);
	}
	const columns: Column[] = files.map((file) => {
		const bars = readBars(file);
		return { title: `${/([^/\\_]+)_[^/\\]*$/.exec(file)?.[1] ?? file} M${bars.minutes}, real`, years: [factsOf(bars)] };
	});
	for (const symbol of symbols) {
		const instrument = findInstrument(symbol);
		if (instrument === null) throw new Error(`unknown symbol ${symbol}`);
		const years = Array.from({ length: seeds }, (_, index) => factsOf(syntheticYear(instrument, index + 1)));
		columns.push({ title: `${instrument.symbol} M15, synthetic, ${seeds} years (seeds 1-${seeds})`, years });
	}
	console.log(tableOf(columns));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main(process.argv.slice(2));
