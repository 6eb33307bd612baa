import { describe, expect, it } from "vitest";
import { builtInSymbol, parseExportName } from "../../../src/adapters/feed/csv/file-name.ts";
import { minutesOfTimeframe, timeframeName } from "../../../src/engine/market/timeframe.ts";

describe("parseExportName", () => {
	it.each<[string, string | null, string | null, number | null]>([
		["GBPUSD+_M15_202401020000_202512262345.csv.gz", "GBPUSD+", "GBPUSD", 15],
		["/some/where/EURUSD_M1_202401020000_202512262345.csv", "EURUSD", "EURUSD", 1],
		["C:\\Users\\me\\EURUSD.raw_H4_202401020000_202512262345.csv", "EURUSD.raw", "EURUSD", 240],
		["EURUSD_i_H1_202401020000_202512262345.csv", "EURUSD_i", "EURUSD", 60],
		["EURUSDm_Daily_202401020000_202512260000.csv", "EURUSDm", "EURUSD", 1440],
		["XAUUSDpro_Weekly_202401020000_202512260000.csv", "XAUUSDpro", "XAUUSD", 10_080],
		["NAS100._Monthly_202401020000_202512260000.csv", "NAS100.", "NAS100", 43_200],
		["#USTEC_M30.csv", "#USTEC", "NAS100", 30],
		["GOLD_M5.csv", "GOLD", "XAUUSD", 5],
		["BTCUSD#_M30 (1).csv", "BTCUSD#", "BTCUSD", 30],
		["USDJPY_202401020000_202401312359.csv", "USDJPY", "USDJPY", null],
		["eurjpy.csv", "eurjpy", "EURJPY", null],
		["AUDUSD_M15_my-copy.csv", "AUDUSD", "AUDUSD", 15],
		["EURCHF_M15_202401020000_202512262345.csv", "EURCHF", null, 15],
		["EURCHF_202401020000_202512262345.csv", "EURCHF", null, null],
		["EURUSDT_H1.csv", "EURUSDT", null, 60],
	])("%s", (path, rawSymbol, symbol, timeframeMinutes) => {
		expect(parseExportName(path)).toEqual({ rawSymbol, symbol, timeframeMinutes });
	});

	it.each(["mine.csv", "prices.csv.gz", "EURCHF.csv", "", ".csv", "M15.csv", "EURUSD_M7.csvx"])("makes nothing of %j", (path) => {
		expect(parseExportName(path)).toBeNull();
	});

	it("never guesses a symbol from half a name", () => {
		expect(builtInSymbol("EUR")).toBeNull();
		expect(builtInSymbol("MYEURUSD")).toBeNull();
		expect(builtInSymbol("EURUSDCASHBACK")).toBeNull();
	});
});

describe("timeframes", () => {
	it("reads MT5's names in any case", () => {
		expect(["M1", "m15", "H4", "D1", "daily", "W1", "MN1", "Monthly"].map(minutesOfTimeframe)).toEqual([1, 15, 240, 1440, 1440, 10_080, 43_200, 43_200]);
		expect(["M7", "H5", "", "15"].map(minutesOfTimeframe)).toEqual([null, null, null, null]);
		expect([1, 240, 43_200, 7].map(timeframeName)).toEqual(["M1", "H4", "MN1", "7 minutes"]);
	});
});
