import { describe, expect, it } from "vitest";
import { fileScreen } from "../../../src/ui/screens/file.ts";
import type { CockpitState, Folder, FolderEntry } from "../../../src/ui/state.ts";
import { type Desk, deskOf } from "../../helpers/form.ts";
import { renderScreen } from "../../helpers/screen.ts";

const FORM = ["main", "live-testing", "virtual"] as const;

function entry(kind: FolderEntry["kind"], name: string, note = "", bytes: number | null = null): FolderEntry {
	return { kind, name, path: `/data/${name}`, bytes, note };
}

const FOLDER: Folder = {
	path: "/data",
	shown: "/data",
	parent: "/",
	entries: [
		entry("folder", "test"),
		entry("folder", "train"),
		entry("export", "EURUSD_M15_202401020000_202512262345.csv", "EURUSD M15", 3_214_000),
		entry("export", "GBPUSD_H1.csv.gz", "GBPUSD H1", 812),
		entry("other", "odd.csv", "no symbol in the name", 5),
	],
};

function picker(folder: CockpitState["folder"] = { state: "ready", value: FOLDER }, choices: CockpitState["choices"] = {}): Desk {
	return deskOf(fileScreen, { path: [...FORM, "file"], folder, choices });
}

function frame(desk: Desk, columns = 80, rows = 24): string[] {
	return renderScreen(desk.state(), columns, rows, fileScreen);
}

describe("the file picker", () => {
	it("lists the folder, at 80x24", () => {
		const desk = picker();
		expect(desk.asked).toEqual([["listFolder", null]]);
		desk.press("down", "down", "down");
		expect(frame(desk)).toEqual([
			" /data  4 of 6",
			"   name                                        market                      size",
			"   ..",
			"   test/",
			"   train/",
			" ❯ EURUSD_M15_202401020000_202512262345.csv    EURUSD M15                3.2 MB",
			"   GBPUSD_H1.csv.gz                            GBPUSD H1                  812 B",
			"   odd.csv                                     no symbol in the name        5 B",
			...Array.from({ length: 10 }, () => ""),
			" Enter puts this file into the form.",
		]);
	});

	it.each([
		[120, 40],
		[200, 60],
	])("shows whole names at %ix%i", (columns, rows) => {
		expect(frame(picker(), columns, rows)[5]).toMatch(/^ {3}EURUSD_M15_202401020000_202512262345\.csv +EURUSD M15 +3\.2 MB$/);
	});

	it.each<[string, readonly string[], unknown]>([
		["into a folder", ["down", "enter"], ["listFolder", "/data/test"]],
		["into a folder with the right arrow", ["down", "down", "right"], ["listFolder", "/data/train"]],
		["up by ..", ["enter"], ["listFolder", "/"]],
		["up with the left arrow", ["end", "left"], ["listFolder", "/"]],
		["up with backspace", ["backspace"], ["listFolder", "/"]],
	])("goes %s", (_, keys, asked) => {
		const desk = picker();
		desk.press(...keys);
		expect(desk.asked.at(-1)).toEqual(asked);
		expect(desk.state().views.file).toEqual({ selected: 0, filter: "", typing: false });
		expect(desk.state().path).toEqual([...FORM, "file"]);
	});

	it("puts a file into the form and goes back to it", () => {
		const desk = picker(undefined, { feed: "synthetic", seed: "7" });
		desk.press("/", "g", "b", "p", "enter", "down", "enter");
		expect(desk.asked.at(-1)).toEqual(["saveChoices", { seed: "7", file: "/data/GBPUSD_H1.csv.gz" }]);
		expect(desk.state().choices).toEqual({ seed: "7", file: "/data/GBPUSD_H1.csv.gz" });
		expect(desk.state().path).toEqual(FORM);
	});

	it("takes a file whose name says nothing, and says what is missing", () => {
		const desk = picker();
		desk.press("end");
		expect(frame(desk).at(-1)).toBe(" Its name says no symbol: Enter takes it, then type the symbol in the form.");
		desk.press("enter");
		expect(desk.state().choices).toEqual({ file: "/data/odd.csv" });
	});

	it("filters by words, keeps the way up, and clears with Esc", () => {
		const desk = picker();
		desk.press("/", "h", "1");
		expect(frame(desk).slice(0, 4)).toEqual([
			" / h1█  Enter keeps it, Esc clears it",
			"   name                                        market                      size",
			" ❯ ..",
			"   GBPUSD_H1.csv.gz                            GBPUSD H1                  812 B",
		]);
		desk.press("escape");
		expect(frame(desk)[0]).toBe(" /data  1 of 6");
		desk.press("/", "h", "1", "enter");
		expect(frame(desk)[0]).toContain('filter "h1"');
		desk.press("escape");
		expect(frame(desk)[0]).toBe(" /data  1 of 6");
	});

	it("says that a folder with nothing but the way up has no market data", () => {
		const desk = picker({ state: "ready", value: { path: "/a", shown: "/a", parent: "/", entries: [] } });
		expect(frame(desk).at(-1)).toBe(" No market data here (.csv or .csv.gz); Enter looks in the folder above.");
	});

	it("says when there is nothing, and has no way up from the top", () => {
		const desk = picker({ state: "ready", value: { path: "/", shown: "/", parent: null, entries: [] } });
		expect(frame(desk)[3]).toBe("   Nothing here that could be market data (.csv or .csv.gz).");
		expect(desk.press("enter")).toBe("There is nothing to choose here.");
		expect(desk.press("left")).toBe("There is no folder above.");
	});

	it.each<[CockpitState["folder"], RegExp]>([
		[{ state: "loading" }, /Reading the folder/],
		[{ state: "failed", reason: "/data cannot be opened: permission denied (EACCES)." }, /✗ \/data cannot be opened[\s\S]*--file/],
	])("shows %j as it is", (folder, words) => {
		expect(frame(picker(folder)).join("\n")).toMatch(words);
	});
});
