import { describe, expect, it } from "vitest";
import type { GateRow } from "../../../src/engine/summary-type.ts";
import { evidenceByBuild } from "../../../src/ui/gates/evidence.ts";
import { dispatch } from "../../../src/ui/router.ts";
import type { Screen } from "../../../src/ui/screen.ts";
import { gatesScreen } from "../../../src/ui/screens/gates.ts";
import { liveScreen } from "../../../src/ui/screens/live.ts";
import type { SessionRow } from "../../../src/ui/state.ts";
import { type CockpitStore, createCockpitStore, setView } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { sessionRow } from "../../helpers/stored.ts";

function storeOf(screen: Screen, rows: readonly SessionRow[]): CockpitStore {
	return createCockpitStore({ path: ["main", "live-testing", screen.id], focus: "content", sessions: { state: "ready", value: rows } });
}

/** Every row of the text, page by page. */
function whole(screen: Screen, rows: readonly SessionRow[], columns: number, height: number): string {
	const store = storeOf(screen, rows);
	const pages: string[] = [];
	for (let top = 0; top < 120; top += 5) {
		setView(store, screen.id === "gates" ? "gates" : "live", { top });
		pages.push(...renderScreen(store.getState(), columns, height, screen));
	}
	return pages.join("\n");
}

const ROWS = [
	sessionRow(9, { agentBuild: "berserker-1" }),
	sessionRow(8, { evidence: false, scenario: "crash" }),
	sessionRow(7),
	sessionRow(6, { ended: "running", evidence: null, gate: null, agentBuild: null }),
	sessionRow(5, { trades: 4 }),
	sessionRow(4, { agentBuild: "berserker-1", evidence: false }),
];

describe("the evidence of a build", () => {
	it("takes sessions that count, newest first, and adds their trades", () => {
		expect(evidenceByBuild(ROWS).map(({ build, newest, sessions, trades, uncounted }) => [build, newest.id.slice(-1), sessions, trades, uncounted])).toEqual([
			["berserker-1", "9", 1, 9, 1],
			["sma-1", "7", 2, 11, 1],
		]);
	});

	it.each<[string, Partial<SessionRow>]>([
		["drills and repeats", { evidence: false }],
		["sessions that run", { evidence: null, gate: null }],
		["another stage", { mode: "demo" }],
		["sessions of an unknown build", { agentBuild: null }],
		["damaged ones", { ended: "damaged", gate: null }],
	])("does not take %s", (_name, changes) => {
		expect(evidenceByBuild([sessionRow(1, changes)])).toEqual([]);
	});
});

describe("the promotion gates", () => {
	it("shows at 80x24 where one is and what the newest session of each build proves", () => {
		expect(renderScreen(storeOf(gatesScreen, ROWS).getState(), 80, 24, gatesScreen)).toMatchInlineSnapshot(`
			[
			  " VIRTUAL ── gate 1 ── DEMO ── gate 2 ── LIVE   you are in VIRTUAL",
			  " A gate opens with a certificate: evidence of one agent build, recomputed from",
			  " its journals. Certificates come with the MT5 bridge, which this version has not",
			  " got: no gate can be passed yet, and what is collected here is kept for it.",
			  "",
			  " Gate 1, virtual -> demo: berserker-1",
			  "   1 session counts, 9 closed trades together (a gate asks for 60 over all of",
			  "   them); 1 more never counts.",
			  "   The newest, 000009 of 2026-01-02 03:09 UTC, by itself: 1 of 3 passed, 1",
			  "   failed, 1 without enough evidence.",
			  "   target                           must be   value  95 % bound    verdict",
			  "   CHS, mean of the last 30 closes  > 0.9    0.7552                not enough",
			  "   Validator rejections             = 0           2  7.5 (<= 5 %)  FAIL",
			  "   Breaker events                   < 5 %      1.25                PASS",
			  "     Not enough evidence: 9 of 60 trades (CHS)",
			  "     Validator rejections: 2 of 40 orders broke a rule",
			  "",
			  " Gate 1, virtual -> demo: sma-1",
			  "1-18 of 51",
			]
		`);
	});

	it.each([
		[80, 24],
		[120, 40],
		[200, 60],
	])("tells at %ix%i what each gate demands and that certificates come with the bridge", (columns, rows) => {
		const text = whole(gatesScreen, ROWS, columns, rows);
		for (const demand of [
			/real trades, all sessions +>= 60 +>= 100/,
			/losing trades among them +>= 8 +>= 10/,
			/Omega, lower 95 % bound +> 1.35 +> 1.8/,
			/energy captured +> 65 % +> 65 %/,
			/breaker events +< 5 % +< 5 %/,
			/checkpoints passed in a row +1 +2/,
			/Gate 1, virtual -> demo: sma-1/,
			/Gate 1, virtual -> demo: berserker-1/,
		])
			expect(text).toMatch(demand);
		expect(text.replace(/\s+/g, " ")).toContain("Certificates come with the MT5 bridge, which this version has not got");
	});

	it("puts the demands beside the evidence at 200x60", () => {
		expect(renderScreen(storeOf(gatesScreen, ROWS).getState(), 200, 60, gatesScreen).some((row) => /Gate 1, virtual.*What each gate demands/.test(row))).toBe(
			true,
		);
	});

	it("is no dead end without any session: says what counts, and Enter opens the form", () => {
		const store = storeOf(gatesScreen, []);
		expect(renderScreen(store.getState(), 80, 24, gatesScreen).join("\n")).toContain("no evidence yet");
		dispatch(contextOf(store), "enter", () => gatesScreen);
		expect(store.getState().path).toEqual(["main", "live-testing", "virtual"]);
	});

	it("s shows the sessions, arrows scroll, / searches", () => {
		const store = storeOf(gatesScreen, ROWS);
		const context = contextOf(store);
		dispatch(context, "down", () => gatesScreen);
		expect(store.getState().views.gates.top).toBe(1);
		for (const key of ["/", ..."checkpoints", "enter"]) dispatch(context, key, () => gatesScreen);
		expect(renderScreen(store.getState(), 80, 24, gatesScreen).join("\n")).toContain("checkpoints passed in a row");
		dispatch(context, "s", () => gatesScreen);
		expect(store.getState().path).toEqual(["main", "sessions"]);
	});
});

