import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { barsText, csvFolder, type Encoding, failureOf, instrument, openCsv, playCsv } from "../../helpers/csv-files.ts";

const write = csvFolder();

const M15 = [
	"2024.01.02 00:00:00 1.10000 1.10050 1.09980 1.10020 40 12",
	"2024.01.02 00:15:00 1.10020 1.10030 1.10000 1.10005 20 0",
	"2024.01.02 00:30:00 1.10005 1.10040 1.10005 1.10040 8 7",
];
const M15_TICKS = [
	"01-02 00:00:00.000 110000 110012 10 1",
	"01-02 00:04:59.999 109980 109992 10 1",
	"01-02 00:09:59.999 110050 110062 10 1",
	"01-02 00:14:59.999 110020 110032 10 1",
	"01-02 00:15:00.000 110020 110032 5 1",
	"01-02 00:19:59.999 110030 110042 5 1",
	"01-02 00:24:59.999 110000 110012 5 1",
	"01-02 00:29:59.999 110005 110017 5 1",
	"01-02 00:30:00.000 110005 110012 2 1",
	"01-02 00:34:59.999 110005 110012 2 1",
	"01-02 00:39:59.999 110040 110047 2 1",
	"01-02 00:44:59.999 110040 110047 2 1",
];

describe("bars exports", () => {
	it("plays MT5's own form: points, the last known spread for a spread of 0, the tick volume shared", () => {
		const opened = openCsv(write("EURUSD_M15_202401020000_202401020030.csv", barsText(...M15)));
		expect(opened).toMatchObject({ content: "bars", timeframeMinutes: 15, firstAt: Date.UTC(2024, 0, 2), endAt: Date.UTC(2024, 0, 2, 0, 45) });
		expect(opened.feed.report()).toEqual({ rows: 3, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 1, gaps: 0, longestGapMs: 0 });
		expect(playCsv(opened)).toEqual(M15_TICKS);
		expect(opened.feed.failure()).toBeNull();
	});

	it.each<[string, Encoding, (text: string) => string]>([
		["gz", "gz", (text) => text],
		["a byte order mark", "bom", (text) => text],
		["UTF-16 LE", "utf16le", (text) => text],
		["UTF-16 BE", "utf16be", (text) => text],
		["UTF-16 LE without mark", "utf16le-bare", (text) => text],
		["semicolons", "plain", (text) => text.replaceAll("\t", ";")],
		["commas", "plain", (text) => text.replaceAll("\t", ",")],
		["LF", "plain", (text) => text.replaceAll("\r\n", "\n")],
		["no final newline", "plain", (text) => text.trimEnd()],
		["blank lines", "plain", (text) => text.replaceAll("\r\n", "\r\n\r\n")],
		["dashes in dates", "plain", (text) => text.replaceAll("2024.01.02", "2024-01-02")],
		["dates without marks", "plain", (text) => text.replaceAll("2024.01.02", "20240102")],
		["times without seconds", "plain", (text) => text.replaceAll(/(\d\d:\d\d):00/g, "$1")],
		["names without brackets, small letters", "plain", (text) => text.toLowerCase().replaceAll(/[<>]/g, "")],
		["superfluous zeros", "plain", (text) => text.replaceAll(/(1\.\d{5})/g, "$100")],
		["the noise of doubles", "plain", (text) => text.replaceAll("1.10050", "1.1005000000000003").replaceAll("1.09980", "1.0997999999999999")],
		["exponents and signs", "plain", (text) => text.replaceAll("1.10050", "+110050e-5")],
		["blanks around fields", "plain", (text) => text.replaceAll("\t", " \t ")],
		["an unknown column", "plain", (text) => text.replaceAll("\t0\t", "\tabc\t")],
		["one column of date and time", "plain", (text) => text.replace("<DATE>\t<TIME>", "time").replaceAll("2024.01.02\t", "2024-01-02 ")],
		["ISO times", "plain", (text) => text.replace("<DATE>\t<TIME>", "time").replaceAll("2024.01.02\t", "2024-01-02T").replaceAll(":00\t", ":00Z\t")],
		["epoch seconds", "plain", epochTimes(1)],
		["epoch milliseconds", "plain", epochTimes(1000)],
	])("reads the same from %s", (_name, encoding, change) => {
		expect(playCsv(openCsv(write("EURUSD_M15.csv", change(barsText(...M15)), encoding)))).toEqual(M15_TICKS);
	});

	it("reads columns in any order, and MT5's Python package's names", () => {
		const text = "close,spread,low,time,high,tick_volume,open,real_volume\n1.10020,12,1.09980,1704153600,1.10050,40,1.10000,0\n";
		expect(playCsv(openCsv(write("EURUSD_M15.csv", text)))).toEqual(M15_TICKS.slice(0, 4));
	});

	it("reads days, which have no time column", () => {
		const text =
			"<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n2024.01.02\t1.1\t1.2\t1.0\t1.15\t4\t0\t5\r\n2024.01.03\t1.15\t1.2\t1.0\t1.05\t4\t0\t5\r\n";
		const opened = openCsv(write("EURUSD_Daily_202401020000_202401030000.csv", text), { ticks: "open" });
		expect(opened).toMatchObject({ timeframeMinutes: 1440 });
		expect(opened.feed.traits).toEqual({ triggerFill: "requested", hasClock: false, cadenceMs: 86_400_000 });
		expect(playCsv(opened).map((row) => row.slice(0, 5))).toEqual(["01-02", "01-02", "01-02", "01-02", "01-03", "01-03", "01-03", "01-03"]);
	});

	it("shortens a month to where the next one begins, so that time never falls", () => {
		const text = barsText("2024.02.01 00:00:00 1.1 1.2 1.0 1.15 4 5", "2024.03.01 00:00:00 1.1 1.2 1.0 1.15 4 5");
		const rows = playCsv(openCsv(write("EURUSD_Monthly.csv", text)));
		expect(rows.map((row) => row.slice(0, 18)).slice(2, 5)).toEqual(["02-20 07:59:59.999", "02-29 23:59:59.999", "03-01 00:00:00.000"]);
	});

	it("fills spreads before the first known one with the symbol's typical one, and all of a file without the column", () => {
		const typical = instrument("EURUSD").typicalSpreadPoints;
		const first = playCsv(openCsv(write("EURUSD_M15.csv", barsText(...M15).replace("\t12\r", "\t0\r"))))[0];
		expect(first).toBe(`01-02 00:00:00.000 110000 ${110000 + typical} 10 1`);
		const opened = openCsv(write("EURUSD_M15_.csv", "time,open,high,low,close,tick_volume\n1704153600,1.1,1.1,1.1,1.1,4\n1704154500,1.1,1.1,1.1,1.1,4\n"));
		expect(opened.feed.report().spreadsFilled).toBe(2);
	});

	it("takes a negative spread for none", () => {
		const opened = openCsv(write("EURUSD_M15.csv", barsText(...M15).replace("\t7\r", "\t-3\r")));
		expect(opened.feed.report().spreadsFilled).toBe(2);
		expect(playCsv(opened)[8]).toBe("01-02 00:30:00.000 110005 110017 2 1");
	});

	it("sorts bars out of order and keeps the last of equal times", () => {
		const [a, b, c] = M15 as [string, string, string];
		const stale = "2024.01.02 00:15:00 1.10020 1.10020 1.10020 1.10020 1 1";
		const opened = openCsv(write("EURUSD_M15.csv", barsText(stale, c, a, b, b)));
		expect(opened.feed.report()).toMatchObject({ rows: 3, duplicates: 2, outOfOrder: 3 });
		expect(playCsv(opened)).toEqual(M15_TICKS);
	});

	it("keeps the last of neighbouring duplicates", () => {
		const [a, b, c] = M15 as [string, string, string];
		const opened = openCsv(write("EURUSD_M15.csv", barsText(a.replace("1.10050", "1.10060"), a, b, c, c)));
		expect(opened.feed.report()).toMatchObject({ rows: 3, duplicates: 2, outOfOrder: 0 });
		expect(playCsv(opened)).toEqual(M15_TICKS);
	});

	it("counts gaps in session hours, not weekends", () => {
		const opened = openCsv(
			write(
				"EURUSD_H1.csv",
				barsText(
					"2024.01.05 20:00:00 1.1 1.1 1.1 1.1 1 5",
					"2024.01.05 23:00:00 1.1 1.1 1.1 1.1 1 5",
					"2024.01.08 00:00:00 1.1 1.1 1.1 1.1 1 5",
					"2024.01.08 02:00:00 1.1 1.1 1.1 1.1 1 5",
				),
			),
		);
		expect(opened.feed.report()).toMatchObject({ gaps: 2, longestGapMs: 2 * 3_600_000 });
	});

	it("plays a part of the file: from inclusive, to exclusive, with the spread known before it", () => {
		const at = (minute: number): number => Date.UTC(2024, 0, 2, 0, minute);
		const file = write("EURUSD_M15.csv", barsText(...M15));
		const part = openCsv(file, { from: at(15), to: at(30) });
		expect(part.feed.report()).toMatchObject({ rows: 1, spreadsFilled: 1 });
		expect(playCsv(part)).toEqual(M15_TICKS.slice(4, 8));
		expect(failureOf(() => openCsv(file, { from: at(31) }))).toMatch(
			/^3: .*has no rows from 2024-01-02 00:31; it covers from 2024-01-02 00:00 to 2024-01-02 00:45/,
		);
		expect(failureOf(() => openCsv(file, { from: at(30), to: at(15) }))).toMatch(/^2: --from 2024-01-02 00:30 is not before --to 2024-01-02 00:15/);
	});

	it("cuts batches at bars, however small they are asked", () => {
		expect(playCsv(openCsv(write("EURUSD_M15.csv", barsText(...M15)), { batchRows: 1 }))).toEqual(M15_TICKS);
		const every = openCsv(write("EURUSD_M15.csv", barsText(...M15)), { ticks: "every", batchRows: 1 });
		expect(every.feed.traits.triggerFill).toBe("market");
		expect(playCsv(every).length).toBe(40 + 20 + 8);
	});

	it.each<Encoding>(["plain", "bom", "utf16le", "gz"])("identifies itself by the bytes of the file as stored: %s", (encoding) => {
		const file = write("EURUSD_M15.csv", barsText(...M15), encoding);
		const opened = openCsv(file, { from: 5, skipBadRows: true, ticks: "open" });
		opened.feed.close();
		const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
		const { identity } = opened.feed;
		expect(identity).toEqual({
			kind: "csv",
			reader: "mt5-csv-1",
			file,
			sha256,
			content: "bars",
			ticks: "open",
			timeframeMinutes: 15,
			from: 5,
			to: null,
			skipBadRows: true,
		});
		expect(opened.feed.next()).toBeNull();
	});
});

