import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { cleanSummary, cleanTrade, withNumbers, wrongField } from "../../../src/adapters/archive/summary-shape.ts";
import type { Summary } from "../../../src/engine/summary-type.ts";
import { textOf } from "../../../src/print/line.ts";
import { paintSummary } from "../../../src/ui/summary/page.ts";
import { NEW_VIEWS } from "../../../src/ui/views.ts";
import { recordedSummary } from "../../helpers/stored.ts";

let stored: Record<string, unknown>;
beforeAll(async () => {
	stored = JSON.parse(JSON.stringify(await recordedSummary({ minutes: 400 }))) as Record<string, unknown>;
});

/** The summary with the value at a path replaced; undefined removes it. */
function withValue(path: string, value: unknown): unknown {
	const copy = structuredClone(stored);
	const names = path.split(".");
	const last = names.pop() ?? "";
	let place = copy as Record<string, unknown>;
	for (const name of names) place = place[name] as Record<string, unknown>;
	// A file cannot hold a list with a hole.
	if (value === undefined && Array.isArray(place)) place.splice(Number(last), 1);
	else if (value === undefined) delete place[last];
	else place[last] = value;
	return copy;
}

describe("a trade line of the journal", () => {
	const good = (): Record<string, unknown> => structuredClone((stored.trades as Record<string, unknown>[])[0]) as Record<string, unknown>;

	it("becomes a row without what else the line holds, its texts cleaned", () => {
		const row = cleanTrade({ ...good(), positionId: 7, score: {}, entryReason: "a\u001b[31mb" });
		expect(row).toEqual({ ...good(), entryReason: "a\ufffdb" });
	});

	it("has a number that JSON could not hold as none", () => {
		expect(cleanTrade({ ...good(), net: null })?.net).toBeNaN();
	});

	it.each([null, "trade", [], {}, { number: "1" }])("%j is none", (data) => {
		expect(cleanTrade(data)).toBeNull();
		expect(cleanTrade({ ...good(), side: "LONG" })).toBeNull();
	});
});

describe("what a stored summary must hold", () => {
	it("lets the engine's own summaries through", () => {
		expect(wrongField(stored)).toBeNull();
		expect((stored.trades as unknown[]).length).toBeGreaterThan(0);
	});

	it.each<[string, unknown]>([
		["netProfit", "12"],
		["netProfit", null],
		["netProfit", undefined],
		["symbol", 7],
		["evidence", "yes"],
		["winRate", "high"],
		["chs", []],
		["chs.final", null],
		["chs.pillars.agent", { score: 1 }],
		["chs.components.omega", 1],
		["breaker.events", {}],
		["breaker.events", [{ at: 1, what: "trip", cause: 5, chs: 0.1 }]],
		["gate", "none"],
		["gate.0.verdict", "maybe"],
		["gate.0.must", 0.9],
		["trades", null],
		["trades.0.side", "LONG"],
		["trades.0.shadow", 0],
		["curve", [[1, 2, 3]]],
		["curve.0.at", null],
		["settings.latencyMs", { ms: 1 }],
		["holds", { COOLDOWN: "7" }],
		["missing", { omega: 1 }],
		["journal.lines", "many"],
		["start", null],
		["costs.swap", undefined],
	])("names the field that is wrong: %s = %j", (path, value) => {
		expect(wrongField(withValue(path, value))?.startsWith(path)).toBe(true);
	});

	it.each([["a text"], [null], [[]], [7]])("refuses %j as a whole", (value) => {
		expect(wrongField(value)).not.toBeNull();
	});

	it("takes numbers that JSON could not hold in curve and trades as unknown", () => {
		const damaged = withValue("trades.0.r", null);
		expect(wrongField(damaged)).toBeNull();
		expect(withNumbers(damaged as Summary).trades[0]?.r).toBeNaN();
	});

	it("cleans every text, names of tables included", () => {
		const hostile = "a\u001b]0;owned\u0007b\u202ec";
		const dirty = { ...stored, symbol: hostile, holds: { [hostile]: 1 }, gate: [{ label: hostile }] } as unknown as Summary;
		const text = JSON.stringify(cleanSummary(dirty));
		for (const forbidden of ["\\u001b", "\\u0007", "\u202e", "owned"]) expect(text).not.toContain(forbidden);
	});

	it("never makes a painter fail: whatever is changed is named, or can be drawn", () => {
		const paths = pathsOf(stored);
		const value = fc.oneof(fc.constantFrom(null, undefined, "", "x", 0, -1, 1e300, true, [], {}), fc.jsonValue({ maxDepth: 2 }));
		fc.assert(
			fc.property(fc.constantFrom(...paths), value, fc.integer({ min: 0, max: 4 }), fc.constantFrom(40, 79, 166), (path, changed, tab, width) => {
				const damaged = withValue(path, changed);
				if (wrongField(damaged) !== null) return;
				const summary = withNumbers(cleanSummary(damaged as Summary));
				const rows = paintSummary({ summary, folder: "/home" }, { ...NEW_VIEWS.summary, tab }, { width, height: 40 });
				expect(rows.map(textOf).join("\n")).not.toMatch(/NaN|undefined|Infinity|\[object/);
			}),
			{ numRuns: 400 },
		);
	});
});

/** Every place of the summary, the first three entries of lists only. */
function pathsOf(value: unknown, before = ""): string[] {
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value)
		.slice(0, Array.isArray(value) ? 3 : undefined)
		.filter(([key]) => !key.includes("."))
		.flatMap(([key, one]) => [`${before}${key}`, ...pathsOf(one, `${before}${key}.`)]);
}
