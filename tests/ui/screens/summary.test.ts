import { beforeAll, describe, expect, it } from "vitest";
import { cleanSummary, withNumbers } from "../../../src/adapters/archive/summary-shape.ts";
import type { Summary, TradeRow } from "../../../src/engine/summary-type.ts";
import { dispatch } from "../../../src/ui/router.ts";
import { summaryScreen } from "../../../src/ui/screens/summary.ts";
import type { StoredSummary } from "../../../src/ui/state.ts";
import { type CockpitStore, createCockpitStore, setView } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { recordedSummary } from "../../helpers/stored.ts";

let recorded: Summary;
let crash: Summary;
beforeAll(async () => {
	recorded = await recordedSummary({ minutes: 400 });
	crash = await recordedSummary({ scenario: "crash", agent: "berserker", seed: 3, number: 2 });
});

function storeOf(summary: Summary, tab = 0): CockpitStore {
	const store = createCockpitStore({
		path: ["main", "sessions", "summary"],
		focus: "content",
		summary: { state: "ready", value: { summary, folder: `/home/sessions/${summary.sessionId}` } },
	});
	setView(store, "summary", { of: summary.sessionId, tab });
	return store;
}

function frame(summary: Summary, tab: number, columns: number, rows: number): string[] {
	return renderScreen(storeOf(summary, tab).getState(), columns, rows, summaryScreen);
}

const SIZES = [
	[80, 24],
	[100, 30],
	[120, 40],
	[200, 60],
] as const;

