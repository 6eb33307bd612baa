import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { LogEntry } from "../../../src/engine/log.ts";
import type { Projection } from "../../../src/engine/project.ts";
import { lineWidth } from "../../../src/print/line.ts";
import { sessionScreen } from "../../../src/ui/screens/session.ts";
import type { SessionView } from "../../../src/ui/session-view.ts";
import type { CockpitState } from "../../../src/ui/state.ts";
import { hook } from "../../helpers/engine-hook.ts";
import { recordViews } from "../../helpers/recorded-view.ts";
import { paintPanes, renderScreen } from "../../helpers/screen.ts";
import { close, configWith, EASY, minutes, open, scriptedFeed } from "../../helpers/session.ts";
import { busyView, entryOf, healthOf, NOW, sessionState, TRIPPED } from "../../helpers/session-state.ts";

vi.mock("../../../src/engine/engine.ts", async (original) => (await import("../../helpers/engine-hook.ts")).hooked(await original()));

const SIZES = [
	[80, 24],
	[120, 40],
	[200, 60],
] as const;

const BROKEN = /NaN|undefined|Infinity|null|\[object/;

function frame(view: SessionView, columns: number, rows: number, change: Partial<CockpitState> = {}): string {
	return renderScreen(sessionState(view, {}, change), columns, rows, sessionScreen).join("\n");
}

/** Every pane's lines as wide as the pane, or narrower; nothing that a terminal would act on. */
function expectSound(state: CockpitState, width: number, height: number): void {
	const panes = sessionScreen.panes(state, { x: 0, y: 0, width, height });
	for (const pane of panes) {
		const size = { width: pane.rect.width, height: pane.rect.height };
		const lines = pane.paint(pane.select(state), size);
		for (const line of lines) expect(lineWidth(line), pane.id).toBeLessThanOrEqual(size.width);
		expect(lines.length, pane.id).toBeLessThanOrEqual(size.height);
	}
	expect(paintPanes(panes, state, width, height).join("\n")).not.toMatch(BROKEN);
}

type Look = { readonly positions: readonly { readonly positionId: number }[]; readonly entry: { readonly mayEnter: boolean } };

/** Buys high and sells low until its 40th decision, then the opposite: trips the breaker, and re-arms it by shadow trades. */
function turncoat(view: unknown, call: number): unknown {
	const { positions, entry } = view as Look;
	if (positions.length > 0) return positions.map(({ positionId }) => close(positionId));
	if (!entry.mayEnter) return [];
	const isHigh = (hook.engine?.bid ?? 0) > 110_020;
	return [open(call < 40 === isHigh ? "BUY" : "SELL", { size: { kind: "risk", share: 1 }, stopPoints: 60 })];
}

const UNBOUND = {
	...EASY,
	losingStreakToPause: 100,
	stopGuardStopsToPause: 100,
	sessionLossPct: 100,
	dailyLossPct: 100,
	lossSpeedPct: 100,
	repeatEntriesMax: 100,
	entriesPerWindowMax: 1000,
	sideFlipsMax: 1000,
	ratePerHour: 1000,
	ratePerDay: 1000,
};

describe("a recorded session that trips, re-arms and is killed", () => {
	let views: readonly SessionView[] = [];
	const first = (is: (now: Projection) => boolean, from = 0): number => views.findIndex(({ now }, index) => index >= from && now !== null && is(now));

	beforeAll(async () => {
		const rows = minutes(Array.from({ length: 240 }, (_, index) => 110_000 + (index % 2) * 40));
		const kill = { tick: 150, command: { command: "kill", reason: "the operator pressed K" } } as const;
		const config = configWith({ rules: UNBOUND, onLatch: "wait" });
		views = await recordViews(config, 0, 0, { feed: scriptedFeed(rows, { batchRows: 2 }), script: turncoat as never, commands: [kill] });
	});

	it.each(SIZES)("shows the trip and what it takes at %dx%d", (columns, rows) => {
		const tripped = first(({ breaker }) => breaker.open);
		const text = frame(views[tripped] as SessionView, columns, rows).replaceAll(/(?<=\S) (?=\S )/g, (blank) => blank);
		expect(text.replaceAll(" ", "")).toContain("■CIRCUITBREAKER");
		expect(text).toMatch(/CHS 0\.5[0-4]\d, lowest 0\.5[0-4]\d; trips below 0\.550/);
		expect(text).toContain("Because ");
		expect(text).toContain("No new risk. Nothing is open.");
		expect(text).toContain("Re-arms itself: CHS above 0.65");
		expect(text).toContain("▼ REDUCING");
	});

	it.each(SIZES)("takes the banner away after the re-arm and keeps the alert until it is acknowledged at %dx%d", (columns, rows) => {
		const tripped = first(({ breaker }) => breaker.open);
		const rearmed = first(({ breaker }) => !breaker.open, tripped);
		const text = frame(views[rearmed] as SessionView, columns, rows);
		expect(rearmed).toBeGreaterThan(tripped);
		expect(text.replaceAll(" ", "")).not.toContain("CIRCUITBREAKER");
		expect(text).toContain("● ACTIVE");
		expect(text).toContain("breaker trip");
		expect(text).toContain("a acknowledges");
	});

	it.each(SIZES)("shows the kill at %dx%d", (columns, rows) => {
		const killed = first(({ state }) => state === "KILLED");
		const text = frame(views[killed] as SessionView, columns, rows);
		expect(text.replaceAll(" ", "")).toContain("✗KILLED");
		expect(text).toContain("C33: the operator pressed K");
		expect(text).toContain("Press r and type the reason");
	});

	it("never shows a broken number or a row that is too wide, from the first quote to the end", () => {
		expect(views.length).toBeGreaterThan(100);
		for (const [index, view] of views.entries()) {
			if (index % 5 !== 0 && index !== views.length - 1) continue;
			for (const chart of ["price", "equity", "chs"] as const) expectSound(sessionState(view, { chart, list: index % 2 === 0 ? "log" : "trades" }), 120, 35);
			expectSound(sessionState(view), 80, 19);
		}
	});
});

describe("whatever the engine says", () => {
	const number = fc.oneof(
		fc.double({ min: -1e7, max: 1e7, noNaN: true }),
		fc.constantFrom(0, -0, 1e-9, 1e15, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
	);
	const word = fc.oneof(fc.string({ unit: "grapheme", maxLength: 300 }), fc.constantFrom("", "x".repeat(900), "東京証券取引所 ".repeat(30), "👨‍👩‍👧 family"));

	/** The same projection with every number and every reason replaced. */
	const projections = fc
		.record({ numbers: fc.array(number, { minLength: 30, maxLength: 30 }), text: word, seed: fc.nat(20) })
		.map(({ numbers, text, seed }): Projection => {
			let next = 0;
			const mangled = (value: unknown, key = ""): unknown => {
				if (typeof value === "number") return numbers[next++ % numbers.length];
				if (typeof value === "string") return ["reason", "quoteWhy", "causeText", "detail", "action", "label", "what"].includes(key) ? text : value;
				if (Array.isArray(value)) return value.map((item) => (typeof item === "string" ? text : mangled(item)));
				if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mangled(item, name)]));
				return value;
			};
			const base = seed % 2 === 0 ? busyView().now : busyView(TRIPPED).now;
			const order = { what: "BUY", status: "unknown", lots: 1, price: 1, sl: 1, tp: 1, since: 1 };
			return mangled({ ...base, orders: [order], entryHold: { control: "C28", reason: "x", until: 1 } }) as Projection;
		});

	it("no broken number, no row that is too wide", () => {
		fc.assert(
			fc.property(
				projections,
				fc.constantFrom([80, 19], [120, 35], [167, 55], [48, 19], [20, 5]),
				fc.constantFrom("all", "chart", "log"),
				(now, [width = 80, height = 19], panes) => {
					expectSound(sessionState(busyView({}, { now }), { panes: panes as "all" }), width, height);
				},
			),
			{ numRuns: 150 },
		);
	});

	it("no sample, marker or entry breaks a chart or the log", () => {
		const sample = fc.record({ at: number, bid: number, equity: number, chs: number });
		const marker = fc.record({ at: number, price: number, kind: fc.constantFrom("buy", "sell", "exit"), net: fc.constant(null) });
		const entry = fc
			.record({ at: number, price: fc.option(number), lots: fc.option(number), result: fc.option(number), reason: word, event: word })
			.map((change) => entryOf(change as Partial<LogEntry>));
		const parts = fc.record({
			samples: fc.array(sample, { maxLength: 30 }),
			markers: fc.array(marker, { maxLength: 10 }),
			log: fc.array(entry, { maxLength: 12 }),
		});
		fc.assert(
			fc.property(parts, fc.constantFrom("price", "equity", "chs"), fc.constantFrom("log", "trades"), (change, chart, list) => {
				expectSound(sessionState(busyView({}, change as Partial<SessionView>), { chart: chart as "chs", list: list as "log" }), 120, 35);
			}),
			{ numRuns: 150 },
		);
	});
});

