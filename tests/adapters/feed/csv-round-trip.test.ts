import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openTimeBetween } from "../../../src/adapters/feed/csv/gaps.ts";
import { readHeader } from "../../../src/adapters/feed/csv/layout.ts";
import { readRow } from "../../../src/adapters/feed/csv/row.ts";
import { scanRow } from "../../../src/adapters/feed/csv/scan.ts";
import { BARS_HEADER, csvFolder, type Encoding, instrument, openCsv, playCsv } from "../../helpers/csv-files.ts";

const write = csvFolder();
const DAY = Date.UTC(2024, 0, 2);
const HOUR = 3_600_000;

type Bar = { minute: number; low: number; range: number; open: number; close: number; volume: number; spread: number };

const barRecord = fc.record({
	minute: fc.integer({ min: 0, max: 2000 }),
	low: fc.integer({ min: 1, max: 300_000 }),
	range: fc.integer({ min: 0, max: 500 }),
	open: fc.nat(500),
	close: fc.nat(500),
	volume: fc.nat(100_000),
	spread: fc.integer({ min: 1, max: 400 }),
});

describe("writer to reader", () => {
	it("plays exactly what was written, in any order, with any delimiter, line end and encoding", () => {
		const encodings = fc.constantFrom<Encoding>("plain", "bom", "utf16le", "utf16be", "gz");
		fc.assert(
			fc.property(
				fc.uniqueArray(barRecord, { selector: (bar) => bar.minute, minLength: 1, maxLength: 30 }),
				fc.constantFrom("\t", ";", ","),
				fc.constantFrom("\r\n", "\n"),
				encodings,
				(bars, delimiter, newline, encoding) => {
					const text = [BARS_HEADER, ...bars.map(rowOf)].join(newline).replaceAll("\t", delimiter);
					const opened = openCsv(write("EURUSD_M1_round.csv", text, encoding), { ticks: "open" });
					expect(opened.feed.report()).toMatchObject({ rows: bars.length, badRows: 0, spreadsFilled: 0 });
					const opens = playCsv(opened).filter((_, i) => i % 4 === 0);
					const sorted = bars.toSorted((a, b) => a.minute - b.minute);
					expect(opens.map((row) => row.split(" ").slice(2, 4).map(Number))).toEqual(sorted.map((bar) => [openOf(bar), openOf(bar) + bar.spread]));
				},
			),
			{ numRuns: 60 },
		);
	});

	it("reads a row the same way in the fast and in the thorough manner", () => {
		const layout = (): ReturnType<typeof readHeader> => readHeader("x.csv", 1, BARS_HEADER, 5);
		fc.assert(
			fc.property(barRecord, fc.boolean(), (bar, carriage) => {
				const [fast, thorough] = [layout(), layout()];
				const row = rowOf(bar);
				const bytes = Buffer.from(`${row}${carriage ? "\r" : ""}\n`);
				expect(scanRow(fast, bytes, 0)).toBe(bytes.length);
				expect(readRow(thorough, row)).toBeNull();
				expect([...fast.values]).toEqual([...thorough.values]);
			}),
		);
	});

	it("never crashes on a damaged row, and when it reads one fast, the thorough manner agrees", () => {
		fc.assert(
			fc.property(barRecord, fc.nat(70), fc.constantFrom("", "x", "-", ".", "\t", " ", "9", ":", "\u00e4", "\u0000"), (bar, at, junk) => {
				const row = rowOf(bar);
				const damaged = row.slice(0, at) + junk + row.slice(at + 1);
				const [fast, thorough] = [readHeader("x.csv", 1, BARS_HEADER, 5), readHeader("x.csv", 1, BARS_HEADER, 5)];
				const bytes = Buffer.from(`${damaged}\n`, "latin1");
				if (scanRow(fast, bytes, 0) < 0) return;
				expect(readRow(thorough, damaged)).toBeNull();
				expect([...fast.values]).toEqual([...thorough.values]);
			}),
			{ numRuns: 500 },
		);
	});
});

describe("openTimeBetween", () => {
	it.each<[string, string, number, number, number]>([
		["a week day", "EURUSD", 0, 24 * HOUR, 24 * HOUR],
		["a weekend", "EURUSD", 4 * 24 * HOUR, 6 * 24 * HOUR, 0],
		["Friday noon to Monday noon", "EURUSD", 3 * 24 * HOUR + 12 * HOUR, 6 * 24 * HOUR + 12 * HOUR, 24 * HOUR],
		["round the clock", "BTCUSD", 0, 14 * 24 * HOUR, 14 * 24 * HOUR],
		["nothing", "EURUSD", 5 * HOUR, 5 * HOUR, 0],
	])("counts session hours: %s", (_name, symbol, from, to, expected) => {
		expect(openTimeBetween(instrument(symbol).sessions, DAY + from, DAY + to)).toBe(expected);
	});

	it("follows windows past midnight", () => {
		const sessions = [[], [[1320, 1560]], [], [], [], [], []] as const;
		const monday = Date.UTC(2024, 0, 1);
		expect(openTimeBetween(sessions, monday, monday + 24 * HOUR)).toBe(2 * HOUR);
		expect(openTimeBetween(sessions, monday + 24 * HOUR, monday + 48 * HOUR)).toBe(2 * HOUR);
	});
});

function openOf(bar: Bar): number {
	return bar.low + Math.min(bar.open, bar.range);
}

function rowOf(bar: Bar): string {
	const at = new Date(DAY + bar.minute * 60_000).toISOString();
	const price = (points: number): string => `${Math.floor(points / 100_000)}.${String(points % 100_000).padStart(5, "0")}`;
	const close = bar.low + Math.min(bar.close, bar.range);
	const fields = [
		at.slice(0, 10).replaceAll("-", "."),
		at.slice(11, 19),
		price(openOf(bar)),
		price(bar.low + bar.range),
		price(bar.low),
		price(close),
		bar.volume,
		0,
		bar.spread,
	];
	return fields.join("\t");
}
