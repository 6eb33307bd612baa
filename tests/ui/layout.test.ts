import { describe, expect, it } from "vitest";
import { layoutOf, type MenuPlace, type ShellLayout, shellLayout } from "../../src/ui/layout.ts";
import type { Rect } from "../../src/ui/pane.ts";
import { createCockpitStore } from "../../src/ui/store.ts";
import { viewOf } from "../helpers/view.ts";

/** The layout as a drawing of one character for every 4 columns and every row: which part owns the cell. */
function drawing(layout: ShellLayout, columns: number, rows: number): string[] {
	const parts: readonly (readonly [string, Rect | null])[] = [
		["T", layout.title],
		["S", layout.status],
		["B", layout.breadcrumb],
		["L", layout.strip],
		["M", layout.menu],
		["C", layout.content],
		["N", layout.notice],
		["F", layout.footer],
	];
	const owner = (x: number, y: number): string => {
		const owners = parts.filter(([, rect]) => rect !== null && x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height);
		return owners.length > 1 ? "!" : (owners[0]?.[0] ?? ".");
	};
	return Array.from({ length: rows }, (_, y) => Array.from({ length: columns / 4 }, (_, x) => owner(x * 4, y)).join(""));
}

/** Runs of equal rows in one: `18 MMMM`. */
function folded(rows: readonly string[]): string[] {
	const runs: { row: string; count: number }[] = [];
	for (const row of rows) {
		const last = runs.at(-1);
		if (last?.row === row) last.count++;
		else runs.push({ row, count: 1 });
	}
	return runs.map(({ row, count }) => `${String(count).padStart(2)} ${row}`);
}

const MENU_80 = `${"M".repeat(10)}${"C".repeat(10)}`;

describe("shellLayout", () => {
	it.each<[string, number, number, MenuPlace, boolean, readonly string[]]>([
		["80x24, a menu", 80, 24, "screen", false, [" 1 T", " 1 S", " 1 B", `19 ${MENU_80}`, " 1 N", " 1 F"]],
		["80x24, a screen", 80, 24, "folded", false, [" 1 T", " 1 S", " 1 B", "19 C", " 1 N", " 1 F"]],
		["80x24, a screen and a session out of sight", 80, 24, "folded", true, [" 1 T", " 1 S", " 1 B", " 1 L", "18 C", " 1 N", " 1 F"]],
		["80x24, the menu opened over a screen", 80, 24, "over", true, [" 1 T", " 1 S", " 1 B", " 1 L", `18 ${MENU_80}`, " 1 N", " 1 F"]],
		["120x40, a menu", 120, 40, "screen", false, [" 1 T", " 1 S", " 1 B", `35 ${"M".repeat(13)}${"C".repeat(17)}`, " 1 N", " 1 F"]],
		[
			"120x40, a screen with the menu beside it",
			120,
			40,
			"beside",
			true,
			[" 1 T", " 1 S", " 1 B", " 1 L", `34 ${"M".repeat(10)}${"C".repeat(20)}`, " 1 N", " 1 F"],
		],
		["200x60, a screen with the menu beside it", 200, 60, "beside", false, [" 1 T", " 1 S", " 1 B", `55 ${"M".repeat(10)}${"C".repeat(40)}`, " 1 N", " 1 F"]],
	])("%s", (_name, columns, rows, menu, strip, expected) => {
		const layout = shellLayout(columns, rows, { menu, strip });
		const wide = (row: string): string => (row.length === 4 ? row.slice(0, 3) + row.slice(3).repeat(columns / 4) : row);
		expect(folded(drawing(layout, columns, rows))).toEqual(expected.map(wide));
		expect(layout.tooSmall).toBe(false);
	});

	it.each([
		[79, 24, true],
		[80, 23, true],
		[70, 20, true],
		[80, 24, false],
		[1, 1, true],
	])("%ix%i is too small: %s", (columns, rows, tooSmall) => {
		const layout = shellLayout(columns, rows, { menu: "screen", strip: true });
		expect(layout.tooSmall).toBe(tooSmall);
		for (const rect of [layout.content, layout.footer]) expect(rect.width).toBeGreaterThan(0);
	});
});

describe("layoutOf", () => {
	it.each([
		["the main menu is always shown", { path: ["main"], columns: 80 }, true],
		["so is the other one", { path: ["main", "live-testing"], columns: 80 }, true],
		["below 100 columns it folds away beside a screen", { path: ["main", "data"], columns: 99 }, false],
		["from 100 on it stays", { path: ["main", "data"], columns: 100 }, true],
		["the session needs the width up to 159", { path: ["main", "session"], columns: 159 }, false],
		["and shares it from 160 on", { path: ["main", "session"], columns: 160 }, true],
	] as const)("%s", (_name, state, shown) => {
		const store = createCockpitStore({ ...state, rows: 40, focus: "content" });
		expect(layoutOf(store.getState()).menu !== null).toBe(shown);
	});

	it("opens the menu in place of the content where it is folded and gets the focus", () => {
		const layout = layoutOf(createCockpitStore({ path: ["main", "data"], focus: "menu" }).getState());
		expect([layout.menu !== null, layout.menuOverContent]).toEqual([true, true]);
	});

	it.each([
		["no session", { path: ["main"], live: null }, false],
		["a session behind a menu", { path: ["main"], live: viewOf() }, true],
		["a session in front", { path: ["main", "session"], live: viewOf() }, false],
		["a session behind a replay", { path: ["main", "session"], live: viewOf(), source: "replay" }, true],
		["a session under the opened menu", { path: ["main", "session"], live: viewOf(), focus: "menu" }, true],
		["a session that has ended", { path: ["main"], live: viewOf({ end: { kind: "failed", message: "" } }) }, false],
	] as const)("strip: %s", (_name, state, shown) => {
		expect(layoutOf(createCockpitStore({ focus: "content", ...state }).getState()).strip !== null).toBe(shown);
	});
});