describe("the summary screen", () => {
	it("leaves an order that nobody knows of above everything at 80x24, whatever a rehearsal on the stand-in misses", () => {
		const broker = {
			venue: "sandbox",
			rehearsal: Array.from({ length: 12 }, (_, index) => `demand ${index}: 0, must be more`),
			probation: null,
			notConfirmed: ["BUY 0.1 lots (intent 1)"],
		} as unknown as NonNullable<Summary["broker"]>;
		const rows = frame({ ...recorded, mode: "demo", broker }, 0, 80, 24);
		const at = (text: string): number => rows.findIndex((row) => row.includes(text));
		expect(at("NOT CONFIRMED: nobody knows what became of BUY 0.1 lots (intent 1).")).toBe(2);
		expect(at("SANDBOX: the stand-in terminal")).toBeGreaterThan(2);
		expect(at("REHEARSAL: it never counts")).toBe(at("SANDBOX") + 1);
		expect(at("demand 0")).toBe(-1);
	});

	it("says at 80x24 why it ended, whether it counts, what was reached and what to do next", () => {
		expect(frame(recorded, 0, 80, 24)).toMatchInlineSnapshot(`
			[
			  " VIRTUAL  EURUSD M1  sma-1                                      2026-01-02 03:04",
			  " ✓ Ended as planned (end-of-data): the feed has no more data",
			  " Evidence: yes. The agent's record includes it.",
			  "  1 Overview   2 Charts  3 Trades  4 Health & breaker  5 Settings ──────────────",
			  " Promotion targets of this session: 0 of 5 passed, 5 without enough evidence",
			  "   target                           must be   value  95 % bound       verdict",
			  "   CHS, mean of the last 30 closes  > 0.9    0.7298                   not enough",
			  "   Omega, gains over losses         > 2.7    0.1398  0.0351 (> 1.35)  not enough",
			  "   Energy captured                  > 65 %    7.984  -4.775 (> 50 %)  not enough",
			  "   Validator rejections             = 0           0  42.86 (<= 5 %)   not enough",
			  "   Breaker events                   < 5 %         0                   not enough",
			  "     Not enough evidence: 7 of 60 trades (CHS, Omega, Energy captured, Breaker",
			  "     events)",
			  "     Not enough evidence: 7 of 60 orders (Validator rejections)",
			  "",
			  " Result",
			  " 1-12 of 39",
			  " Next: Collect evidence: promotion is judged from 60 trades on (53 more than",
			  " this session has).",
			]
		`);
	});

	it("puts targets and curves side by side at 200x60", () => {
		const rows = frame(recorded, 0, 200, 60);
		expect(rows.find((row) => row.includes("Promotion targets of this session"))).toMatch(/Promotion targets .* {3}Health$/);
		expect(rows.find((row) => row.includes("Curves"))).toBeDefined();
		expect(rows.find((row) => row.includes("favourable move captured"))).toBeDefined();
		expect(rows.at(-2)).toMatch(/all shown/);
	});

	it.each([0, 1, 2, 3, 4].flatMap((tab) => SIZES.map((size) => [tab, ...size] as const)))(
		"tab %i at %ix%i fills its area with text and always shows the next step",
		(tab, columns, rows) => {
			for (const summary of [recorded, crash]) {
				const shown = frame(summary, tab, columns, rows);
				const text = shown.join("\n");
				expect(text).toMatch(/^ Next: /m);
				expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
				expect(shown.findIndex((row) => row.startsWith(" Next: "))).toBeGreaterThanOrEqual(shown.length - 2);
			}
		},
	);

	it("draws price with entries and exits, equity and score", () => {
		const text = frame(recorded, 1, 120, 60).join("\n");
		expect(text).toContain("Price (bid)  ▲ buy  ▼ sell  ● exit");
		expect(text.split("●").length - 2).toBeGreaterThan(0);
		expect(text).toContain("Equity, USD");
		expect(text).toMatch(/2025-03-04 15:00 +2025-03-04 20:38/);
	});

	it("draws equity and score of an older summary, whose curve has no prices", () => {
		const old = { ...recorded, curve: recorded.curve.map(({ at, equity, chs }) => ({ at, equity, chs })) };
		const text = frame(old, 1, 120, 40).join("\n");
		expect(text).not.toContain("Price");
		expect(text).toContain("Equity, USD");
	});

	it.each([
		["duration", 0, "✓ Ended as planned (duration)"],
		["max-trades", 0, "✓ Ended as planned (max-trades)"],
		["duration", 5, "■ ENDED WITH TRADING STOPPED (duration)"],
		["breaker", 5, "■ STOPPED BY THE CIRCUIT BREAKER (breaker)"],
		["loss-limit", 5, "■ STOPPED BY A LOSS LIMIT (loss-limit)"],
		["kill", 5, "■ KILLED (kill)"],
		["halt", 5, "■ HALTED (halt)"],
		["interrupt", 130, "⚠ INTERRUPTED (interrupt)"],
		["data-failure", 3, "✗ DATA FAILED (data-failure)"],
		["journal-failure", 3, "✗ JOURNAL FAILED (journal-failure)"],
		["bug", 70, "✗ STOPPED BY A BUG (bug)"],
		["toString", 0, "⚠ ENDED: toString (toString)"],
	])("says unmistakably how it ended: %s, exit code %i", (endReason, exitCode, words) => {
		const rows = frame({ ...recorded, endReason: endReason as Summary["endReason"], exitCode }, 0, 80, 24);
		expect(rows[1]).toContain(words);
		const pane = summaryScreen.panes(storeOf(recorded).getState(), { x: 0, y: 0, width: 80, height: 19 })[0];
		const state = storeOf({ ...recorded, endReason: endReason as Summary["endReason"], exitCode }).getState();
		const tones = pane?.paint(pane.select(state), { width: 80, height: 19 })[1]?.map((part) => part.tone) ?? [];
		const expected = words.startsWith("✓") ? "good" : words.startsWith("■") ? "alarm" : words.startsWith("⚠") ? "warn" : "bad";
		expect(tones).toContain(expected);
	});

	it("keeps long texts reachable: two rows above and below, all of it under the overview", () => {
		const nextStep = `First ${"and then something else ".repeat(20)}at last.`;
		const store = storeOf({ ...recorded, nextStep });
		expect(renderScreen(store.getState(), 80, 24, summaryScreen).at(-1)).toMatch(/…$/);
		dispatch(contextOf(store), "end");
		expect(renderScreen(store.getState(), 80, 24, summaryScreen).join("\n")).toContain("at last.");
	});

	it("shows what is missing while there is no summary", () => {
		const shown = (summary: ReturnType<CockpitStore["getState"]>["summary"]): string =>
			renderScreen(createCockpitStore({ path: ["main", "summary"], focus: "content", summary }).getState(), 80, 24, summaryScreen).join("\n");
		expect(shown({ state: "none" })).toContain("No summary is open.");
		expect(shown({ state: "loading" })).toContain("Reading the summary");
		expect(shown({ state: "failed", reason: "it is damaged" })).toContain("✗ it is damaged");
	});

	it("shows a number that is none as unknown", () => {
		const broken = withNumbers(
			cleanSummary({ ...recorded, trades: recorded.trades.map((trade) => ({ ...trade, r: Number.NaN, net: Number.NaN })), netProfit: Number.NaN }),
		);
		for (const tab of [0, 1, 2, 3, 4]) expect(frame(broken, tab, 120, 40).join("\n")).not.toContain("NaN");
		expect(frame(broken, 0, 120, 40).join("\n")).toContain("net --");
	});
});

