import { describe, expect, it } from "vitest";
import { firstFrame } from "../../../src/commands/cockpit/first-frame.ts";
import { createCompositor } from "../../../src/ui/frame/compositor.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { drawCockpit } from "../../helpers/cockpit-screen.ts";

describe("firstFrame", () => {
	it.each([
		[80, 24],
		[120, 40],
		[200, 60],
	])("has at %ix%i header and footer where the program then draws them", async (columns, rows) => {
		const compositor = createCompositor({ colours: true, ascii: false });
		compositor.resize(columns, rows);
		compositor.base(firstFrame(createCockpitStore({ columns, rows }).getState()));
		const first = compositor.text().map((row) => row.trimEnd());
		const drawn = drawCockpit(columns, rows);
		const then = await drawn.rows();
		drawn.ink.unmount();
		// The clocks are not part of it.
		expect(then[0]?.startsWith(first[0] ?? "none")).toBe(true);
		for (const row of [1, 2, rows - 2, rows - 1]) expect(first[row]).toBe(then[row]);
		expect(first[0]).toContain("KINETRA   VIRTUAL");
	});

	it("is empty in a terminal that is too small", () => {
		expect(firstFrame(createCockpitStore({ columns: 79, rows: 24 }).getState())).toBe("");
	});
});
