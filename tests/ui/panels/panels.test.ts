import { describe, expect, it } from "vitest";
import type { LogEntry } from "../../../src/engine/log.ts";
import type { Projection } from "../../../src/engine/project.ts";
import { type Line, textOf } from "../../../src/print/line.ts";
import type { Size } from "../../../src/ui/pane.ts";
import { accountPanel } from "../../../src/ui/panels/account.ts";
import { alertsPanel } from "../../../src/ui/panels/alerts.ts";
import { paintBanner, selectBanner } from "../../../src/ui/panels/banner.ts";
import { gaugePanel } from "../../../src/ui/panels/gauge.ts";
import { limitsPanel } from "../../../src/ui/panels/limits.ts";
import { logPanel } from "../../../src/ui/panels/log.ts";
import { positionsPanel } from "../../../src/ui/panels/positions.ts";
import { quotePanel } from "../../../src/ui/panels/quote.ts";
import { type Panel, runningView } from "../../../src/ui/panels/shown.ts";
import type { SessionView } from "../../../src/ui/session-view.ts";
import type { CockpitState } from "../../../src/ui/state.ts";
import { NEW_VIEWS } from "../../../src/ui/views.ts";
import { busyView, entryOf, healthOf, LOG, NOW, sessionState, TRIPPED } from "../../helpers/session-state.ts";

/** The rows of a panel for a state, and what its title's row says on the right. */
function shown<Slice extends object>(
	panel: Panel<Slice>,
	state: CockpitState,
	size: Size,
): { readonly rows: string[]; readonly right: string; readonly lines: readonly Line[] } {
	const view = runningView(state);
	if (view === null) throw new Error("no projection");
	const slice = panel.select(view, state);
	const lines = panel.paint(slice, size);
	return { rows: lines.map((row) => textOf(row).trimEnd()), right: textOf(panel.right(slice)), lines };
}

function rowsOf<Slice extends object>(panel: Panel<Slice>, view: SessionView, size: Size, change: Partial<CockpitState> = {}): string[] {
	return shown(panel, sessionState(view, {}, change), size).rows;
}

const WIDE = { width: 60, height: 9 };

describe("the gauge", () => {
	it.each<[string, Partial<Projection>, RegExp]>([
		["never shows the trip level for less", TRIPPED, /^0\.549 failing/],
		["says what caps the score", TRIPPED, /⚠ capped at 0\.549 by orders refused by validation/],
		["says that an input was no number", { health: healthOf({ capBy: "input", cap: 0 }) }, /capped at 0\.000 by an input that was no number/],
		["says unknown in words", { chs: 0.84, chsState: "unknown" }, /^0\.840 unknown {2}too few trades to judge/],
		["shows no number while features warm up", { health: null }, /^-- not known {2}warming up, 120 of 120 bars/],
		["shows no number for a score that is none", { chs: Number.NaN }, /^-- not known {2}the score cannot be computed: no new risk/],
		["marks the weakest pillar", {}, /^▼ agent {5}0\.64 /m],
		["names each pillar's weakest component", {}, /risk {6}0\.81 ██████░░ drawdown from the peak +0\.79/],
	])("%s", (_name, change, expected) => {
		expect(rowsOf(gaugePanel, busyView(change), WIDE).join("\n")).toMatch(expected);
	});

	it("fills the bar up to the tick only when the level is reached", () => {
		const bar = (chs: number): string => rowsOf(gaugePanel, busyView({ chs }), { width: 100, height: 9 })[1] ?? "";
		const ticks = `│${"░".repeat(9)}│${"░".repeat(24)}│${"░".repeat(9)}`;
		expect(bar(0.5499)).toBe(`${"█".repeat(54)}░${ticks}`);
		expect(bar(0.5501)).toBe(`${"█".repeat(55)}${ticks}`);
		expect(bar(0.575)).toBe(`${"█".repeat(55)}│█${ticks.slice(2)}`);
		expect(bar(Number.NaN)).toBe(`${"░".repeat(55)}│${"░".repeat(9)}│${"░".repeat(24)}│${"░".repeat(9)}`);
	});
});

