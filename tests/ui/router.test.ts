import { describe, expect, it, vi } from "vitest";
import type { Context } from "../../src/ui/key.ts";
import { findScreen, SCREENS } from "../../src/ui/registry.ts";
import { dispatch } from "../../src/ui/router.ts";
import type { Screen } from "../../src/ui/screen.ts";
import { SHELL_BINDINGS } from "../../src/ui/shell/bindings.ts";
import type { CockpitState, ScreenId } from "../../src/ui/state.ts";
import { createCockpitStore } from "../../src/ui/store.ts";
import { contextOf } from "../helpers/context.ts";
import { projectionOf, viewOf } from "../helpers/view.ts";

function cockpit(state: Partial<CockpitState> = {}): Context & { readonly asked: readonly string[] } {
	return contextOf(createCockpitStore({ columns: 120, rows: 40, ...state }));
}

/** A screen that types text while its filter is open, binds `1` and has a key that does nothing now. */
function screenOf(log: string[]): Screen {
	return {
		id: "data",
		title: () => "Data",
		menu: null,
		panes: () => [],
		bindings: [
			{ keys: ["1"], label: "one", help: "", run: () => log.push("one") },
			{ keys: ["x"], label: "x", help: "", disabled: () => "There is nothing to x.", run: () => log.push("x") },
			{ keys: ["y"], label: "y", help: "", disabled: () => "The first y is off.", run: () => log.push("never") },
			{ keys: ["y"], label: "y", help: "", run: () => log.push("second y") },
		],
		capture: ({ store }, key) => {
			if (!store.getState().views.data.typing) return false;
			log.push(`typed ${key}`);
			return true;
		},
	};
}

describe("dispatch", () => {
	it.each<[string, Partial<CockpitState>, string, readonly string[]]>([
		["a digit opens the item of the main menu", { path: ["main"] }, "4", ["main", "live-testing"]],
		["and of the menu below it", { path: ["main", "live-testing"] }, "2", ["main", "live-testing", "demo"]],
		["a digit works beside a screen too", { path: ["main", "connection"], focus: "content" }, "4", ["main", "live-testing"]],
		["but not where the menu is folded away", { path: ["main", "connection"], focus: "content", columns: 80 }, "4", ["main", "connection"]],
		["0 goes back", { path: ["main", "live-testing", "test-connection"], focus: "content" }, "0", ["main", "live-testing"]],
		["Esc goes back", { path: ["main", "live-testing"] }, "escape", ["main"]],
		["0 stays on the main menu", { path: ["main"] }, "0", ["main"]],
		["? shows the keys", { path: ["main", "test-connection"], focus: "content" }, "?", ["main", "test-connection", "help"]],
		["? again puts them away", { path: ["main", "test-connection", "help"], focus: "content" }, "?", ["main", "test-connection"]],
		["w shows the session", { path: ["main"], live: viewOf() }, "w", ["main", "live-testing", "virtual", "session"]],
		["an unknown key does nothing", { path: ["main"] }, "z", ["main"]],
	])("%s", (_name, state, key, path) => {
		const context = cockpit(state);
		expect(dispatch(context, key)).toBe("handled");
		expect(context.store.getState().path).toEqual(path);
	});

	it.each([
		["up", "menu"],
		["down", "menu"],
		["j", "menu"],
		["k", "menu"],
		["enter", "menu"],
		["4", "handled"],
		["left", "handled"],
	])("%s goes to: %s", (key, routed) => {
		expect(dispatch(cockpit(), key)).toBe(routed);
	});

	it("keeps the arrows from the menu while the content has the focus", () => {
		expect(dispatch(cockpit({ path: ["main", "test-connection"], focus: "content" }), "down")).toBe("handled");
	});

	it.each<[string, Partial<CockpitState>, string]>([
		["0", { path: ["main"] }, "This is the main menu; q leaves Kinetra."],
		["m", { path: ["main"] }, "The menu is open."],
		["tab", { path: ["main"] }, "The text beside this menu has no keys of its own."],
		["w", { path: ["main"] }, "No session is running."],
		["w", { path: ["main", "session"], focus: "content", live: viewOf() }, "This is the session that is running."],
	])("%s says why it does nothing", (key, state, why) => {
		const context = cockpit(state);
		dispatch(context, key);
		expect(context.store.getState().notice?.text).toBe(why);
	});

	it.each(["m", "tab"])("%s opens the folded menu, and Esc puts it away again", (key) => {
		const context = cockpit({ path: ["main", "test-connection"], focus: "content", columns: 80, rows: 24 });
		dispatch(context, key);
		expect(context.store.getState().focus).toBe("menu");
		dispatch(context, "escape");
		expect(context.store.getState()).toMatchObject({ focus: "content", path: ["main", "test-connection"] });
	});

	it("closes a replay that is left, and keeps the one that is only covered", () => {
		const context = cockpit({ path: ["main", "sessions", "session"], focus: "content", source: "replay", replay: viewOf() });
		dispatch(context, "?");
		expect(context.asked).toEqual([]);
		dispatch(context, "0");
		dispatch(context, "0");
		expect(context.asked).toEqual(["closeReplay"]);
	});

	it("gives keys to the screen first, types what it captures, and says why a key is off", () => {
		const log: string[] = [];
		const find = (id: ScreenId): Screen => (id === "data" ? screenOf(log) : findScreen(id));
		const context = cockpit({ path: ["main", "data"], focus: "content" });
		for (const key of ["1", "x", "y"]) dispatch(context, key, find);
		expect(log).toEqual(["one", "second y"]);
		expect(context.store.getState().notice?.text).toBe("There is nothing to x.");
		context.store.setState(({ views }) => ({ views: { ...views, data: { ...views.data, typing: true } } }));
		for (const key of ["0", "q", "K", "?"]) dispatch(context, key, find);
		expect(log.slice(2)).toEqual(["typed 0", "typed q", "typed K", "typed ?"]);
		expect(context.asked).toEqual([]);
		dispatch(context, "ctrl+k", find);
		expect(context.asked).toEqual(["command kill"]);
	});

	it("keeps the screen's keys at hand beside a menu that has the focus, and not under one that covers it", () => {
		const log: string[] = [];
		const find = (id: ScreenId): Screen => (id === "data" ? screenOf(log) : findScreen(id));
		dispatch(cockpit({ path: ["main", "data"], focus: "menu", columns: 120 }), "1", find);
		expect(log).toEqual(["one"]);
		const folded = cockpit({ path: ["main", "data"], focus: "menu", columns: 80, rows: 24 });
		dispatch(folded, "1", find);
		expect(log).toEqual(["one"]);
		expect(folded.store.getState().path).toEqual(["main", "connection"]);
	});
});