describe("the trades of the journal", () => {
	/** A session of 60 trades: the summary keeps some of them, the journal has all. */
	const longer = (): StoredSummary => {
		const [first] = recorded.trades;
		if (first === undefined) throw new Error("the recorded session has no trade");
		const all = Array.from({ length: 60 }, (_, index): TradeRow => ({ ...first, number: index + 1, net: index === 3 ? 999.5 : index === 7 ? -888.25 : 1 }));
		const trades = { newest: all, count: 1234, best: all[3] ?? null, worst: all[7] ?? null };
		return { summary: recorded, folder: "/home/sessions/x", trades };
	};

	it("are listed instead of the last ones of the summary, with best and worst of all", () => {
		const store = storeOf(recorded, 2);
		store.setState({ summary: { state: "ready", value: longer() } });
		const rows = renderScreen(store.getState(), 120, 40, summaryScreen).join("\n");
		expect(rows).toContain("best   #4");
		expect(rows).toContain("+999.50 USD");
		expect(rows).toContain("worst  #8");
		expect(rows).toContain("-888.25 USD");
		expect(rows).toContain("1 of 60, newest first; 1,234 in all: e exports every one");
	});

	it("are selected and opened by the same keys", () => {
		const store = storeOf(recorded, 2);
		store.setState({ summary: { state: "ready", value: longer() } });
		const context = contextOf(store);
		for (const key of ["end", "enter"]) dispatch(context, key);
		expect(context.asked.at(-1)).toBe(`openTrade {"sessionId":"${recorded.sessionId}"} 1 false`);
	});

	it("are asked for once, when the summary comes to the front", () => {
		const store = storeOf(recorded);
		const context = contextOf(store);
		summaryScreen.enter?.(context);
		expect(context.asked).toEqual([`loadTrades ${recorded.sessionId}`]);
		store.setState({ summary: { state: "ready", value: longer() } });
		summaryScreen.enter?.(context);
		expect(context.asked).toHaveLength(1);
	});
});