describe("the account", () => {
	it("says every hold with its reason and end, and why no entry is made", () => {
		const holds = [
			{ control: "C21", state: "HALTED", reason: "the session lost 5 %", until: NOW + 60_000 },
			{ control: "C26", state: "PAUSED", reason: "four losses in a row", until: null },
		] as const;
		const entryHold = { control: "C28", reason: "cool-down after a close", until: NOW + 5000 };
		const rows = rowsOf(accountPanel, busyView({ state: "HALTED", holds, entryHold }), { width: 70, height: 11 });
		expect(rows.slice(0, 4)).toEqual([
			"■ HALTED  Latched; closing by hand allowed, a typed reset releases",
			"■ C21 the session lost 5 % until 10:16:30",
			"⏸ C26 four losses in a row",
			"⏸ C28 no entry: cool-down after a close until 10:15:35",
		]);
	});

	it("says the first half of what a state means where there is no room for all", () => {
		const first = (width: number) => rowsOf(accountPanel, busyView({ state: "PAUSED" }), { width, height: 9 })[0];
		expect(first(60)).toBe("⏸ PAUSED  No new risk; ends by itself or by the operator");
		expect(first(44)).toBe("⏸ PAUSED  No new risk");
	});

	it.each<[string, Partial<Projection>, string]>([
		["a warm-up", { phase: "warmup" }, "· WARM-UP  no entries yet"],
		["an end on its way", { phase: "ending", flattening: true }, "▼ ENDING  every position is being closed"],
		["an ended session", { phase: "ended", flattening: true }, "■ ENDED  the session is over"],
		["a session that was ended while killed", { phase: "ended", state: "KILLED" }, "✗ KILLED  the session is over"],
	])("never promises that positions may be opened: %s", (_name, change, expected) => {
		expect(rowsOf(accountPanel, busyView(change), { width: 60, height: 9 })[0]).toBe(expected);
	});

	it("puts the hold that decides the state first", () => {
		const holds = [
			{ control: "C25", state: "HALTED", reason: "the breaker", until: null },
			{ control: "C24", state: "KILLED", reason: "lost 4 % in a minute", until: null },
		] as const;
		expect(rowsOf(accountPanel, busyView({ state: "KILLED", holds }), { width: 60, height: 4 })[0]).toBe("✗ KILLED  ✗ C24 lost 4 % in a minute");
	});

	it("says how many holds there is no room for", () => {
		const holds = Array.from({ length: 6 }, (_, index) => ({ control: `C${index + 20}`, state: "PAUSED" as const, reason: "a reason", until: null }));
		const rows = rowsOf(accountPanel, busyView({ state: "PAUSED", holds }), { width: 60, height: 8 });
		expect(rows.slice(1, 4)).toEqual(["⏸ C20 a reason", "⏸ C21 a reason", "and 4 more holds"]);
	});

	it("shows unknown money as unknown", () => {
		const rows = rowsOf(accountPanel, busyView({ equity: null, balance: null, floating: null, margin: null, marginLevelPct: null, drawdownPct: null }), {
			width: 48,
			height: 7,
		});
		expect(rows.slice(1, 5)).toEqual([
			"equity               --  floating             --",
			"balance              --  closed net       +12.00",
			"margin               --  level                --",
			"drawdown             --  largest          0.40 %",
		]);
	});
});

