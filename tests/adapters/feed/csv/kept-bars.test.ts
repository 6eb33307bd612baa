import { rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../../../src/adapters/failure.ts";
import { createKeptBars } from "../../../../src/adapters/feed/csv/kept-bars.ts";
import { type CsvFeedRequest, openCsvFeed } from "../../../../src/adapters/feed/mt5-csv.ts";
import { barsText, csvFolder, instrument, playCsv, ticksText } from "../../../helpers/csv-files.ts";

const write = csvFolder();
const QUARTER_MS = 900_000;
const START = Date.UTC(2024, 0, 2);

/** Bars of which some have no spread, so that stretches fill differing ones in. */
function bars(count: number, price = 1.1): string {
	return barsText(
		...Array.from({ length: count }, (_, index) => {
			const at = new Date(START + index * QUARTER_MS).toISOString();
			const open = (price + 0.0001 * (index % 7)).toFixed(5);
			return `${at.slice(0, 10).replaceAll("-", ".")} ${at.slice(11, 19)} ${open} ${open} ${open} ${open} 40 ${index % 5 === 3 ? 4 + (index % 9) : 0}`;
		}),
	);
}

function requestOf(file: string, changes: Partial<CsvFeedRequest> = {}): CsvFeedRequest {
	const common = { symbol: null, timeframeMinutes: null, ticks: "ohlc", from: null, to: null, skipBadRows: false, batchRows: 64 } as const;
	return { ...common, instrument: instrument("EURUSD"), file, ...changes };
}

describe("kept bars", () => {
	it("play every stretch as the file itself does, in whatever order stretches come", () => {
		const file = write("EURUSD_M15.csv", bars(80));
		const kept = createKeptBars();
		const stretch = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 19 }));
		fc.assert(
			fc.property(fc.array(stretch, { maxLength: 6 }), (stretches) => {
				for (const [first, length] of stretches) {
					const request = requestOf(file, { from: START + first * QUARTER_MS, to: START + (first + length) * QUARTER_MS });
					const [again, anew] = [openCsvFeed(request, kept), openCsvFeed(request)];
					expect(again.feed.identity).toEqual(anew.feed.identity);
					expect(again.feed.report()).toEqual(anew.feed.report());
					expect(playCsv(again)).toEqual(playCsv(anew));
				}
			}),
		);
	});

	it("are read once for a file that is as it was", () => {
		const file = write("EURUSD_M15_once.csv", bars(20));
		const kept = createKeptBars();
		const reading = { file, digits: 5, skipBadRows: false, onlyBar: 1 };
		let reads = 0;
		const read = (): null => {
			reads++;
			return null;
		};
		openCsvFeed(requestOf(file), kept);
		kept.of(reading, read);
		expect(reads).toBe(0);
		kept.of({ ...reading, digits: 3 }, read);
		expect(reads).toBe(1);
	});

	it("are read again when the file has changed, and are gone with it", () => {
		const file = write("EURUSD_M15_changed.csv", bars(20));
		const kept = createKeptBars();
		const before = openCsvFeed(requestOf(file), kept);
		writeFileSync(file, bars(20, 1.2));
		const after = openCsvFeed(requestOf(file), kept);
		expect(after.feed.identity).not.toEqual(before.feed.identity);
		expect(playCsv(after)).toEqual(playCsv(openCsvFeed(requestOf(file))));
		rmSync(file);
		expect(() => openCsvFeed(requestOf(file), kept)).toThrow(Failure);
	});

	it("are none of a ticks export, which is played as ever", () => {
		const file = write("EURUSD_ticks.csv", ticksText("2024.01.02 00:00:00.100 1.10000 1.10010 6", "2024.01.02 00:00:01.100 1.10001 1.10011 6"));
		expect(playCsv(openCsvFeed(requestOf(file), createKeptBars()))).toEqual(playCsv(openCsvFeed(requestOf(file))));
	});
});
