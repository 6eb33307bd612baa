import { describe, expect, it } from "vitest";
import type { Projection } from "../../../src/engine/project.ts";
import { sessionScreen } from "../../../src/ui/screens/session.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { busyView, sessionState } from "../../helpers/session-state.ts";

type AgentPart = NonNullable<Projection["agent"]>;

const DECIDES: AgentPart = { words: "buy 0.62 (hold 0.30, sell 0.06, close 0.02)", outside: null, outsideCount: 0, lasting: false, disagreements: 0 };

function rows(agent: AgentPart | null, columns = 80, height = 24): string[] {
	return renderScreen(sessionState(busyView({ agent }, {}, { agent: "ppo" })), columns, height, sessionScreen);
}

const CASES: readonly (readonly [what: string, agent: Partial<AgentPart>, row: string])[] = [
	["the outputs behind its last decision", {}, "ppo: buy 0.62 (hold 0.30, sell 0.06, close 0.02)"],
	["before its first decision", { words: null, disagreements: 0 }, "ppo: no decision yet"],
	["disagreements of a triad", { disagreements: 1234 }, "ppo: (disagreed 1,234x) buy 0.62 (hold 0.30, sell 0.06, close 0.02)"],
	["that it was outside before", { outsideCount: 3, disagreements: 2 }, "ppo: (outside 3x, disagreed 2x) buy 0.62 (hold 0.30, sell 0.06, close 0.02)"],
	[
		"that it is outside now",
		{ outside: "spreadAtr 0.91 > 0.4", outsideCount: 12, words: null },
		"⚠ OUTSIDE training: spreadAtr 0.91 > 0.4 -> HOLD, position stays (12x)",
	],
	[
		"that this lasts",
		{ outside: "spreadAtr 0.91 > 0.4", outsideCount: 40, words: null, lasting: true },
		"⚠ OUTSIDE training: spreadAtr 0.91 > 0.4 -> HOLD, position stays (40x, lasting)",
	],
];

describe("the agent's line on the session screen", () => {
	it.each(CASES)("says %s at 80x24", (_what, change, row) => {
		const drawn = rows({ ...DECIDES, ...change }).map((text) => text.trimEnd());
		expect(drawn).toContain(row);
		expect(drawn.indexOf(row)).toBe(1);
	});

	it("says what becomes of an open position while it holds", () => {
		const held = busyView().now?.positions ?? [];
		const outside = { ...DECIDES, outside: "spreadAtr 0.91 > 0.4", outsideCount: 12, words: null };
		const drawn = (positions: Projection["positions"]): string =>
			renderScreen(sessionState(busyView({ agent: outside, positions }, {}, { agent: "ppo" })), 80, 24, sessionScreen)[1]?.trimEnd() ?? "";
		const own = held.filter(({ shadow }) => !shadow);
		expect(own.length).toBeGreaterThan(0);
		expect(drawn(own)).toBe("⚠ OUTSIDE training: spreadAtr 0.91 > 0.4 -> HOLD, position stays (12x)");
		expect(drawn([])).toBe("⚠ OUTSIDE training: spreadAtr 0.91 > 0.4 -> HOLD (12x)");
		expect(drawn(own.map((row) => ({ ...row, shadow: true })))).toBe("⚠ OUTSIDE training: spreadAtr 0.91 > 0.4 -> HOLD (12x)");
	});

	it("takes no row for an agent that tells nothing, and one row of the log for one that does", () => {
		const before = rows(null);
		const after = rows(DECIDES);
		expect(before.join("\n")).not.toContain("ppo:");
		expect(after.length).toBe(before.length);
		const has = (drawn: readonly string[], words: string): boolean => drawn.some((text) => text.includes(words));
		for (const words of ["Health", "Account", "Positions", "Alerts", "Log"]) expect([words, has(after, words)]).toEqual([words, has(before, words)]);
	});

	it("clips what does not fit", () => {
		const long = rows({ ...DECIDES, words: `sell by competitor: ${"the regime is turning ".repeat(8)}` });
		expect(long[1]?.length).toBeLessThanOrEqual(80);
	});

	it.each([
		[120, 40],
		[200, 60],
	])("is there at %dx%d", (columns, height) => {
		expect(rows({ ...DECIDES, outside: "spreadAtr 0.91 > 0.4", outsideCount: 12 }, columns, height).join("\n")).toContain(
			"OUTSIDE training: spreadAtr 0.91 > 0.4",
		);
	});
});
