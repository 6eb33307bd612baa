import xterm from "@xterm/headless";
import { afterEach, describe, expect, it } from "vitest";
import type { Projection } from "../../src/engine/project.ts";
import { type Compositor, createCompositor } from "../../src/ui/frame/compositor.ts";
import { layoutOf } from "../../src/ui/layout.ts";
import type { Rect } from "../../src/ui/pane.ts";
import { sessionScreen } from "../../src/ui/screens/session.ts";
import { newSessionView, type SessionUpdate, viewAfter } from "../../src/ui/session-update.ts";
import type { CockpitState } from "../../src/ui/state.ts";
import { type CockpitStore, createCockpitStore } from "../../src/ui/store.ts";
import { attachPane } from "../../src/ui/widgets/canvas.tsx";
import { createCellDiff, frameOf } from "../helpers/cell-diff.ts";
import { type DrawnCockpit, drawCockpit } from "../helpers/cockpit-screen.ts";
import { type ConfigChanges, configWith, EASY } from "../helpers/session.ts";
import { entryOf, healthOf } from "../helpers/session-state.ts";
import { recordUpdates } from "../helpers/updates.ts";
import { projectionOf, viewOf } from "../helpers/view.ts";

// What a frame costs, in bytes, paintings and commits instead of time: bench/ui.ts has the time.

let drawn: DrawnCockpit | null = null;
afterEach(() => {
	drawn?.ink.unmount();
	drawn = null;
});

const WATCHING: Partial<CockpitState> = { path: ["main", "live-testing", "virtual", "session"], focus: "content" };

/** An hour and a half of a session, a frame every 60 rows. */
function updatesOf(agent: ConfigChanges["agent"]): Promise<readonly SessionUpdate[]> {
	return recordUpdates(configWith({ ...(agent === undefined ? {} : { agent }), warmupBars: 20, unlimited: true, rules: EASY }), 90, 60);
}

const BUSY = { id: "sma", params: { fastBars: 2, slowBars: 4 } } as const;
/** Never crosses within the time. */
const IDLE = { id: "sma", params: { fastBars: 100, slowBars: 400 } } as const;

function show(store: CockpitStore, update: SessionUpdate): void {
	store.setState(({ live }) => (live === null ? {} : { live: viewAfter(live, { type: "update", update }, 0) }));
}

describe("the bytes of a frame", () => {
	it.each([
		[80, 24],
		[120, 40],
		[200, 60],
	])("are at most 1.2 times those of a hand-written cell diff over the same frames at %ix%i", async (columns, rows) => {
		const updates = await updatesOf(BUSY);
		const store = createCockpitStore({ ...WATCHING, columns, rows, live: viewOf({ now: updates[0]?.now ?? null }) });
		const compositor = createCompositor({ colours: true, ascii: false });
		compositor.resize(columns, rows);
		for (const pane of sessionScreen.panes(store.getState(), layoutOf(store.getState()).content)) attachPane({ pane, store, compositor, onCrash: fail });
		const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
		const write = (text: string): Promise<void> => new Promise((resolve) => emulator.write(text, resolve));
		await write(compositor.diff());
		const diff = createCellDiff(frameOf(emulator));
		const bytes = { ours: 0, limit: 0 };
		for (const update of updates.slice(0, 60)) {
			show(store, update);
			const text = compositor.diff();
			await write(text);
			bytes.ours += Buffer.byteLength(text);
			bytes.limit += Buffer.byteLength(diff(frameOf(emulator)));
		}
		expect(bytes.limit).toBeGreaterThan(5000);
		expect(bytes.ours / bytes.limit).toBeLessThanOrEqual(1.2);
		emulator.dispose();
	});
});

describe("React", () => {
	it("has nothing to do while a session only moves", async () => {
		const updates = await updatesOf(IDLE);
		const trading = updates.filter(({ now }) => now.phase === "trading" && now.openPositions === 0).slice(-50);
		expect(trading.length).toBeGreaterThan(30);
		drawn = drawCockpit(120, 40, { ...WATCHING, live: newSessionView(viewOf().about, 60, 0) });
		for (const update of trading.slice(0, 2)) show(drawn.store, update);
		await drawn.rows();
		const before = drawn.frames();
		const shown: string[] = [];
		for (const update of trading) {
			show(drawn.store, update);
			drawn.store.setState(({ wallMs }) => ({ wallMs: wallMs + 100 }));
			shown.push((await drawn.rows()).join("\n"));
		}
		expect(drawn.frames()).toBe(before);
		expect(new Set(shown).size).toBeGreaterThan(30);
	});
});

