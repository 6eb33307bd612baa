import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineWidth, textOf } from "../../../src/print/line.ts";
import type { Binding } from "../../../src/ui/key.ts";
import { bindingsInForce } from "../../../src/ui/router.ts";
import { footerLine } from "../../../src/ui/shell/footer.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { NEW_VIEWS } from "../../../src/ui/views.ts";
import { viewOf } from "../../helpers/view.ts";

const row = (keys: readonly string[], label: string, change: Partial<Binding> = {}): Binding => ({ keys, label, help: "", run: () => {}, ...change });

describe("footerLine", () => {
	it.each([
		["the menu", { path: ["main"] }, " ↑↓ choose  Enter open                                          ? keys  q quit  "],
		["a menu below", { path: ["main", "live-testing"] }, " ↑↓ choose  Enter open                                  0 back  ? keys  q quit  "],
		["a screen", { path: ["main", "test-connection"], focus: "content" }, " Enter test  c connection  ↑↓ scroll            m menu  0 back  ? keys  q quit  "],
		["with a session", { path: ["main"], live: viewOf() }, " ↑↓ choose  Enter open                         K KILL  w watch  ? keys  q quit  "],
		[
			"a search that is typed: what would be a letter is no key",
			{ path: ["main", "guide"], focus: "content", live: viewOf(), views: { ...NEW_VIEWS, guide: { top: 0, query: "", typing: true } } },
			"                                                         Ctrl-K KILL  Esc back  ",
		],
	] as const)("%s", (_name, given, text) => {
		const state = createCockpitStore({ columns: 80, ...given }).getState();
		expect(textOf(footerLine(state, bindingsInForce(state), 80))).toBe(text);
	});

	it("leaves out what does nothing now and what has no label, and cuts between hints", () => {
		const state = createCockpitStore({ path: ["main"] }).getState();
		const rows = [
			row(["x"], "export"),
			row(["y"], "off", { disabled: () => "why" }),
			row(["z"], ""),
			row(["up", "k"], "move", { shown: "↑↓" }),
			row(["l"], "a long hint"),
		];
		expect(textOf(footerLine(state, rows, 44))).toBe(" x export  ↑↓ move          ? keys  q quit  ");
	});

	it("never is wider than the screen, and always says how to leave", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 24, max: 300 }),
				fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 1 }), fc.stringMatching(/^[a-z ]{1,20}$/))),
				(width, labels) => {
					const state = createCockpitStore({ path: ["main"] }).getState();
					const line = footerLine(
						state,
						labels.map(([key, label]) => row([key], label)),
						width,
					);
					expect(lineWidth(line)).toBeLessThanOrEqual(width);
					expect(textOf(line)).toMatch(/q quit {2}$/);
				},
			),
		);
	});
});
