import { describe, expect, it } from "vitest";
import { bindingKeys } from "../../src/ui/key-name.ts";
import { layoutOf } from "../../src/ui/layout.ts";
import { findScreen, SCREENS } from "../../src/ui/registry.ts";
import { SHELL_BINDINGS } from "../../src/ui/shell/bindings.ts";
import { contentPanes } from "../../src/ui/shell/content.ts";
import type { CockpitState, ScreenId } from "../../src/ui/state.ts";
import { createCockpitStore } from "../../src/ui/store.ts";
import { renderScreen } from "../helpers/screen.ts";
import { viewOf } from "../helpers/view.ts";

const IDS: readonly ScreenId[] = [
	"main",
	"connection",
	"data",
	"agents",
	"live-testing",
	"virtual",
	"file",
	"demo",
	"test-connection",
	"stage-start",
	"guide",
	"live",
	"gates",
	"sessions",
	"status",
	"session",
	"trade",
	"summary",
	"compare",
	"help",
];

function stateAt(id: ScreenId, change: Partial<CockpitState> = {}): CockpitState {
	return createCockpitStore({ path: id === "main" ? ["main"] : ["main", id], focus: "content", ...change }).getState();
}

describe("the screens", () => {
	it("are all there, once each", () => {
		expect(SCREENS.map(({ id }) => id).sort()).toEqual([...IDS].sort());
		for (const id of IDS) expect(findScreen(id).id).toBe(id);
	});

	it("are reached: every menu item leads to one, by a key of its own", () => {
		for (const { menu } of SCREENS) {
			if (menu === null) continue;
			expect(new Set(menu.map(({ key }) => key)).size).toBe(menu.length);
			for (const item of menu) {
				expect(item.to === null || findScreen(item.to).id === item.to).toBe(true);
				expect(item.explain(stateAt("main")).join(" ").length).toBeGreaterThan(30);
			}
		}
	});

	it("have the menus' words exactly", () => {
		const labels = (id: ScreenId): string[] => (findScreen(id).menu ?? []).map(({ key, label }) => `${key} ${label}`);
		expect(labels("main")).toEqual([
			"1 Connection & Credentials",
			"2 Market Data",
			"3 Agents",
			"4 Live Testing (Virtual, Demo & Live Trading)",
			"5 Sessions & Summaries",
			"6 System Status",
			"q Quit",
		]);
		expect(labels("live-testing")).toEqual([
			"1 Virtual Trading (Paper Trading)",
			"2 Demo Account Testing (MT5 Demo)",
			"3 Test MT5 Connection",
			"4 View Live Testing Guide",
			"5 Live Trading",
			"6 Promotion Gates",
		]);
	});

	it.each(IDS)("%s stays in its area at every size, alone and beside a session, and shows no broken value", (id) => {
		for (const live of [null, viewOf(), viewOf({ now: null })]) {
			for (const focus of ["content", "menu"] as const) {
				for (const [columns, rows] of [
					[80, 24],
					[99, 27],
					[120, 40],
					[200, 60],
				] as const) {
					const state = { ...stateAt(id, { live, focus }), columns, rows };
					const frame = renderScreen(state, columns, rows);
					expect(frame).toHaveLength(layoutOf(state).content.height);
					expect(frame.join("\n")).not.toMatch(/\b(NaN|undefined|Infinity|\[object)/);
					const ids = contentPanes(state, findScreen(id)).map((pane) => pane.id);
					expect(new Set(ids).size).toBe(ids.length);
				}
			}
		}
	});
});

describe("the help screen", () => {
	const help = (path: CockpitState["path"], rows = 60): string => renderScreen(stateAt("help", { path }), 120, rows).join("\n");

	it("names every key of the screen beneath it and of the shell", () => {
		for (const { id, bindings } of SCREENS) {
			if (id === "help") continue;
			const text = help(["main", id, "help"], 200);
			for (const row of [...bindings, ...SHELL_BINDINGS]) expect(text).toContain(bindingKeys(row, "all"));
		}
	});

	it("says why a key does nothing now", () => {
		expect(help(["main", "help"])).toMatch(
			/w {11}Show the session that is running, or how it ended while\n +something else was in front\. Not now: No session is running\./,
		);
	});
});
