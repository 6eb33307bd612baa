import { describe, expect, it } from "vitest";
import { dataScreen } from "../../../src/ui/screens/data.ts";
import type { CockpitState, Folder } from "../../../src/ui/state.ts";
import { type Desk, deskOf } from "../../helpers/form.ts";
import { renderScreen } from "../../helpers/screen.ts";

const DATA: readonly Folder[] = [
	{
		path: "/home/data",
		shown: "/home/data",
		parent: "/home",
		entries: [
			{ kind: "folder", name: "train", path: "/home/data/train", bytes: null, note: "" },
			{ kind: "export", name: "EURUSD_M15.csv", path: "/home/data/EURUSD_M15.csv", bytes: 2_500_000, note: "EURUSD M15" },
		],
	},
	{
		path: "/home/data/train",
		shown: "/home/data/train",
		parent: "/home/data",
		entries: [{ kind: "export", name: "GBPUSD_H1.csv", path: "/home/data/train/GBPUSD_H1.csv", bytes: null, note: "GBPUSD H1" }],
	},
];

function screen(exports: CockpitState["exports"] = { state: "ready", value: DATA }): Desk {
	return deskOf(dataScreen, { exports });
}

function frame(desk: Desk, columns = 80, rows = 24): string[] {
	return renderScreen(desk.state(), columns, rows, dataScreen);
}

const ADVICE = [
	" More: in MetaTrader 5 View > Symbols (Ctrl+U), tab Bars or Ticks, choose",
	" symbol, timeframe and dates, Request, Export. Leave the file's name as it is",
	" (.csv or .csv.gz) and put the file into the folder above; what lies in train",
	" and test is counted apart, so that an agent is tested on days it has not seen.",
];

describe("market data", () => {
	it("lists the exports and how to get more, at 80x24", () => {
		const desk = screen();
		expect(desk.asked).toEqual([["loadExports"]]);
		expect(frame(desk)).toEqual([
			" /home/data  1 of 2",
			"   file                                 market                 part        size",
			" ❯ EURUSD_M15.csv                       EURUSD M15                       2.5 MB",
			"   GBPUSD_H1.csv                        GBPUSD H1              train         --",
			...Array.from({ length: 10 }, () => ""),
			...ADVICE,
			" Enter puts the file into the form of Virtual Trading.",
		]);
	});

	it.each([
		[120, 40],
		[200, 60],
	])("keeps the advice at the foot at %ix%i", (columns, rows) => {
		const lines = frame(screen(), columns, rows);
		expect(lines.join(" ")).toMatch(/tested on days it has not seen\./);
		expect(lines.at(-1)).toBe(" Enter puts the file into the form of Virtual Trading.");
	});

	it("says that nothing is there, and what works without", () => {
		const desk = screen({ state: "ready", value: [{ path: "/home/data", shown: "/home/data", parent: null, entries: [] }] });
		const lines = frame(desk);
		expect(lines[3]).toBe("   No MT5 export in /home/data yet.");
		expect(lines.slice(-5)).toEqual([...ADVICE, " The synthetic market needs no data: Live Testing > Virtual Trading."]);
		expect(desk.press("enter")).toBe("There is no file to use; the synthetic market needs none.");
	});

	it.each<[string, readonly string[], string]>([
		["the first", ["enter"], "/home/data/EURUSD_M15.csv"],
		["another one", ["down", "enter"], "/home/data/train/GBPUSD_H1.csv"],
		["one found by its part", ["/", "t", "r", "a", "i", "n", "enter", "enter"], "/home/data/train/GBPUSD_H1.csv"],
	])("puts %s into the form", (_, keys, file) => {
		const desk = screen();
		desk.press(...keys);
		expect(desk.state().choices).toEqual({ file });
		expect(desk.asked.at(-1)).toEqual(["saveChoices", { file }]);
		expect(desk.state().path).toEqual(["main", "live-testing", "virtual"]);
	});

	it("reads the folder again with r", () => {
		const desk = screen();
		desk.press("r");
		expect(desk.asked).toEqual([["loadExports"], ["loadExports"]]);
	});

	it.each<[CockpitState["exports"], RegExp]>([
		[{ state: "loading" }, /Reading the data folder/],
		[{ state: "failed", reason: "it is a file" }, /✗ it is a file/],
	])("shows %j as it is", (exports, words) => {
		expect(frame(screen(exports)).join("\n")).toMatch(words);
	});
});