describe("charts", () => {
	const chart = (samples: SessionView["samples"], kind: "price" | "equity" | "chs", width = 80): string =>
		renderScreen(sessionState(busyView({}, { samples, markers: [] }), { panes: "chart", chart: kind }), width, 24, sessionScreen)
			.slice(2, 12)
			.join("\n");
	const sample = (index: number, change: Partial<SessionView["samples"][number]> = {}) => ({
		at: NOW + index * 1000,
		bid: 1.1,
		equity: 10_000,
		chs: 0.8,
		...change,
	});

	it.each([
		["no sample", []],
		["one sample", [sample(0)]],
		["two at the same time", [sample(0), sample(0)]],
	])("says why there is none: %s", (_name, samples) => {
		expect(chart(samples, "price")).toContain("No price to draw yet: it needs two points in time.");
	});

	it("draws a flat line in the middle of a scale of its own", () => {
		const rows = chart([sample(0), sample(1), sample(2)], "price").split("\n");
		expect(rows.filter((row) => row.includes("────")).length).toBe(2);
		expect(rows[1]).toMatch(/^1\.10063 │/);
		expect(rows[8]).toMatch(/^1\.09953 │/);
	});

	it("shows the shortest dip of the score among thousands of samples", () => {
		const samples = Array.from({ length: 5000 }, (_, index) => sample(index, { chs: index === 2471 ? 0.31 : 0.8 }));
		const rows = chart(samples, "chs").split("\n");
		expect(rows[8]).toMatch(/^ 0\.310 │ *╰?.*[╯╰─│]/);
		expect(chart(samples, "chs").match(/0\.800/g)).toHaveLength(1);
	});

	it("names days where the session is longer than one", () => {
		const samples = [sample(0), sample(200_000)];
		expect(chart(samples, "equity")).toMatch(/01-06 10:15 +01-07 14:02 +01-08 17:48/);
	});

	it("marks the trip level in the score's chart", () => {
		const rows = chart([sample(0), sample(1)], "chs").split("\n");
		expect(rows.find((row) => row.startsWith(" 0.550 │"))).toMatch(/·{60}/);
	});
});

describe("a screen without a session", () => {
	it("says where to start one", () => {
		expect(renderScreen(sessionState(null), 80, 24, sessionScreen).join("\n")).toMatch(/No session is running\.\n\n {2}Start one under Live Testing, or open/);
	});

	it("says what is waited for", () => {
		const view = { ...busyView(), now: null };
		expect(renderScreen(sessionState(view), 80, 24, sessionScreen).join("\n")).toContain(
			"Starting EURUSD with berserker: waiting for the engine's first news.",
		);
	});

	it("shows a failure before the first news", () => {
		const view: SessionView = { ...busyView(), now: null, end: { kind: "failed", message: "the feed cannot be opened" } };
		expect(renderScreen(sessionState(view), 80, 24, sessionScreen).join("\n")).toContain("✗ THE SESSION FAILED  the feed cannot be opened");
	});

	it("asks for other panes when the breaker opens, and not on every update", () => {
		const key = (view: SessionView | null): string => sessionScreen.layoutKey?.(sessionState(view)) ?? "";
		expect(key(busyView())).toBe(key(busyView({ equity: 1, chs: 0.6, health: healthOf() })));
		expect(new Set([key(null), key(busyView()), key(busyView(TRIPPED))]).size).toBe(3);
	});
});
