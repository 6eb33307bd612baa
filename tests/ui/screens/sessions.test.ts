import { describe, expect, it } from "vitest";
import { dispatch } from "../../../src/ui/router.ts";
import { sessionsScreen } from "../../../src/ui/screens/sessions.ts";
import { shownSessions } from "../../../src/ui/sessions/rows.ts";
import type { SessionRow } from "../../../src/ui/state.ts";
import { type CockpitStore, createCockpitStore } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { idOf, sessionRow } from "../../helpers/stored.ts";

const UNKNOWN: Partial<SessionRow> = { trades: null, netProfit: null, currency: null, chs: null, evidence: null, gate: null };

/** Newest first, as the archive gives them. */
const ROWS: readonly SessionRow[] = [
	sessionRow(6, { ...UNKNOWN, ended: "running", agentBuild: null }),
	sessionRow(5, { ended: "breaker", agent: "berserker", agentBuild: "berserker-1", scenario: "crash", netProfit: -812.5, chs: 0.4123, evidence: false }),
	sessionRow(4, { ...UNKNOWN, ended: "damaged", startedWallMs: null, mode: null, symbol: null, agent: null, agentBuild: null, scenario: null }),
	sessionRow(3, { symbol: "USDJPY", scenario: null }),
	sessionRow(2, { ...UNKNOWN, ended: "not finished", agentBuild: null }),
	sessionRow(1),
];

function storeOf(rows: readonly SessionRow[] = ROWS): CockpitStore {
	return createCockpitStore({ path: ["main", "sessions"], focus: "content", sessions: { state: "ready", value: rows } });
}

function press(store: CockpitStore, ...keys: readonly string[]): readonly string[] {
	const context = contextOf(store);
	for (const key of keys) dispatch(context, key);
	return context.asked;
}

function ids(store: CockpitStore): string[] {
	const { sessions, views } = store.getState();
	return shownSessions({ sessions, view: views.sessions }).map((row) => row.id.slice(-1));
}