describe("keys of the summary", () => {
	const pressed = (summary: Summary, keys: readonly string[], tab = 0): { store: CockpitStore; asked: readonly string[] } => {
		const store = storeOf(summary, tab);
		const context = contextOf(store);
		for (const key of keys) dispatch(context, key);
		return { store, asked: context.asked };
	};

	it.each([
		[["2"], 1],
		[["5"], 4],
		[["right"], 1],
		[["left"], 4],
		[["right", "right", "l", "h"], 2],
		[["5", "right"], 0],
	])("%j shows tab %i from its top", (keys, tab) => {
		const { store } = pressed(recorded, ["down", ...keys]);
		expect(store.getState().views.summary).toMatchObject({ tab, top: 0 });
	});

	it.each([
		["R", "startReplay"],
		["e", "exportSession"],
		["v", "verifySession"],
	])("%s asks for %s of this session", (key, intent) => {
		expect(pressed(recorded, [key]).asked).toEqual([`${intent} ${recorded.sessionId}`]);
	});

	it("Enter opens the selected trade, newest first", () => {
		const { store, asked } = pressed(recorded, ["down", "enter"], 2);
		const trade = recorded.trades.at(-2);
		expect(asked).toEqual([`openTrade {"sessionId":"${recorded.sessionId}"} ${trade?.number} ${trade?.shadow}`]);
		expect(store.getState().path.at(-1)).toBe("trade");
	});

	it.each([
		[["end"], -1],
		[["end", "up"], -2],
		[["end", "home"], 0],
		[["pagedown", "pagedown", "pagedown"], -1],
		[["pagedown", "pageup"], 0],
		[["k"], 0],
	])("%j moves the selection to %i", (keys, place) => {
		const { store } = pressed(recorded, keys, 2);
		expect(store.getState().views.summary.selected).toBe(place < 0 ? recorded.trades.length + place : place);
	});

	it("the selected trade is always in sight", () => {
		const { store } = pressed(recorded, ["end"], 2);
		expect(renderScreen(store.getState(), 80, 24, summaryScreen).some((row) => row.startsWith(` ❯ ${recorded.trades[0]?.number}`))).toBe(true);
	});

	it("/ finds a trade by its reason and selects it", () => {
		const { store } = pressed(recorded, ["/", ..."stop loss", "enter"], 2);
		const newestFirst = [...recorded.trades].reverse();
		const found = newestFirst.findIndex((trade) => trade.exitReason === "stop loss");
		expect(found).toBeGreaterThan(-1);
		expect(store.getState().views.summary.selected).toBe(found);
	});

	it("says why a key does nothing", () => {
		expect(pressed(recorded, ["enter"]).store.getState().notice?.text).toBe("Choose the trade in the trades first (3).");
		expect(pressed({ ...recorded, trades: [] }, ["enter"], 2).store.getState().notice?.text).toBe("This session closed no trade.");
		const none = createCockpitStore({ path: ["main", "summary"], focus: "content" });
		for (const key of ["R", "e", "v", "enter"]) {
			none.setState({ notice: null });
			dispatch(contextOf(none), key);
			expect(none.getState().notice?.text).toBe("No summary is open.");
		}
	});

	it("n goes back to the form with the same choices but a new seed", () => {
		const store = storeOf({ ...recorded, symbol: "GBPUSD", scenario: "calm" });
		store.setState({ choices: { seed: "7", duration: "120", agent: "berserker" } });
		dispatch(contextOf(store), "n");
		expect(store.getState().path).toEqual(["main", "live-testing", "virtual"]);
		expect(store.getState().choices).toEqual({ duration: "120", agent: "sma", symbol: "GBPUSD", timeframe: "M1", feed: "synthetic", scenario: "calm" });
	});

	it("n goes to the next place while something is searched for", () => {
		const { store } = pressed(recorded, ["/", ..."evidence", "enter", "n"]);
		expect(store.getState().path.at(-1)).toBe("summary");
		expect(store.getState().views.summary.top).toBeGreaterThan(0);
	});

	it("marks a text that was cut with one ellipsis, however wide its last row is", () => {
		for (let length = 60; length < 100; length++) {
			const long = { ...recorded, endDetail: `${"x".repeat(length)} ${"y".repeat(70)} z z z z z z`, nextStep: `${"word ".repeat(length)}end` };
			expect(frame(long, 0, 80, 24).join("\n")).not.toContain("……");
		}
	});

	it("Esc ends a search that was kept before it goes back", () => {
		const { store } = pressed(recorded, ["/", ..."omega", "enter", "escape"]);
		expect(store.getState()).toMatchObject({ path: ["main", "sessions", "summary"], views: { summary: { query: "" } } });
		dispatch(contextOf(store), "escape");
		expect(store.getState().path).toEqual(["main", "sessions"]);
	});

	it("another session begins at its overview, the same one where it was", () => {
		const store = storeOf(recorded, 3);
		summaryScreen.enter?.(contextOf(store));
		expect(store.getState().views.summary.tab).toBe(3);
		store.setState({ summary: { state: "ready", value: { summary: crash, folder: "/x" } } });
		summaryScreen.enter?.(contextOf(store));
		expect(store.getState().views.summary).toMatchObject({ tab: 0, of: crash.sessionId });
	});
});
