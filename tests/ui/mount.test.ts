import { Box, Text, useInput } from "ink";
import SelectInput from "ink-select-input";
import { createElement, type ReactNode, useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createCompositor } from "../../src/ui/frame/compositor.ts";
import { type MountedInk, mountInk } from "../../src/ui/mount.tsx";
import { toneText } from "../../src/ui/theme.ts";

const DOWN = "\u001b[B";
const ENTER = "\r";
const SOON = { timeout: 20_000, interval: 5 };

let mounted: MountedInk | null = null;
afterEach(() => {
	mounted?.unmount();
	mounted = null;
});

function mount(tree: ReactNode, columns = 20, rows = 4) {
	const compositor = createCompositor({ colours: true, ascii: false });
	compositor.resize(columns, rows);
	const ink = mountInk(tree, { compositor, columns });
	mounted = ink;
	return { compositor, ink, rows: () => compositor.text().map((row) => row.trimEnd()) };
}

function menu(onSelect: (value: string) => void): ReactNode {
	const items = Array.from({ length: 9 }, (_, index) => ({ key: `${index}`, label: `item ${index}`, value: `${index}` }));
	return createElement(SelectInput<string>, { items, onSelect: (item) => onSelect(item.value) });
}

describe("ink on the compositor", () => {
	it("draws its tree as the lowest layer, with the tones of the theme, and nothing on the real terminal", () => {
		const write = vi.spyOn(process.stdout, "write");
		const { compositor, rows } = mount(createElement(Box, { borderStyle: "round", width: 10 }, createElement(Text, null, toneText("LIVE", "live"))));
		expect(rows()).toEqual(["╭────────╮", "│LIVE    │", "╰────────╯", ""]);
		expect(compositor.diff()).toContain("\u001b[1;97;45mLIVE\u001b[m");
		expect(write).not.toHaveBeenCalled();
		write.mockRestore();
	});

	it("never asks to clear a screen that is lower than what it draws", () => {
		const tall = Array.from({ length: 30 }, (_, index) => createElement(Text, { key: index }, `row ${index}`));
		const { ink, rows } = mount(createElement(Box, { flexDirection: "column" }, ...tall));
		ink.rerender(createElement(Box, { flexDirection: "column" }, ...tall.slice(1)));
		expect(rows()).toEqual(["row 1", "row 2", "row 3", "row 4"]);
	});

	it("lays out anew for another width", () => {
		const wide = createElement(Box, { justifyContent: "flex-end" }, createElement(Text, null, "end"));
		const { compositor, ink, rows } = mount(wide, 10, 1);
		expect(rows()).toEqual(["       end"]);
		compositor.resize(6, 1);
		ink.resize(6);
		expect(rows()).toEqual(["   end"]);
	});

	it("moves a menu three rows by three Downs at once, and chooses there", async () => {
		const chosen: string[] = [];
		const { ink } = mount(menu((value) => chosen.push(value)));
		for (const key of [DOWN, DOWN, DOWN, ENTER, DOWN, ENTER]) ink.feed(key);
		await vi.waitFor(() => expect(chosen).toEqual(["3", "4"]), SOON);
	});

	it("keeps keys that come before the tree listens, and drops what is too much", async () => {
		const heard: string[] = [];
		function Listener(): ReactNode {
			useInput((input) => heard.push(input));
			return null;
		}
		const { ink } = mount(createElement(Listener));
		for (let press = 0; press < 500; press++) ink.feed("j");
		await vi.waitFor(() => {
			ink.feed("e");
			expect(heard).toContain("e");
		}, SOON);
		expect(heard.slice(0, heard.indexOf("e")).length).toBeGreaterThanOrEqual(50);
		expect(heard.slice(0, heard.indexOf("e")).length).toBeLessThanOrEqual(51);
	});

	it("hands no key to whoever listens later, and no Escape to ink", async () => {
		const heard: string[] = [];
		function Late({ on }: { readonly on: boolean }): ReactNode {
			useInput((input, key) => heard.push(key.escape ? "escape" : input), { isActive: on });
			return null;
		}
		const { ink } = mount(createElement(Late, { on: false }));
		ink.feed("a");
		await new Promise((resolve) => setImmediate(resolve));
		ink.rerender(createElement(Late, { on: true }));
		ink.feed("\u001b");
		ink.feed("b");
		await vi.waitFor(() => expect(heard).toEqual(["b"]), SOON);
	});

	it("reports a component that cannot be rendered, once, and shows nothing of it", async () => {
		const silence = vi.spyOn(console, "error").mockImplementation(() => {});
		function Bomb(): ReactNode {
			const [armed, setArmed] = useState(false);
			useInput(() => setArmed(true));
			if (armed) throw new Error("boom");
			return createElement(Text, null, "calm");
		}
		const { ink, rows } = mount(createElement(Bomb));
		const crashes: unknown[] = [];
		ink.onCrash((error) => crashes.push(error));
		expect(rows()[0]).toBe("calm");
		ink.feed("x");
		await vi.waitFor(() => expect(crashes).toEqual([new Error("boom")]), SOON);
		expect(rows()).toEqual(["", "", "", ""]);
		silence.mockRestore();
	});

	it("reports a first rendering that failed to whoever asks later", () => {
		const silence = vi.spyOn(console, "error").mockImplementation(() => {});
		const { ink } = mount(
			createElement(() => {
				throw new Error("at once");
			}),
		);
		const crashes: unknown[] = [];
		ink.onCrash((error) => crashes.push(error));
		expect(crashes).toEqual([new Error("at once")]);
		silence.mockRestore();
	});

	it("draws nothing after it was unmounted", () => {
		const { ink, rows } = mount(createElement(Text, null, "shown"));
		ink.unmount();
		ink.unmount();
		ink.rerender(createElement(Text, null, "late"));
		ink.feed("x");
		expect(rows()[0]).toBe("shown");
	});
});