describe("limits", () => {
	it("puts the nearest first and what is not known before them", () => {
		const limits = [
			{ control: "C20", label: "trades", value: 4, limit: 10, unit: "count", action: "ends" },
			{ control: "C21", label: "session loss", value: 4.9999, limit: 5, unit: "percent", action: "KILLED" },
			{ control: "C23", label: "drawdown", value: null, limit: 10, unit: "percent", action: "HALTED" },
			{ control: "C19", label: "open positions", value: 5, limit: 5, unit: "count", action: "no entries" },
		] as const;
		expect(rowsOf(limitsPanel, busyView({ limits }), { width: 60, height: 6 })).toEqual([
			"⚠ drawdown        --/10.00 % ░░░░░░░░░░░░░░░░ HALTED     C23",
			"⚠ open positions         5/5 ████████████████ no entries C19",
			"⚠ session loss   4.99/5.00 % ███████████████░ KILLED     C21",
			"  trades                4/10 ██████░░░░░░░░░░ ends       C20",
		]);
	});

	it("says so when there is none", () => {
		expect(rowsOf(limitsPanel, busyView({ limits: [] }), WIDE)).toEqual(["No limit is set that could stop this session."]);
	});
});

describe("positions and orders", () => {
	const position = busyView().now?.positions[0] as Projection["positions"][number];
	const order = { what: "BUY LIMIT", status: "waiting", lots: 0.2, price: 1.03, sl: 1.02, tp: 0, since: NOW - 60_000 } as const;

	it("puts orders of unknown fate on top and shadow positions last", () => {
		const view = busyView({
			positions: [{ ...position, tradeNumber: 9, shadow: true }, position],
			orders: [order, { ...order, what: "close", status: "in flight", price: 0, sl: 0 }, { ...order, what: "BUY", status: "unknown", price: 0 }],
		});
		const { rows, right } = shown(positionsPanel, sessionState(view), { width: 100, height: 7 });
		expect(rows.map((row) => row.slice(0, 40).trimEnd())).toEqual([
			"  what                            lots",
			"⚠ UNKNOWN BUY                     0.20",
			"▲ BUY 4                           0.10",
			"· close in flight                 0.20",
			"· BUY LIMIT waiting               0.20",
			"▲ BUY shadow 9                    0.10",
		]);
		expect(right).toBe("⚠ 1 UNKNOWN  1 open, 2 orders, 1 shadow");
	});

	it("says how many there is no room for", () => {
		const positions = Array.from({ length: 9 }, (_, index) => ({ ...position, tradeNumber: index }));
		expect(rowsOf(positionsPanel, busyView({ positions }), { width: 100, height: 4 }).at(-1)).toBe("and 7 more");
	});

	it("warns of a position without a stop and of a result that is not known", () => {
		const { lines } = shown(positionsPanel, sessionState(busyView({ positions: [{ ...position, sl: 0, money: null, points: null }] })), {
			width: 100,
			height: 4,
		});
		expect(lines[1]?.filter(({ text }) => text.trim() === "none").map(({ tone }) => tone)).toEqual(["warn"]);
		expect(textOf(lines[1] ?? [])).toMatch(/ -- +-- +02:00$/);
	});
});

describe("the quote", () => {
	const quote = (view: SessionView, wallMs = 0): string => rowsOf(quotePanel, view, { width: 120, height: 1 }, { wallMs })[0] ?? "";

	it.each<[string, Partial<Projection>, RegExp]>([
		["a fresh one", { quoteAt: NOW - 430 }, /✓ 0\.4 s old/],
		["two seconds are fresh", { quoteAt: NOW - 2000 }, /✓ 2\.0 s old/],
		["stale after two seconds", { quoteAt: NOW - 2001 }, /⚠ stale, 2\.0 s old/],
		["not believed", { quoteState: "jump", quoteWhy: "price jumped 2.00 % in one quote" }, /⚠ jump: price jumped 2\.00 % in one quote/],
		["none yet", { quoteState: "none", bid: 0, ask: 0 }, /-- \/ -- .*⚠ no quote yet/],
	])("%s", (_name, change, expected) => {
		expect(quote(busyView(change))).toMatch(expected);
	});

	it("says when the engine is silent, but not of a held replay or an ended session", () => {
		expect(quote(busyView(), 2000)).not.toContain("no news");
		expect(quote(busyView(), 2999)).toContain("⚠ no news from the engine for 2 s");
		expect(quote(busyView({}, { held: true }), 9000)).not.toContain("no news");
		expect(quote(busyView({}, { end: { kind: "failed", message: "x" } }), 9000)).not.toContain("no news");
	});

	it.each([
		["five digits", 5, 1.08423, ["1.08", "42", "3"]],
		["three digits", 3, 150.123, ["150.", "12", "3"]],
		["two digits", 2, 2650.12, ["2650.", "12"]],
	])("makes the pip digits stand out: %s", (_name, digits, bid, expected) => {
		const { lines } = shown(quotePanel, sessionState(busyView({ bid }, {}, { digits })), { width: 120, height: 1 });
		expect(lines[0]?.slice(2, 2 + expected.length).map(({ text }) => text)).toEqual(expected);
		expect(lines[0]?.[3]?.tone).toBe("strong");
	});
});

