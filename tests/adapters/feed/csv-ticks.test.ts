import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { csvFolder, type Encoding, failureOf, openCsv, playCsv, TICKS_HEADER, ticksText } from "../../helpers/csv-files.ts";

const write = csvFolder();

const TICKS = [
	"2024.01.02 00:00:01.250 1.10000 1.10010 6",
	"2024.01.02 00:00:01.900 1.10001 - 2",
	"2024.01.02 00:00:01.900 - 1.10012 132",
	"2024.01.02 00:00:03.000 - - 8",
	"2024.01.02 00:00:04.000 1.10003 1.10012 134",
];
const PLAYED = [
	"01-02 00:00:01.250 110000 110010 1 1",
	"01-02 00:00:01.900 110001 110010 1 1",
	"01-02 00:00:01.900 110001 110012 1 1",
	"01-02 00:00:03.000 110001 110012 1 1",
	"01-02 00:00:04.000 110003 110012 1 1",
];
const NAME = "EURUSD_202401020000_202401022359.csv";

describe("ticks exports", () => {
	it("plays rows as they are and keeps the last value of an empty side", () => {
		const opened = openCsv(write(NAME, ticksText(...TICKS)));
		expect(opened).toMatchObject({ content: "ticks", timeframeMinutes: 1, firstAt: Date.UTC(2024, 0, 2, 0, 0, 1, 250), endAt: null, notes: [] });
		expect(opened.feed.traits).toEqual({ triggerFill: "market", hasClock: false, cadenceMs: 1000 });
		expect(playCsv(opened)).toEqual(PLAYED);
		expect(opened.feed.report()).toEqual({ rows: 5, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapMs: 0 });
		expect(opened.feed.failure()).toBeNull();
	});

	it.each<[string, Encoding, (text: string) => string]>([
		["gz", "gz", (text) => text],
		["UTF-16 LE", "utf16le", (text) => text],
		["UTF-16 BE", "utf16be", (text) => text],
		["a byte order mark", "bom", (text) => text],
		["semicolons", "plain", (text) => text.replaceAll("\t", ";")],
		["commas, LF, no final newline", "plain", (text) => text.replaceAll("\t", ",").replaceAll("\r\n", "\n").trimEnd()],
		["older builds without FLAGS", "plain", (text) => text.replaceAll(/\t[^\t\r]*(?=\r)/g, "")],
	])("reads the same from %s", (_name, encoding, change) => {
		expect(playCsv(openCsv(write(NAME, change(ticksText(...TICKS)), encoding)))).toEqual(PLAYED);
	});

	it("prefers the milliseconds of MT5's Python package", () => {
		const text = "time,bid,ask,last,volume,time_msc,flags,volume_real\n1704153601,1.10000,1.10010,0.0,0,1704153601250,6,0.0\n";
		expect(playCsv(openCsv(write("mine.csv", text)))).toEqual(PLAYED.slice(0, 1));
	});

	it("says that ticks are used as they are", () => {
		const file = write(NAME, ticksText(...TICKS));
		expect(openCsv(file, { ticks: "open" }).notes).toEqual([`--ticks open does not apply: ${file} holds ticks, which are used as they are.`]);
		expect(openCsv(file, { timeframeMinutes: 15 }).timeframeMinutes).toBe(15);
	});

	it("begins once both sides are known", () => {
		const text = ticksText("2024.01.02 00:00:00.000 1.10000 - 2", "2024.01.02 00:00:00.500 1.10001 - 2", "2024.01.02 00:00:01.000 - 1.10010 4");
		expect(playCsv(openCsv(write(NAME, text)))).toEqual(["01-02 00:00:01.000 110001 110010 1 1"]);
		expect(failureOf(() => openCsv(write(NAME, ticksText(TICKS[1] as string))))).toMatch(/^3: .*holds a header but no usable row/);
	});

	it("drops repeats of the same quote at the same time", () => {
		const opened = openCsv(write(NAME, ticksText(...TICKS.flatMap((row) => [row, row]))));
		expect(playCsv(opened)).toEqual(PLAYED);
		expect(opened.feed.report()).toMatchObject({ rows: 5, duplicates: 5 });
	});

	it("plays a part of the file, with the quote known before it", () => {
		const at = (ms: number): number => Date.UTC(2024, 0, 2, 0, 0, 0, ms);
		const file = write(NAME, ticksText(...TICKS));
		expect(playCsv(openCsv(file, { from: at(3000), to: at(4000) }))).toEqual(PLAYED.slice(3, 4));
		expect(failureOf(() => openCsv(file, { from: at(9000) }))).toMatch(/^3: .*has no rows from 2024-01-02 00:00/);
	});

	it("counts minutes of open market without a tick as gaps", () => {
		const text = ticksText(
			"2024.01.02 10:00:00.000 1.1 1.2 6",
			"2024.01.02 10:01:30.000 1.1 1.3 6",
			"2024.01.05 23:59:59.000 1.1 1.2 6",
			"2024.01.08 00:00:01.000 1.1 1.3 6",
		);
		const opened = openCsv(write(NAME, text));
		playCsv(opened);
		expect(opened.feed.report()).toMatchObject({ gaps: 2 });
	});

	it.each([
		["a crossed quote", "2024.01.02 00:00:05.000 1.10020 1.10010 6", /line 7: BID 1.10020 is above ASK 1.10010, a crossed quote/],
		["a quote that crosses the side kept", "2024.01.02 00:00:05.000 1.10013 - 2", /line 7: BID 1.10013 is above ASK 1.10012/],
		["a price of zero", "2024.01.02 00:00:05.000 0.00000 1.10010 6", /line 7: BID is 0.00000, but prices are above 0/],
		["a negative price", "2024.01.02 00:00:05.000 1.10000 -1.10010 6", /line 7: ASK is -1.10010, but prices are above 0/],
		["NaN", "2024.01.02 00:00:05.000 NaN 1.10010 6", /line 7: BID is "NaN", not a number/],
		["an infinity", "2024.01.02 00:00:05.000 1.1 Infinity 6", /line 7: ASK is "Infinity", not a number/],
		["an immense price", "2024.01.02 00:00:05.000 1.1 1e9 6", /line 7: BID 1.10000 or ASK 1000000000.00000 is too large for a price/],
		[
			"a time that goes back",
			"2024.01.02 00:00:03.999 1.10000 1.10010 6",
			/line 7: its time 2024-01-02 00:00:03.999 is before 2024-01-02 00:00:04.000 .* cannot be sorted/,
		],
		["no such day", "2024.02.30 00:00:05.000 1.10000 1.10010 6", /line 7: DATE is "2024.02.30", not a date/],
		["no such time", "2024.01.02 25:00:05.000 1.10000 1.10010 6", /line 7: TIME is "25:00:05.000", not a time/],
	])("refuses %s at once when it is near the beginning, and in the middle as the feed's failure", (_name, row, reason) => {
		const file = write(NAME, ticksText(...TICKS, row, "2024.01.02 00:00:06.000 1.10004 1.10012 6"));
		const refused = failureOf(() => openCsv(file));
		expect(refused).toMatch(/^3: /);
		expect(refused).toMatch(reason);
		expect(refused).toContain("--skip-bad-rows");
		const streamed = openCsv(file, { batchRows: 2 });
		expect(playCsv(streamed)).toEqual(PLAYED);
		expect(streamed.feed.failure()?.message).toMatch(reason);
		expect(streamed.feed.next()).toBeNull();
		const skipping = openCsv(file, { skipBadRows: true });
		expect(playCsv(skipping)).toEqual([...PLAYED, "01-02 00:00:06.000 110004 110012 1 1"]);
		expect(skipping.feed.report()).toMatchObject({ rows: 6, badRows: 1 });
		expect(skipping.feed.failure()).toBeNull();
	});

	it("notices a file that grows while it is read", () => {
		const file = write(NAME, ticksText(...TICKS));
		const opened = openCsv(file, { batchRows: 2 });
		appendFileSync(file, "more");
		playCsv(opened);
		expect(opened.feed.failure()?.message).toMatch(/changed while it was read|has 1 column/);
	});

	it("reads across the window of lines, whatever the batch", () => {
		const rows = Array.from({ length: 60_000 }, (_, i) => {
			const at = new Date(Date.UTC(2024, 0, 2) + i * 700).toISOString();
			return `${at.slice(0, 10).replaceAll("-", ".")}\t${at.slice(11, 23)}\t1.1${String(i % 1000).padStart(4, "0")}\t1.2\t\t\t6`;
		});
		const file = write(NAME, [TICKS_HEADER, ...rows].join("\r\n"), "utf16be");
		const opened = openCsv(file, { batchRows: 777 });
		let count = 0;
		let sum = 0;
		for (let batch = opened.feed.next(); batch !== null; batch = opened.feed.next()) {
			for (let i = 0; i < batch.count; i++) sum += batch.bid[i] as number;
			count += batch.count;
		}
		// 60 rounds of 0..999 above 110000: 60 * 499500 + 60000 * 110000.
		expect([count, sum]).toEqual([60_000, 6_629_970_000]);
		expect(opened.feed.failure()).toBeNull();
		expect(opened.feed.identity).toMatchObject({ content: "ticks", sha256: createHash("sha256").update(readFileSync(file)).digest("hex") });
	});
});
