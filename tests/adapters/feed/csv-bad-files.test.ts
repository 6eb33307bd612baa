import { chmodSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { BARS_HEADER, barsText, csvFolder, encode, failureOf, openCsv, playCsv } from "../../helpers/csv-files.ts";

const write = csvFolder();

const GOOD = "2024.01.02 00:00:00 1.10000 1.10050 1.09980 1.10020 40 12";
const good = (minute: number): string => `2024.01.02 00:${String(minute).padStart(2, "0")}:00 1.10000 1.10050 1.09980 1.10020 40 12`;

describe("files that are no export", () => {
	const packed = encode(barsText(...Array.from({ length: 50 }, (_, i) => good(i))), "gz");

	it.each<[string, string | Uint8Array, RegExp]>([
		["empty", "", /is empty/],
		["blank lines only", "\r\n\r\n  \n", /nothing but blank lines/],
		["header only", `${BARS_HEADER}\r\n`, /holds a header but no usable row/],
		["header only, without newline", BARS_HEADER, /holds a header but no usable row/],
		["no header", barsText(GOOD).replace(`${BARS_HEADER}\r\n`, ""), /line 1: .*first line must name the columns/],
		["a cut header", "<DATE>\t<TIME>\t<OPEN>", /line 1: the columns .* are those of neither bars nor ticks/],
		["a column twice", `${BARS_HEADER}\t<OPEN>\r\n`, /line 1: the column "<OPEN>" comes twice/],
		["prose", "Dear trader,\nplease find enclosed the data.\n", /line 1: .* is no header/],
		["a binary", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0]), /is not text \(byte 0x02/],
		["zeros", new Uint8Array(5000), /is not text \(byte 0x00/],
		["a zip", new Uint8Array([0x50, 0x4b, 3, 4, 1, 1]), /is a zip archive or spreadsheet/],
		["binary after a good beginning", `${barsText(GOOD)}\u0000\u0001\u0002\u0003`, /is not text/],
		[
			"binary far behind the beginning",
			`${barsText(...Array.from({ length: 90 }, (_, i) => good(i % 60)))}\u0000\u0001\u0002`,
			/line 92: has 1 column where the header has 9/,
		],
		["a line without end", `${BARS_HEADER}\r\n${"1".repeat(2 ** 20 + 10)}`, /has a line of more than 1048576 bytes/],
		["a truncated gz", packed.subarray(0, packed.length - 20), /the gz file ends too early/],
		["a gz of nothing but its first bytes", packed.subarray(0, 5), /the gz file ends too early/],
		["a damaged gz", Buffer.concat([packed.subarray(0, 40), Buffer.alloc(40, 0xaa), packed.subarray(80)]), /the gz file is damaged/],
		["a gz of nothing", encode("", "gz"), /is empty once unpacked/],
		["a gz of a binary", encode("\u0001\u0002\u0003\u0004", "gz"), /is not text/],
	])("refuses %s", (_name, content, reason) => {
		const file = write("EURUSD_M1.csv", content);
		const refused = failureOf(() => openCsv(file));
		expect(refused.startsWith(`3: ${file}: `)).toBe(true);
		expect(refused).toMatch(reason);
	});

	it("refuses what is missing, a folder, a device and a file that may not be read", () => {
		const file = write("EURUSD_M1.csv", barsText(GOOD));
		const folder = join(dirname(file), "folder.csv");
		mkdirSync(folder);
		expect(failureOf(() => openCsv(`${file}.none`))).toMatch(/^3: .*there is no such file/);
		expect(failureOf(() => openCsv(join(file, "inside.csv")))).toMatch(/^3: .*there is no such file/);
		expect(failureOf(() => openCsv(folder))).toMatch(/^3: .*is a folder/);
		expect(failureOf(() => openCsv("/dev/null"))).toMatch(/^3: .*(is not a regular file|there is no such file)/);
		chmodSync(file, 0);
		// A superuser may read it all the same.
		expect(failureOf(() => openCsv(file))).toMatch(/^3: .*may not be read by this user|^opened$/);
	});
});

describe("rows that are no bars", () => {
	it.each([
		["too few columns", "2024.01.02 00:01:00 1.10000 1.10050 1.09980 1.10020 40", /line 3: has 8 columns where the header has 9/],
		["too many columns", "2024.01.02 00:01:00 1.10000 1.10050 1.09980 1.10020 40 12 7", /line 3: has 10 columns where the header has 9/],
		["NaN", "2024.01.02 00:01:00 NaN 1.10050 1.09980 1.10020 40 12", /line 3: OPEN is "NaN", not a number/],
		["an infinity", "2024.01.02 00:01:00 1.1 inf 1.09980 1.10020 40 12", /line 3: HIGH is "inf", not a number/],
		["an empty price", "2024.01.02 00:01:00 1.10000 1.10050  1.10020 40 12", /line 3: LOW is "", not a number/],
		["text", "2024.01.02 00:01:00 1.10000 1.10050 low 1.10020 40 12", /line 3: LOW is "low", not a number/],
		["a decimal comma", "2024.01.02 00:01:00 1,10000 1.10050 1.09980 1.10020 40 12", /line 3: OPEN is "1,10000", not a number/],
		["a price of zero", "2024.01.02 00:01:00 1.10000 1.10050 0 1.10020 40 12", /line 3: LOW is 0.00000, but prices are above 0/],
		["a negative price", "2024.01.02 00:01:00 1.10000 1.10050 -1.09980 1.10020 40 12", /line 3: LOW is -1.09980, but prices are above 0/],
		["high below open", "2024.01.02 00:01:00 1.10060 1.10050 1.09980 1.10020 40 12", /line 3: HIGH 1.10050 is below OPEN 1.10060/],
		["high below close", "2024.01.02 00:01:00 1.10000 1.10050 1.09980 1.10051 40 12", /line 3: HIGH 1.10050 is below CLOSE 1.10051/],
		["low above open", "2024.01.02 00:01:00 1.10000 1.10050 1.10010 1.10020 40 12", /line 3: LOW 1.10010 is above OPEN 1.10000/],
		["low above close", "2024.01.02 00:01:00 1.10040 1.10050 1.10030 1.10020 40 12", /line 3: LOW 1.10030 is above CLOSE 1.10020/],
		["a price beyond every market", "2024.01.02 00:01:00 1.1 99999.0 1.09980 1.10020 40 12", /line 3: HIGH 99999.00000 is too large for a price/],
		["a digit more", "2024.01.02 00:01:00 1.100005 1.10050 1.09980 1.10020 40 12", /line 3: OPEN is "1.100005" with 6 decimals where the symbol has 5/],
		["a tenth of a point", "2024.01.02 00:01:00 1.100001 1.10050 1.09980 1.10020 40 12", /line 3: OPEN is "1.100001" with 6 decimals where the symbol has 5/],
		["a negative tick volume", "2024.01.02 00:01:00 1.10000 1.10050 1.09980 1.10020 -4 12", /line 3: TICKVOL is -4, not a count of ticks/],
		["a broken tick volume", "2024.01.02 00:01:00 1.10000 1.10050 1.09980 1.10020 4.5 12", /line 3: TICKVOL is "4.5", not a whole number/],
		["an immense spread", "2024.01.02 00:01:00 1.10000 1.10050 1.09980 1.10020 4 999999999", /line 3: SPREAD 999999999 is too large/],
		["no date", "today 00:01:00 1.10000 1.10050 1.09980 1.10020 40 12", /line 3: DATE is "today", not a date/],
		["month 13", "2024.13.02 00:01:00 1.10000 1.10050 1.09980 1.10020 40 12", /line 3: DATE is "2024.13.02", not a date/],
		["29 February of a common year", "2023.02.29 00:01:00 1.10000 1.10050 1.09980 1.10020 40 12", /line 3: DATE is "2023.02.29", not a date/],
		["minute 75", "2024.01.02 00:75:00 1.10000 1.10050 1.09980 1.10020 40 12", /line 3: TIME is "00:75:00", not a time/],
		["second 60", "2024.01.02 00:01:60 1.10000 1.10050 1.09980 1.10020 40 12", /line 3: TIME is "00:01:60", not a time/],
		["a zone of its own", "2024.01.02 00:01:00+02:00 1.10000 1.10050 1.09980 1.10020 40 12", /line 3: TIME is "00:01:00\+02:00", not a time/],
		["off the minute", "2024.01.02 00:01:07 1.10000 1.10050 1.09980 1.10020 40 12", /line 3: the bar opens at "2024-01-02T00:01:07", off the grid of M1/],
	])("refuses %s, or leaves the row out and counts it", (_name, row, reason) => {
		const file = write("EURUSD_M1.csv", barsText(GOOD, row, good(2)));
		const refused = failureOf(() => openCsv(file));
		expect(refused.startsWith(`3: ${file}: line 3: `)).toBe(true);
		expect(refused).toMatch(reason);
		expect(refused).toContain("--skip-bad-rows");
		const opened = openCsv(file, { skipBadRows: true });
		expect(opened.feed.report()).toMatchObject({ rows: 2, badRows: 1 });
		expect(playCsv(opened).length).toBe(8);
	});

	it("leaves out a thousand bad rows", () => {
		const rows = Array.from({ length: 2000 }, (_, i) => {
			const time = `${String(Math.floor(i / 60)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}:00`;
			return i % 2 === 0 ? `2024.01.02 ${time} 1.1 1.1 1.1 1.1 4 5` : `2024.01.02 ${time} 1.1 1.0 1.2 1.1 4 5`;
		}).slice(0, 1440);
		const opened = openCsv(write("EURUSD_M1.csv", barsText(...rows, ...rows.slice(1, 600).map((row) => row.replace("01.02", "01.03")))), { skipBadRows: true });
		expect(opened.feed.report()).toMatchObject({ rows: 720 + 299, badRows: 720 + 300 });
	});

	it("says what was wrong when no row is left", () => {
		const file = write("EURUSD_M1.csv", barsText("x x x x x x x x", "y y y y y y y y"));
		expect(failureOf(() => openCsv(file, { skipBadRows: true }))).toMatch(
			/^3: .*no usable row. All 2 rows were left out as bad; the first at line 2: DATE is "x"/,
		);
	});

	it("refuses several bars a day without times, instead of taking the last for the day", () => {
		const row = "2024.01.02\t1.1\t1.1\t1.1\t1.1\t4\t0\t5";
		const text = ["<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>", row, row, row].join("\r\n");
		expect(failureOf(() => openCsv(write("mine.csv", text)))).toMatch(/^3: .*has days but no <TIME> column, and several bars a day/);
	});

	it("never shows more of a row than a line, nor its control characters", () => {
		const refused = failureOf(() =>
			openCsv(
				write(
					"EURUSD_M1.csv",
					barsText(...Array.from({ length: 60 }, (_, i) => good(i)), ...Array.from({ length: 60 }, (_, i) => good(i))).concat(`\u001b[31m${"x".repeat(5000)}`),
				),
			),
		);
		expect(refused.length).toBeLessThan(600);
		expect(refused).not.toContain("\u001b");
	});
});
