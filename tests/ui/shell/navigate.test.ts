import { describe, expect, it } from "vitest";
import { findScreen } from "../../../src/ui/registry.ts";
import type { Screen } from "../../../src/ui/screen.ts";
import { followFront, watchSession } from "../../../src/ui/shell/navigate.ts";
import type { ScreenId } from "../../../src/ui/state.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { viewOf } from "../../helpers/view.ts";

describe("followFront", () => {
	it("tells a screen that it has come to the front, whoever put it there, and gives it the focus", () => {
		const entered: string[] = [];
		const find = (id: ScreenId): Screen => ({ ...findScreen(id), enter: () => entered.push(id) });
		const context = contextOf(createCockpitStore());
		const { store } = context;
		const stop = followFront(context, find);
		store.setState({ path: ["main", "live-testing"] });
		store.setState({ wallMs: 1 });
		store.setState({ path: ["main", "live-testing", "virtual"] });
		expect(store.getState().focus).toBe("content");
		// The same screen again, by another way: it has not left the front.
		store.setState({ path: ["main", "virtual"] });
		store.setState({ path: ["main"] });
		expect(store.getState().focus).toBe("menu");
		stop();
		store.setState({ path: ["main", "guide"] });
		expect(entered).toEqual(["main", "live-testing", "virtual", "main"]);
	});

	it("highlights in every menu the item that leads on", () => {
		const context = contextOf(createCockpitStore({ highlighted: { main: 0 } }));
		const stop = followFront(context, (id) => ({ ...findScreen(id), enter: () => {} }));
		context.store.setState({ path: ["main", "live-testing", "gates"] });
		expect(context.store.getState().highlighted).toEqual({ main: 3, "live-testing": 5 });
		stop();
	});
});

describe("the end of a session that nobody has seen", () => {
	const end = { kind: "ended", summary: { sessionId: "id" }, folder: "/f", problems: [] } as never;
	it("is shown by w as its summary, which makes it seen", () => {
		const context = contextOf(createCockpitStore({ path: ["main", "guide"], live: viewOf({ end }, { sessionId: "id" }), unread: true }));
		const stop = followFront(context, (id) => ({ ...findScreen(id), enter: () => {} }));
		context.store.setState({ path: ["main"] });
		expect(context.store.getState().unread).toBe(true);
		watchSession(context);
		expect(context.store.getState()).toMatchObject({
			path: ["main", "live-testing", "virtual", "summary"],
			summary: { state: "ready", value: { summary: { sessionId: "id" }, folder: "/f" } },
			unread: false,
		});
		stop();
	});

	it.each<[string, readonly ScreenId[], string, boolean]>([
		["another summary does not", ["main", "sessions", "summary"], "other", true],
		["its own from the list does", ["main", "sessions", "summary"], "id", false],
		["its session screen does", ["main", "live-testing", "virtual", "session"], "other", false],
	])("%s", (_name, path, sessionId, unread) => {
		const summary = { state: "ready", value: { summary: { sessionId } as never, folder: "" } } as const;
		const context = contextOf(createCockpitStore({ path: ["main"], live: viewOf({ end }, { sessionId: "id" }), unread: true, summary }));
		const stop = followFront(context, (id) => ({ ...findScreen(id), enter: () => {} }));
		context.store.setState({ path });
		expect(context.store.getState().unread).toBe(unread);
		stop();
	});
});

describe("watchSession", () => {
	it("shows the session that trades and closes the replay that was in front", () => {
		const context = contextOf(createCockpitStore({ path: ["main", "sessions", "session"], source: "replay", live: viewOf(), replay: viewOf() }));
		watchSession(context);
		expect(context.asked).toEqual(["closeReplay"]);
		expect(context.store.getState()).toMatchObject({ source: "live", path: ["main", "live-testing", "virtual", "session"], focus: "content" });
	});
});
