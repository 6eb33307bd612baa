import { createElement } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { line } from "../../../src/print/line.ts";
import { createCompositor } from "../../../src/ui/frame/compositor.ts";
import { type MountedInk, mountInk } from "../../../src/ui/mount.tsx";
import { type Pane, pane } from "../../../src/ui/pane.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { attachPane, Canvas } from "../../../src/ui/widgets/canvas.tsx";

let mounted: MountedInk | null = null;
afterEach(() => {
	mounted?.unmount();
	mounted = null;
});

const RECT = { x: 1, y: 0, width: 8, height: 2 };

function setUp() {
	const compositor = createCompositor({ colours: true, ascii: false });
	compositor.resize(10, 2);
	const store = createCockpitStore();
	const onCrash = vi.fn();
	return { compositor, store, onCrash, rows: () => compositor.text().map((row) => row.trimEnd()) };
}

/** Shows the size of the terminal, and counts how often it is painted. */
function sizePane() {
	const paint = vi.fn(({ columns, rows }: { columns: number; rows: number }) => [line(`${columns}x${rows}`)]);
	return { paint, made: pane({ id: "size", rect: RECT, select: ({ columns, rows }) => ({ columns, rows }), paint }) };
}

describe("a pane on the screen", () => {
	it("is painted at once, and again only when its slice has changed", () => {
		const { compositor, store, onCrash, rows } = setUp();
		const { paint, made } = sizePane();
		attachPane({ pane: made, store, compositor, onCrash });
		expect(rows()).toEqual([" 80x24", ""]);
		store.setState({ wallMs: 5 });
		store.setState({ columns: 80 });
		expect(paint).toHaveBeenCalledTimes(1);
		store.setState({ columns: 120 });
		expect(rows()).toEqual([" 120x24", ""]);
		expect(paint).toHaveBeenCalledTimes(2);
		expect(paint).toHaveBeenLastCalledWith({ columns: 120, rows: 24 }, { width: 8, height: 2 });
	});

	it.each<[string, readonly unknown[], number]>([
		[
			"the same list",
			[
				[1, 2],
				[1, 2],
			],
			1,
		],
		["a longer list", [[1], [1, 2]], 2],
		["a list and an object with the same entries", [["a"], { 0: "a" }], 2],
		["other keys with the same values", [{ a: undefined }, { b: undefined }], 2],
		["NaN and NaN", [Number.NaN, Number.NaN], 1],
		["null and an object", [null, {}, null], 3],
		["a value that is changed deep inside by a new object", [{ a: { b: 1 } }, { a: { b: 1 } }], 2],
	])("compares slices shallowly: %s", (_name, slices, paints) => {
		const { compositor, store, onCrash } = setUp();
		const paint = vi.fn(() => []);
		attachPane({ pane: { id: "any", rect: RECT, select: (state) => slices[state.wallMs], paint }, store, compositor, onCrash });
		for (let index = 1; index < slices.length; index++) store.setState({ wallMs: index });
		expect(paint).toHaveBeenCalledTimes(paints);
	});

	it("hides panes of lower layers, whichever came first, and leaves no trace", () => {
		const { compositor, store, onCrash, rows } = setUp();
		const text = (id: string, rect = RECT): Pane => ({ id, rect, select: () => null, paint: () => [line(id.repeat(20))] });
		const dialog = attachPane({ pane: text("D", { ...RECT, x: 4, width: 2 }), store, compositor, layer: 2, onCrash });
		const screen = attachPane({ pane: text("s"), store, compositor, onCrash });
		expect(rows()).toEqual([" sssDDsss", ""]);
		dialog();
		expect(rows()).toEqual([" ssssssss", ""]);
		screen();
		expect(rows()).toEqual(["", ""]);
		store.setState({ wallMs: 1 });
		expect(rows()).toEqual(["", ""]);
	});

	it.each(["select", "paint"] as const)("says so when its %s fails, reports it once, and lets the others go on", (step) => {
		const { compositor, store, onCrash, rows } = setUp();
		const fail = (): never => {
			throw new Error(step);
		};
		const good = sizePane();
		const bad: Pane = { id: "bad", rect: { x: 0, y: 1, width: 10, height: 1 }, select: (state) => state.wallMs, paint: () => [line("fine")] };
		attachPane({ pane: { ...bad, [step]: fail }, store, compositor, onCrash });
		attachPane({ pane: { ...good.made, rect: { ...RECT, height: 1 } }, store, compositor, onCrash });
		store.setState({ wallMs: 1, columns: 99 });
		expect(onCrash.mock.calls).toEqual([[new Error(step)]]);
		expect(rows()).toEqual([" 99x24", "⚠ bad: can"]);
	});
});

describe("Canvas", () => {
	it("holds a region as long as it is mounted, follows a new pane, and never makes React render", () => {
		const { compositor, store, onCrash, rows } = setUp();
		const first = sizePane();
		const second: Pane = { ...first.made, rect: { x: 0, y: 1, width: 8, height: 1 } };
		const canvas = (shown: Pane) => createElement(Canvas, { key: shown.id, pane: shown, store, compositor, onCrash });
		const ink = mountInk(canvas(first.made), { compositor, columns: 10 });
		mounted = ink;
		expect(rows()).toEqual([" 80x24", ""]);
		const base = vi.spyOn(compositor, "base");
		store.setState({ columns: 81 });
		expect(rows()).toEqual([" 81x24", ""]);
		expect(base).not.toHaveBeenCalled();
		ink.rerender(canvas(second));
		expect(rows()).toEqual(["", "81x24"]);
		ink.rerender(null);
		expect(rows()).toEqual(["", ""]);
	});
});
