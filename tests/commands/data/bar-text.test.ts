import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInSymbol, parseExportName } from "../../../src/adapters/feed/csv/file-name.ts";
import { readHeader } from "../../../src/adapters/feed/csv/layout.ts";
import { scanRow } from "../../../src/adapters/feed/csv/scan.ts";
import { BARS_HEADER, barText, exportName } from "../../../src/commands/data/bar-text.ts";
import { tableOf } from "../../helpers/bar-table.ts";

describe("a bar as text", () => {
	it.each<[number, number, string]>([
		[127_212, 5, "1.27212"],
		[5, 5, "0.00005"],
		[4_361_421, 2, "43614.21"],
		[43_614, 0, "43614"],
		[100, 2, "1.00"],
	])("%i points with %i digits are %s", (price, digits, text) => {
		const table = tableOf([{ at: Date.UTC(2024, 0, 2, 9, 5), open: price, high: price, low: price, close: price, spread: 0, ticks: 7 }]);
		expect(barText(table, 0, digits)).toBe(`2024.01.02\t09:05:00\t${text}\t${text}\t${text}\t${text}\t7\t0\t0\r\n`);
	});

	it("is read back as it was, in the fast manner", () => {
		const price = fc.integer({ min: 1, max: 1_500_000_000 });
		const at = fc.integer({ min: 400 * 86_400, max: 4_000_000_000 });
		fc.assert(
			fc.property(price, price, at, fc.nat(500_000_000), fc.nat(2 ** 31 - 1), fc.nat(8), (low, high, seconds, spread, ticks, digits) => {
				const table = tableOf([{ at: seconds * 1000, open: low, high, low, close: high, spread, ticks }]);
				const layout = readHeader("x.csv", 1, BARS_HEADER.trimEnd(), digits);
				const bytes = Buffer.from(barText(table, 0, digits));
				expect(scanRow(layout, bytes, 0)).toBe(bytes.length);
				const [, date = 0, time = 0, ...rest] = layout.values;
				expect([date + time, ...rest.slice(0, 6)]).toEqual([seconds * 1000, low, high, low, high, ticks, spread]);
			}),
		);
	});
});

describe("the name of a prepared file", () => {
	it.each<[string, string]>([
		["GBPUSD+", "GBPUSD+_M15_202401020000_202401022345.csv"],
		[".US30Cash", "US30Cash_M15_202401020000_202401022345.csv"],
		["#EURUSD", "#EURUSD_M15_202401020000_202401022345.csv"],
		["../EUR USD", "_EUR_USD_M15_202401020000_202401022345.csv"],
	])("of %s is %s", (symbol, name) => expect(exportName(symbol, 15, Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 2, 23, 45))).toBe(name));

	it.each(["EURUSD", "EURUSD.raw", "XAUUSD+", "GOLD", "NAS100#"])("says symbol and timeframe of %s as the export's does", (symbol) => {
		expect(parseExportName(exportName(symbol, 60, 0, 0))).toEqual({ rawSymbol: symbol, symbol: builtInSymbol(symbol), timeframeMinutes: 60 });
	});
});