describe("the trade log", () => {
	const size = { width: 78, height: 5 };
	const log = Array.from(
		{ length: 30 },
		(_, index): LogEntry => entryOf({ at: NOW + index * 1000, event: `event ${index}`, kind: index % 2 === 0 ? "order" : "breaker" }),
	);
	const at = (anchor: LogEntry | null, change: Partial<SessionView> = {}, more: object = {}) =>
		shown(logPanel, sessionState(busyView({}, { log, ...change }), { log: { ...NEW_VIEWS.session.log, anchor, ...more } }), size);

	it("follows the newest, and keeps the marked row when new ones come", () => {
		expect(at(null).rows.map((row) => row.slice(13, 22).trim())).toEqual(["event 25", "event 26", "event 27", "event 28", "event 29"]);
		expect(at(null).right).toBe("following");
		const marked = log[10] ?? null;
		const before = at(marked);
		const after = at(marked, { log: [...log, entryOf({ at: NOW + 99_000, event: "event 30" })] });
		expect(before.rows).toEqual(after.rows);
		expect([before.right, after.right]).toEqual(["⏸ 19 newer, End follows", "⏸ 20 newer, End follows"]);
		expect(before.rows.find((row) => row.startsWith("❯"))).toContain("event 10");
	});

	it("goes to the oldest row when the marked one has left the ring", () => {
		expect(at(log[0] ?? null, { log: log.slice(5) }).rows[0]).toMatch(/^❯ .*event 5 /);
	});

	it("filters by kind and words, and says so", () => {
		expect(at(null, {}, { kind: "breaker" }).rows.map((row) => row.slice(13, 22).trim())).toEqual(["event 21", "event 23", "event 25", "event 27", "event 29"]);
		expect(at(null, {}, { kind: "breaker", filter: "nothing like it" }).rows).toEqual(['No entry matches kind breaker "nothing like it". f changes the kind.']);
		expect(at(null, { logLost: 1200 }, { filter: "EVENT 7" })).toMatchObject({ right: '⚠ 1,200 not shown, the journal has them  "EVENT 7"  following' });
		expect(at(null, {}, { filter: "ev", typing: true }).right).toBe("/ev█ Enter keeps");
	});

	it("lists closed trades", () => {
		const state = sessionState(busyView({}, { log: LOG }), { list: "trades" });
		expect(shown(logPanel, state, size).rows).toEqual([
			"  10:07:30 ✓ take profit       1.03880  0.10     +3.00 take profit",
			"❯ 10:10:30   stop loss         1.03930  0.10     -2.00 stop loss",
		]);
	});

	it("shows the seconds also when something was told before the broker's time was known", () => {
		const rows = rowsOf(logPanel, busyView({}, { log: [entryOf({ at: 0 }), ...LOG.slice(0, 2)] }), { width: 78, height: 10 });
		expect(rows.find((row) => row.includes("--:--:--"))).toBeDefined();
		expect(rows.join("\n")).toMatch(/\d\d:\d\d:\d\d/);
	});

	it("shows the day as well once the log reaches over midnight", () => {
		const day = 86_400_000;
		const rows = at(null, { log: [entryOf({ at: NOW, event: "one" }), entryOf({ at: NOW + day, event: "two" })] }).rows;
		expect(rows.map((row) => row.slice(2, 20).trim())).toEqual([
			expect.stringMatching(/^\d\d-\d\d 10:15 +one/),
			expect.stringMatching(/^\d\d-\d\d 10:15 +two/),
		]);
		expect(at(null).rows[0]).toMatch(/^..10:15:/);
	});

	it("lets a reason have the columns that are empty in its row", () => {
		const reason = "spread is 3.4 times its median";
		const row = (change: Partial<LogEntry>): string =>
			rowsOf(logPanel, busyView({}, { log: [entryOf({ reason, trade: null, ...change })] }), { width: 78, height: 3 })[0] ?? "";
		expect(row({ event: "BUY sent" })).toBe("❯ 10:15:30   BUY sent          1.03905  0.10 spread is 3.4 times its median");
		expect(row({ event: "BUY refused", price: null, control: "C10" })).toBe("❯ 10:15:30   BUY refused                0.10 C10 spread is 3.4 times its medi…");
		expect(row({ event: "KILLED loss too fast", price: null, lots: null, control: "C24" })).toBe(
			"❯ 10:15:30   KILLED loss too fast C24 spread is 3.4 times its median",
		);
		expect(row({ event: "closed", result: -2 })).toBe("❯ 10:15:30   closed            1.03905  0.10     -2.00 spread is 3.4 times it…");
	});

	it("shows the reason in full below, with what Enter opens", () => {
		const rows = rowsOf(logPanel, busyView({}, { log: LOG.slice(0, 6) }), { width: 70, height: 8 });
		expect(rows.at(-1)).toBe("❯ C10: the spread is 3.4 times its median, at most 3");
	});
});