describe("live trading", () => {
	it("says at 80x24 that it is locked, why, and what it takes", () => {
		expect(renderScreen(storeOf(liveScreen, ROWS).getState(), 80, 24, liveScreen)).toMatchInlineSnapshot(`
			[
			  " ■ LOCKED No order can reach an account with money: this version has no code",
			  " that sends one.",
			  "",
			  " VIRTUAL ── gate 1 ── DEMO ── gate 2 ── LIVE   you are in VIRTUAL",
			  " A gate opens with a certificate: evidence of one agent build, recomputed from",
			  " its journals. Certificates come with the MT5 bridge, which this version has not",
			  " got: no gate can be passed yet, and what is collected here is kept for it.",
			  "",
			  " What it takes, in this order",
			  "   1 ✗ Evidence in virtual: at least 60 trades with every target met",
			  "       berserker-1: 1 session counts; the newest by itself: 1 of 3 passed, 1",
			  "       failed, 1 without enough evidence",
			  "   2 · A certificate for demo (gate 1)",
			  "       not available yet: certificates come with the MT5 bridge",
			  "   3 · The MT5 bridge, connected to a demo account",
			  "       not available yet: this version has no MT5 bridge",
			  "   4 · Evidence in demo: at least 100 trades, 2 checkpoints in a row",
			  "       no demo session can be run yet",
			  "1-18 of 31",
			]
		`);
	});

	it.each([
		[80, 24],
		[120, 40],
		[200, 60],
	])("shows at %ix%i every step and what can be done today", (columns, rows) => {
		const text = whole(liveScreen, ROWS, columns, rows);
		for (const step of [
			"1 ✗ Evidence in virtual: at least 60 trades",
			"2 · A certificate for demo (gate 1)",
			"3 · The MT5 bridge",
			"4 · Evidence in demo: at least 100 trades, 2 checkpoints in a row",
			"5 · A certificate for live (gate 2)",
			"6 · Two typed steps",
			"What you can do today",
		])
			expect(text).toContain(step);
	});

	it("marks the evidence as done when the newest session passes every target", () => {
		const passed = (["chs", "omega", "energyCaptured", "validatorRejections", "breakerEvents"] as const).map((target): GateRow => {
			return { target, label: target, must: "> 1", value: 2, bound: null, boundMust: null, verdict: "pass", why: "" };
		});
		const mark = (gate: readonly GateRow[]): string => whole(liveScreen, [sessionRow(9, { gate })], 80, 24);
		expect(mark(passed)).toContain("1 ✓ Evidence in virtual");
		expect(mark(passed.slice(1))).toContain("1 ✗ Evidence in virtual");
		expect(mark([])).toContain("1 ✗ Evidence in virtual");
		expect(mark(passed.map((row, index) => (index === 4 ? { ...row, verdict: "insufficient" } : row)))).toContain("1 ✗ Evidence in virtual");
	});

	it.each([
		["enter", ["main", "live-testing", "virtual"]],
		["p", ["main", "live-testing", "gates"]],
	])("%s leads on", (key, path) => {
		const store = storeOf(liveScreen, []);
		dispatch(contextOf(store), key, () => liveScreen);
		expect(store.getState().path).toEqual(path);
	});

	it.each([gatesScreen, liveScreen])("$id asks for the sessions when it comes to the front, and says when they cannot be read", (screen) => {
		const store = createCockpitStore({ path: ["main", screen.id], focus: "content", sessions: { state: "failed", reason: "the folder is open to others" } });
		const context = contextOf(store);
		screen.enter?.(context);
		expect(context.asked).toEqual(["loadSessions"]);
		expect(renderScreen(store.getState(), 80, 24, screen).join("\n")).toContain("✗ the folder is open to others");
	});
});