describe("the list of sessions", () => {
	it("shows at 80x24 what each session is and how it ended", () => {
		expect(renderScreen(storeOf().getState(), 80, 24, sessionsScreen)).toMatchInlineSnapshot(`
			[
			  " 1 of 6, newest first",
			  "    id     started     symbol  agent       ended        trades       net    CHS",
			  " ❯  000006 01-02 03:06 EURUSD  sma         ● running        --        --     --",
			  "    000005 01-02 03:05 EURUSD  berserker-1 ■ breaker         5   -812.50 0.4123",
			  "    000004 --          --      --          ✗ damaged        --        --     --",
			  "    000003 01-02 03:03 USDJPY  sma-1       duration          3    +15.00   0.75",
			  "    000002 01-02 03:02 EURUSD  sma         ⚠ unfinished     --        --     --",
			  "    000001 01-02 03:01 EURUSD  sma-1       duration          1     -5.00   0.75",
			  "",
			  "",
			  "",
			  "",
			  "",
			  "",
			  "",
			  "",
			  "",
			  " This session is still running: its summary is written when it ends.",
			  " w shows the one that runs here.",
			]
		`);
	});

	it("shows scenario, currency and evidence where there is room", () => {
		const rows = renderScreen(storeOf().getState(), 200, 60, sessionsScreen);
		expect(rows[1]).toMatch(/id +started +symbol +agent +scenario +ended +trades +net +CHS +counts/);
		expect(rows.find((row) => row.includes("000005"))).toMatch(/01-02 03:05 EURUSD +berserker-1 +crash +■ breaker +5 +-812.50 USD +0.4123 no/);
		expect(rows.find((row) => row.includes("000003"))).toMatch(/USDJPY +sma-1 +file +duration +3 +\+15.00 USD +0.75 +✓ yes/);
	});

	it.each([
		[0, "This session is still running", "w shows the one that runs here."],
		[2, "The summary of this session is damaged", "v checks the journal"],
		[4, "This session has no summary", "v checks it, R plays it again, e exports it."],
	])("says of row %i what is wrong and what can be done", (row, why, advice) => {
		const store = storeOf();
		press(store, ...Array.from({ length: row }, () => "down"));
		const rows = renderScreen(store.getState(), 80, 24, sessionsScreen);
		expect(rows.at(-2)).toContain(why);
		expect(rows.at(-1)).toContain(advice);
		press(store, "enter");
		expect(store.getState().notice?.text).toContain(why);
		expect(store.getState().path.at(-1)).toBe("sessions");
	});

	it("says how to begin when there is none, and what went wrong when they cannot be read", () => {
		expect(renderScreen(storeOf([]).getState(), 80, 24, sessionsScreen).join("\n")).toContain("No session yet.");
		const failed = createCockpitStore({ path: ["main", "sessions"], focus: "content", sessions: { state: "failed", reason: "others may look into it" } });
		expect(renderScreen(failed.getState(), 80, 24, sessionsScreen).join("\n")).toContain("✗ others may look into it");
	});

	it.each([
		[0, "newest", "654321"],
		[1, "net", "313546".slice(0, 2)],
		[2, "chs", ""],
		[3, "trades", "531642"],
		[4, "newest", "654321"],
	])("o pressed %i times sorts by %s", (times, sort, order) => {
		const store = storeOf();
		press(store, ...Array.from({ length: times }, () => "o"));
		expect(store.getState().views.sessions.sort).toBe(sort);
		const shown = ids(store).join("");
		if (sort === "net") expect(shown).toBe("315642");
		else if (sort === "chs") expect(shown).toBe("315642");
		else expect(shown).toBe(order);
	});

	it.each([
		["usdjpy", "3"],
		["crash breaker", "5"],
		["not finished", "2"],
		["damaged", "4"],
		["sma evidence", "31"],
		["2026-01-02 03:05", "5"],
		["nothing like it", ""],
	])("/ %s finds %s", (words, found) => {
		const store = storeOf();
		press(store, "/", ...Array.from(words, (character) => (character === " " ? "space" : character)), "enter");
		expect(ids(store).join("")).toBe(found);
		const text = renderScreen(store.getState(), 80, 24, sessionsScreen).join("\n");
		expect(text).toContain(found === "" ? `No session has "${words}"` : `filter "${words}"`);
	});

	it("opens, replays, exports and verifies the selected session", () => {
		const store = storeOf();
		expect(press(store, "down", "R", "e", "v", "enter")).toEqual([
			`startReplay ${idOf(5)}`,
			`exportSession ${idOf(5)}`,
			`verifySession ${idOf(5)}`,
			`openSummary ${idOf(5)}`,
		]);
		expect(store.getState().path).toEqual(["main", "sessions", "summary"]);
	});

	it("does not replay what is still running", () => {
		const store = storeOf();
		expect(press(store, "R")).toEqual([]);
		expect(store.getState().notice?.text).toBe("It is still running; replay it when it has ended.");
	});

	it.each([["enter"], ["C"]])("marks one with x and compares it with another one by %s", (key) => {
		const store = storeOf();
		press(store, "down", "x");
		expect(renderScreen(store.getState(), 80, 24, sessionsScreen)[3]).toMatch(/^ ❯x 000005/);
		expect(press(store, "end", key)).toEqual([`compare ${idOf(5)} ${idOf(1)}`]);
		expect(store.getState().path.at(-1)).toBe("compare");
		expect(store.getState().views.sessions.marked).toBeNull();
	});

	it("opens the marked one by Enter, compares it with nothing by C, and unmarks it by x", () => {
		const store = storeOf();
		press(store, "down", "x", "C");
		expect(store.getState().notice?.text).toBe("This is the marked session: choose another one.");
		expect(press(store, "enter")).toEqual([`openSummary ${idOf(5)}`]);
		store.setState({ path: ["main", "sessions"] });
		press(store, "x");
		expect(store.getState().views.sessions.marked).toBeNull();
		press(store, "C");
		expect(store.getState().notice?.text).toBe("Mark one session first (x), then choose another one.");
	});

	it("keeps the selected one of a thousand in sight, whatever is pressed", () => {
		const many = Array.from({ length: 1000 }, (_, index) => sessionRow(1000 - index));
		const store = storeOf(many);
		for (const [keys, place] of [
			[["end"], 999],
			[["home"], 0],
			[["pagedown", "pagedown"], 30],
			[["pageup"], 15],
			[["G", "k", "k"], 997],
		] as const) {
			press(store, ...keys);
			expect(store.getState().views.sessions.selected).toBe(place);
			const rows = renderScreen(store.getState(), 80, 24, sessionsScreen);
			expect(rows[0]).toContain(`${(place + 1).toLocaleString("en-US")} of 1,000`);
			expect(rows.filter((row) => row.startsWith(" ❯"))).toHaveLength(1);
			expect(rows.find((row) => row.startsWith(" ❯"))).toContain(many[place]?.id.slice(-6));
		}
	});

	it("asks for the list when it comes to the front", () => {
		const context = contextOf(storeOf());
		sessionsScreen.enter?.(context);
		expect(context.asked).toEqual(["loadSessions"]);
	});
});