describe("K", () => {
	it.each(SCREENS.map(({ id }) => id))("kills from %s, at once", (id) => {
		for (const focus of ["menu", "content"] as const) {
			const context = cockpit({ path: id === "main" ? ["main"] : ["main", id], focus, live: viewOf() });
			dispatch(context, "K");
			expect(context.asked).toEqual(["command kill"]);
			expect(context.store.getState().notice?.text).toContain("KILL sent");
		}
	});

	it("kills through a question, in a terminal that is too small, and while a session may be starting", () => {
		const dialog = { title: "Leave?", tone: "warn", lines: [], input: null, choices: [] } as const;
		for (const state of [{ dialog, live: viewOf() }, { columns: 70, rows: 20, live: viewOf() }, { live: null }]) {
			const context = cockpit(state);
			dispatch(context, "K");
			expect(context.asked).toEqual(["command kill"]);
		}
	});

	it("is a letter while a dialog is typed into; Ctrl-K kills there", () => {
		const input = { label: "Reason", text: "O", check: () => null, accept: vi.fn() };
		const context = cockpit({ dialog: { title: "Reset", tone: "plain", lines: [], input, choices: [] }, live: viewOf() });
		dispatch(context, "K");
		expect(context.store.getState().dialog?.input?.text).toBe("OK");
		expect(context.asked).toEqual([]);
		dispatch(context, "ctrl+k");
		expect(context.asked).toEqual(["command kill"]);
	});

	it("is no screen's own key, nor are the other keys that leave", () => {
		const own = SCREENS.flatMap(({ id, bindings }) => bindings.flatMap(({ keys }) => keys.map((key) => `${id} ${key}`)));
		expect(own.filter((row) => / (K|ctrl\+k|ctrl\+c|q|\?|0|w|m)$/.test(row))).toEqual([]);
	});
});

describe("q", () => {
	it("leaves at once when nothing runs, also through the menu's item", () => {
		for (const state of [{}, { live: viewOf({ end: { kind: "failed" as const, message: "" } }) }]) {
			const context = cockpit(state);
			dispatch(context, "q");
			expect(context.asked).toEqual(["quit keep"]);
		}
	});

	it.each([
		["f", ["quit flatten"]],
		["o", ["quit keep"]],
		["escape", []],
		["enter", []],
		["q", []],
	])("asks what becomes of open positions: %s", (key, asked) => {
		const context = cockpit({ live: viewOf({ now: projectionOf({ openPositions: 2 }) }) });
		dispatch(context, "q");
		expect(context.store.getState().dialog?.lines.join(" ")).toContain("It has 2 open positions.");
		dispatch(context, key);
		expect(context.asked).toEqual(asked);
	});

	it("asks whether to end a session without positions, and does not take an unknown number for none", () => {
		const flat = cockpit({ live: viewOf({ now: projectionOf({ openPositions: 0 }) }) });
		dispatch(flat, "q");
		dispatch(flat, "enter");
		expect(flat.asked).toEqual(["quit flatten"]);
		const unknown = cockpit({ live: viewOf({ now: null }) });
		dispatch(unknown, "q");
		expect(unknown.store.getState().dialog?.lines.join(" ")).toContain("It is not known whether it has open positions.");
	});

	it("says that the session is being ended when it is asked again", () => {
		const context = cockpit({ live: viewOf(), leaving: true });
		dispatch(context, "q");
		expect([context.store.getState().dialog, context.asked]).toEqual([null, []]);
		expect(context.store.getState().notice?.text).toContain("being ended");
	});
});

describe("the key table", () => {
	it("has a sentence for every row, and a reason for every row that does nothing", () => {
		for (const row of [...SHELL_BINDINGS, ...SCREENS.flatMap(({ bindings }) => bindings)]) expect(row.help.length, row.keys.join()).toBeGreaterThan(5);
	});
});