describe("alerts", () => {
	const alert = (id: number, weight: "good" | "warn" | "alarm") => ({
		id,
		at: NOW + id * 1000,
		lastAt: NOW + id * 1000,
		weight,
		text: `alert ${id}`,
		control: null,
		count: id,
	});

	it("keeps the first cause on top of the newest four", () => {
		const recent = [3, 4, 5, 6].map((id) => alert(id, id === 4 ? "good" : "warn"));
		const { rows, right } = shown(alertsPanel, sessionState(busyView({}, { alerts: { first: alert(1, "alarm"), recent, nextId: 7, waiting: recent } })), {
			width: 60,
			height: 9,
		});
		expect(rows).toEqual(["■ 10:15:31 alert 1", "⚠ 10:15:33 ×3 alert 3", "✓ 10:15:34 ×4 alert 4", "⚠ 10:15:35 ×5 alert 5", "⚠ 10:15:36 ×6 alert 6"]);
		expect(right).toBe("a acknowledges, 4 wait");
	});

	it("pushes no alarm out that nobody has acknowledged, and names those that there is no row for", () => {
		const recent = [3, 4, 5, 6].map((id) => alert(id, "warn"));
		const alerts = { first: alert(1, "warn"), recent, nextId: 7, waiting: [alert(2, "alarm"), ...recent] };
		const at = (height: number) => shown(alertsPanel, sessionState(busyView({}, { alerts })), { width: 60, height });
		expect(at(3).rows.map((row) => row.slice(-7))).toEqual(["alert 1", "alert 2", "alert 6"]);
		expect(at(1)).toMatchObject({ rows: ["⚠ 10:15:31 alert 1"], right: "a acknowledges, 5 wait ■ 1 alarm" });
	});

	it("shows first cause and newest where there are two rows", () => {
		const rows = rowsOf(
			alertsPanel,
			busyView({}, { alerts: { first: alert(1, "warn"), recent: [alert(2, "warn"), alert(3, "alarm")], nextId: 4, waiting: [] } }),
			{ width: 60, height: 2 },
		);
		expect(rows).toEqual(["⚠ 10:15:31 alert 1", "■ 10:15:33 ×3 alert 3"]);
	});
});