/** The session screen at 200x60 with its regions watched: which of them were painted since the last look. */
function watched(now: Partial<Projection> = {}) {
	const real = createCompositor({ colours: true, ascii: false });
	const painted: string[] = [];
	const compositor: Compositor = {
		...real,
		region(id: string, rect: Rect, layer: number) {
			const region = real.region(id, rect, layer);
			return {
				...region,
				paint(lines) {
					painted.push(id.replace("session-", ""));
					region.paint(lines);
				},
			};
		},
	};
	const store = createCockpitStore({ ...WATCHING, columns: 200, rows: 60, live: viewOf({ now: rich(now) }) });
	for (const pane of sessionScreen.panes(store.getState(), layoutOf(store.getState()).content)) attachPane({ pane, store, compositor, onCrash: fail });
	return { store, take: () => painted.splice(0).sort() };
}

const LIMIT = { control: "C20", label: "trades", value: 4, limit: 10, unit: "count", action: "ends" } as const;
const POSITION = {
	tradeNumber: 4,
	shadow: false,
	side: "BUY",
	lots: 0.1,
	openPrice: 1.039,
	sl: 1.038,
	tp: 0,
	now: 1.03905,
	points: 5,
	money: 0.5,
	openedAt: 0,
} as const;

function rich(change: Partial<Projection> = {}): Projection {
	return projectionOf({ limits: [LIMIT], health: healthOf(), ...change });
}

describe("an update", () => {
	it.each<[name: string, change: Partial<Projection>, panes: readonly string[]]>([
		["nothing but a copy", {}, []],
		["what no pane shows", { ticks: 9999, bars: 140 }, []],
		["the quote", { bid: 1.04, ask: 1.0401, spreadPoints: 10 }, ["quote"]],
		["the time, while nothing is open", { at: Date.UTC(2025, 0, 6, 10, 16), marketMinute: 13 }, ["quote"]],
		["the money", { equity: 9_990, floating: -10 }, ["account"]],
		["a limit", { limits: [{ ...LIMIT, value: 5 }] }, ["limits"]],
		["the score", { health: healthOf({ blend: 0.6 }) }, ["gauge"]],
		["a position", { positions: [POSITION] }, ["positions"]],
		["a hold", { holds: [{ control: "C26", state: "PAUSED", reason: "three losses", until: null }] }, ["account"]],
	])("of %s repaints exactly the panes that show it", (_name, change, panes) => {
		const { store, take } = watched();
		take();
		// As a message port hands it over: everything is new, most of it equal.
		show(store, { now: structuredClone(rich(change)), log: [], logLost: 0, samples: null });
		expect(take()).toEqual(panes);
	});

	it.each<[name: string, update: Partial<SessionUpdate>, panes: readonly string[]]>([
		["an order's log line", { log: [entryOf({ mark: null })] }, ["log"]],
		["a warning", { log: [entryOf({ mark: null, weight: "warn" })] }, ["alerts", "log"]],
		["a fill", { log: [entryOf({ mark: "buy" })] }, ["chart", "chart2", "chart3", "log"]],
		["new points of the charts", { samples: [{ at: 1, bid: 1.1, equity: 10_000, chs: 0.7 }] }, ["chart", "chart2", "chart3"]],
	])("of %s repaints exactly the panes that show it", (_name, update, panes) => {
		const { store, take } = watched();
		take();
		show(store, { now: structuredClone(rich()), log: [], logLost: 0, samples: null, ...update });
		expect(take()).toEqual(panes);
	});

	it("repaints positions with the time once their age is shown", () => {
		const { store, take } = watched({ positions: [POSITION] });
		take();
		show(store, { now: structuredClone(rich({ positions: [POSITION], at: Date.UTC(2025, 0, 6, 10, 16) })), log: [], logLost: 0, samples: null });
		expect(take()).toEqual(["positions", "quote"]);
	});
});

function fail(error: unknown): never {
	throw error;
}
