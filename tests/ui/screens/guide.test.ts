import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../../src/ui/key.ts";
import { createGuideScreen, guideScreen } from "../../../src/ui/screens/guide.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { renderScreen } from "../../helpers/screen.ts";

const TEXT = [
	"# A guide",
	"Two words of welcome.",
	"## 1. First",
	...Array.from({ length: 40 }, (_, index) => `first ${index + 1}\n`),
	"## 2. Second",
	"The needle lies here.",
	"### Detail",
	"Something.",
	"## 3. Third",
	"The end.",
].join("\n");

const screen = createGuideScreen(TEXT);
let context: Context;

beforeEach(() => {
	const store = createCockpitStore({ path: ["main", "live-testing", "guide"], focus: "content", columns: 80, rows: 24 });
	// The guide's keys only read and write the store.
	context = { store } as unknown as Context;
});

function press(...keys: string[]): void {
	for (const key of keys) {
		if (screen.capture?.(context, key) === true) continue;
		screen.bindings.find((binding) => binding.keys.includes(key))?.run(context, key);
	}
}

const rows = (columns = 80, lines = 24): string[] => renderScreen(context.store.getState(), columns, lines, screen);

describe("the guide on the screen", () => {
	it("begins with its title, its contents and the first section", () => {
		expect(rows()).toEqual([
			" A guide",
			` ${"─".repeat(78)}`,
			"",
			" Two words of welcome.",
			"",
			"   1  First",
			"   2  Second",
			"   3  Third",
			"",
			` 1. First ${"─".repeat(69)}`,
			"",
			" first 1",
			"",
			" first 2",
			"",
			" first 3",
			"",
			" first 4",
			" 1-18 of 102",
		]);
	});

	it("keeps the text narrow enough to read and shows the contents beside it in a wide terminal", () => {
		context.store.setState({ columns: 200, rows: 60 });
		press("2");
		const wide = rows(200, 60);
		expect(wide[0]).toBe(`${" ".repeat(104)}Contents`);
		expect(wide.slice(2, 5).map((row) => row.slice(103).trim())).toEqual(["1  First", "❯ 2  Second", "3  Third"]);
		expect(wide.find((row) => row.includes("2. Second"))?.slice(0, 104)).toBe(` 2. Second ${"─".repeat(90)}`);
	});

	it("uses the width beside the menu at 120 columns", () => {
		context.store.setState({ columns: 120, rows: 40 });
		expect(Math.max(...rows(120, 40).map((row) => row.length))).toBe(79);
	});

	it.each<[string, string[], string, string]>([
		["a digit goes to its section", ["2"], "2. Second", "2. Second"],
		["a digit without a section to the last one", ["9"], "first 39", "3. Third"],
		["t to the top", ["3", "t"], "A guide", ""],
		["right to the next section", ["right"], "1. First", "1. First"],
		["right twice", ["right", "right"], "2. Second", "2. Second"],
		["right at the last stays", ["right", "right", "right", "right"], "first 39", "3. Third"],
		["left to the one before", ["2", "left"], "1. First", "1. First"],
		["left at the first to the top", ["1", "left"], "A guide", ""],
		["down a row", ["down", "down"], "", ""],
		["a page down", ["pagedown"], "", "1. First"],
		["the end", ["G"], "The end.", "1. First"],
		["home again", ["G", "g"], "A guide", ""],
	])("%s", (_, keys, first, section) => {
		press(...keys);
		const shown = rows();
		if (first !== "") expect(shown.join("\n")).toContain(first);
		expect((shown.at(-1) ?? "").replace(/^ \d+-\d+ of \d+ */, "")).toBe(section);
	});

	it("searches, says how often it found the words, and takes typed digits as text", () => {
		press("/", "n", "e", "e");
		expect(rows().at(-1)).toBe(" /nee█  Enter finds, Esc ends");
		press("1", "backspace", "enter");
		expect(context.store.getState().views.guide.query).toBe("nee");
		expect(rows().at(-1)).toMatch(/"nee" in 1 row, n next, Esc ends the search {2}\S/);
		press("/", "z", "z", "enter");
		expect(rows().at(-1)).toContain('"zz" is not in this text');
		press("/", "n", "e", "e", "enter");
		expect(rows().join("\n")).toContain("The needle lies here.");
	});
});

describe("the real guide", () => {
	it.each([
		[80, 24],
		[120, 40],
		[200, 60],
	])("fits a terminal of %i x %i, with all nine sections in its contents", (columns, lines) => {
		context.store.setState({ columns, rows: lines });
		const shown = renderScreen(context.store.getState(), columns, lines, guideScreen);
		for (let digit = 1; digit <= 9; digit++) expect(shown.some((row) => new RegExp(`^ +${digit}  [A-Z]`).test(row))).toBe(true);
	});
});