describe("the banner", () => {
	const banner = (view: SessionView, height = 4): string =>
		paintBanner(selectBanner(sessionState(view)), { width: 80, height })
			.map((row) => textOf(row).trimEnd())
			.join("\n");
	const latch = (state: "HALTED" | "KILLED", control: string, reason: string): Partial<Projection> => ({
		state,
		holds: [{ control, state, reason, until: null }],
	});

	it.each<[string, SessionView, RegExp]>([
		["positions that are kept", busyView(TRIPPED), /No new risk\. 1 open, SL and TP stay; F flattens\./],
		["positions that are closed", busyView(TRIPPED, {}, { onBreaker: "flatten" }), /No new risk\. 1 open, being closed\./],
		["what re-arms it", busyView(TRIPPED), /Re-arms itself: CHS above 0\.650, now 0\.549; 4 more minutes of 5/],
		[
			"a latched breaker",
			busyView({ ...TRIPPED, breaker: { ...busyView(TRIPPED).now?.breaker, latched: true } as Projection["breaker"] }),
			/LATCHED: press r and type the reason\. Also: CHS above 0\.650/,
		],
		["a kill", busyView(latch("KILLED", "C33", "the operator pressed K")), /^ ✗ KILLED {2}C33: the operator pressed K\n No new orders/],
		["a halt", busyView(latch("HALTED", "C21", "the session lost 5 %")), /^ ■ HALTED {2}C21: the session lost 5 %\n No new risk\..*\n Press r/],
		[
			"a kill while the breaker is open",
			busyView({ ...TRIPPED, ...latch("KILLED", "C24", "lost 4.2 % in a minute") }),
			/^ ■ CIRCUIT BREAKER {2}✗ KILLED {2}C24: lost 4\.2 % in a minute\n CHS 0\.549 < 0\.550 by validator: too many orders break a rule.*\n No new orders, waiting ones cancelled\. 1 open, SL and TP stay; F flattens\.\n Press r/,
		],
		[
			"that it was slowed down to wait",
			busyView(latch("KILLED", "C33", "the operator pressed K"), { slowed: true, speed: 1 }),
			/Press r .*\n Slowed to 1x, waiting for you; \+ speeds up\.$/,
		],
		[
			"a loss of the day, which no reset lifts before its end",
			busyView({ state: "KILLED", holds: [{ control: "C22", state: "KILLED", reason: "daily loss", until: Date.UTC(2025, 0, 7) }] }),
			/C22 cannot be reset before 01-07 00:00; q ends the session\./,
		],
		["a failure", busyView({}, { end: { kind: "failed", message: "the disk is full" } }), /✗ THE SESSION FAILED {2}the disk is full/],
		[
			"an end on its way",
			busyView({ stopping: { reason: "interrupt", detail: "stopped by the user", flatten: true } }),
			/ENDING {2}stopped by the user\n Closing 1 open\./,
		],
		["a replay that matches", busyView({}, { end: { kind: "replayed", matches: true, detail: "12 lines" } }), /✓ REPLAYED, SAME FINGERPRINT {2}12 lines/],
		["a replay that does not", busyView({}, { end: { kind: "replayed", matches: false, detail: "line 7 differs" } }), /✗ REPLAY DIFFERS {2}line 7 differs/],
	])("%s", (_name, view, expected) => {
		expect(banner(view)).toMatch(expected);
	});

	it("paints every cell of its rows in the alarm's tone", () => {
		for (const height of [4, 6]) {
			const lines = paintBanner(selectBanner(sessionState(busyView(TRIPPED))), { width: 80, height });
			expect(lines).toHaveLength(height);
			expect(new Set(lines.flat().map(({ tone }) => tone))).toEqual(new Set(["alarm"]));
			expect(lines.map((row) => textOf(row).length)).toEqual(Array.from({ length: height }, () => 80));
		}
	});

	it("is absent while nothing is wrong", () => {
		expect(banner(busyView())).toBe("");
	});
});