describe("timeframes", () => {
	const hours = ["00", "01", "02", "03", "05"].map((hour) => `2024.01.02 ${hour}:00:00 1.1 1.1 1.1 1.1 1 5`);

	it.each([
		["H1", hours, 60],
		["M15 although bars are missing", ["00:00", "00:30", "01:15"].map((time) => `2024.01.02 ${time}:00 1.1 1.1 1.1 1.1 1 5`), 15],
		["W1", ["07", "14", "21"].map((day) => `2024.01.${day} 00:00:00 1.1 1.1 1.1 1.1 1 5`), 10_080],
		["MN1", ["01", "02", "03"].map((month) => `2024.${month}.01 00:00:00 1.1 1.1 1.1 1.1 1 5`), 43_200],
		["D1", ["02", "03", "05", "08"].map((day) => `2024.01.${day} 00:00:00 1.1 1.1 1.1 1.1 1 5`), 1440],
		["a single bar: M1", hours.slice(0, 1), 1],
	])("infers %s from the bars when the name does not say", (_name, rows, minutes) => {
		expect(openCsv(write("mine.csv", barsText(...rows))).timeframeMinutes).toBe(minutes);
	});

	it("makes longer bars of shorter ones, and nothing else", () => {
		const file = write("mine.csv", barsText(...hours));
		expect(openCsv(file, { timeframeMinutes: 240 }).timeframeMinutes).toBe(240);
		expect(failureOf(() => openCsv(file, { timeframeMinutes: 15 }))).toMatch(/^2: --timeframe M15: .* holds H1 bars, of which no M15 bars can be made/);
		expect(failureOf(() => openCsv(file, { timeframeMinutes: 90 }))).toMatch(/^2: --timeframe 90 minutes/);
	});

	it("refuses bars off the grid that the name gives", () => {
		const file = write("EURUSD_H4.csv", barsText(...hours));
		expect(failureOf(() => openCsv(file))).toMatch(/^3: .*line 3: the bar opens at "2024-01-02T01:00:00", off the grid of H4 that the file's name gives/);
		expect(openCsv(file, { skipBadRows: true }).feed.report()).toMatchObject({ rows: 1, badRows: 4 });
	});

	it("refuses a name that says a shorter timeframe than the bars have, once there are enough of them to tell", () => {
		const quarter = (i: number): string =>
			`2024.01.02 ${String(Math.floor(i / 4)).padStart(2, "0")}:${String((i % 4) * 15).padStart(2, "0")}:00 1.1 1.1 1.1 1.1 1 5`;
		const rows = Array.from({ length: 50 }, (_, i) => quarter(i));
		expect(failureOf(() => openCsv(write("EURUSD_M1.csv", barsText(...rows))))).toMatch(/^3: .*its name says M1, but its 50 bars lie as those of M15 do/);
		expect(openCsv(write("EURUSD_M1.csv", barsText(...rows.slice(0, 49)))).timeframeMinutes).toBe(1);
		expect(openCsv(write("EURUSD_M15.csv", barsText(...rows))).timeframeMinutes).toBe(15);
	});

	it("refuses bars of less than a minute", () => {
		const text = barsText("2024.01.02 00:00:00 1.1 1.1 1.1 1.1 1 5", "2024.01.02 00:00:10 1.1 1.1 1.1 1.1 1 5");
		expect(failureOf(() => openCsv(write("mine.csv", text)))).toMatch(/^3: .*its bars are 10 s apart/);
	});
});

describe("symbols", () => {
	it("refuses a file named for another symbol than asked", () => {
		const file = write("GBPUSD+_M15.csv", barsText(...M15));
		expect(failureOf(() => openCsv(file, { symbol: "EURUSD" }))).toMatch(/^2: --symbol EURUSD: the file's name says GBPUSD/);
		expect(failureOf(() => openCsv(file, { symbol: "GBPUSD" }))).toBe("opened");
		expect(failureOf(() => openCsv(file, { symbol: "GBPUSD.raw" }))).toBe("opened");
	});

	it("refuses prices finer than the symbol's points, naming both digits", () => {
		expect(failureOf(() => openCsv(write("mine.csv", barsText(...M15)), { instrument: instrument("USDJPY") }))).toMatch(
			/^3: .*line 2: HIGH is "1.10050" with 5 decimals where the symbol has 3.*--spec/,
		);
	});
});

/** Rewrites date and time columns as seconds since 1970 times `scale`. */
function epochTimes(scale: number): (text: string) => string {
	return (text) =>
		text
			.replace("<DATE>\t<TIME>", "time")
			.replaceAll(/2024\.01\.02\t00:(\d\d):00/g, (_all, minute: string) => String((1_704_153_600 + Number(minute) * 60) * scale));
}
