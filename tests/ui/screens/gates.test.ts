import { describe, expect, it } from "vitest";
import type { Standing } from "../../../src/engine/stages/standing.ts";
import { dispatch } from "../../../src/ui/router.ts";
import { gatesScreen } from "../../../src/ui/screens/gates.ts";
import { isUnlocked, liveScreen } from "../../../src/ui/screens/live.ts";
import { type CockpitStore, createCockpitStore, setView } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { gateStanding, openGate, standing } from "../../helpers/standing.ts";

function storeOf(screen: "gates" | "live", standings: readonly Standing[]): CockpitStore {
	return createCockpitStore({ path: ["main", "live-testing", screen], focus: "content", standings: { state: "ready", value: standings } });
}

/** Every row of the text, page by page. */
function whole(screen: "gates" | "live", standings: readonly Standing[], columns = 80, height = 24): string {
	const store = storeOf(screen, standings);
	const pages: string[] = [];
	for (let top = 0; top < 120; top += 5) {
		setView(store, screen, { top });
		pages.push(...renderScreen(store.getState(), columns, height));
	}
	return pages.join("\n").replace(/\s+/g, " ");
}

const TWO = [standing(), standing({ agentBuild: "sma-1", settings: ["chsThreshold 0.6"], gates: [openGate("virtual-to-demo"), gateStanding("demo-to-live")] })];

describe("the promotion gates", () => {
	it("show at 80x24 every agent and configuration, and the first gate of the selected one", () => {
		expect(renderScreen(storeOf("gates", TWO).getState(), 80, 24)).toMatchInlineSnapshot(`
			[
			  " VIRTUAL ── gate 1 ── DEMO ── gate 2 ── LIVE  each gate opens with a certificate",
			  "",
			  " ❯ berserker-1  EURUSD M1  gate 1 ✗ CLOSED  gate 2 ✗ CLOSED",
			  "   sma-1  EURUSD M1        gate 1 ✓ OPEN    gate 2 ✗ CLOSED",
			  " 1 of 2 agents and configurations  ←→ choose",
			  "",
			  " all settings are the usual ones; binding abababab",
			  "",
			  " Gate 1, virtual -> demo: ✗ CLOSED",
			  "   52 more trades are needed before it is judged.",
			  "   requirement     must be  value  verdict  missing",
			  "   trades          > 2.7       --  not yet  52 more trades",
			  "   omega           > 2.7      3.1  PASS",
			  "   clean sessions  > 2.7      3.1  FAIL     3 more sessions",
			  "   8 trades of all sessions; judged next at 60. Passes in a row: 0 of 1.",
			  "   Certificate: none",
			  "   Sessions in virtual, newest first",
			  "     ✓ 000007  2026-01-02 03:04  8 trades  counts",
			  "1-18 of 58",
			]
		`);
	});

	it("cuts the long name of an agent with many parameters, never its symbol, SANDBOX or a verdict", () => {
		const long = standing({ agentBuild: "berserker-1(burstMin=0,dampingRankMax=1,momentumMin=0,stopAtr=8)", venue: "sandbox" });
		const [row = ""] = renderScreen(storeOf("gates", [long]).getState(), 80, 24).filter((text) => text.includes("❯"));
		expect(row).toMatch(/^ ❯ berserker-1\(\S*… {2}EURUSD M1 {2}SANDBOX {2}gate 1 ✗ CLOSED {2}gate 2 ✗ CLOSED$/);
		expect(whole("gates", [long])).toContain("all other settings are the usual ones");
	});

	it.each<[string, readonly Standing[], RegExp]>([
		["what is missing, by name", TWO, /trades > 2\.7 -- not yet 52 more trades/],
		["which sessions count and why not", TWO, /000006 2026-01-01 03:04 3 trades no: a drill \(scenario crash\)/],
		["that of a broken-off session only the losses count", TWO, /000005 .* losses only: it was cut short/],
		["a certificate with its expiry", [TWO[1] as Standing], /Certificate 000000A1: issued 2026-01-02 03:04, expires 2026-02-01 03:04 UTC/],
		[
			"why a certificate does not open its gate",
			[
				standing({
					gates: [gateStanding("virtual-to-demo", { certificate: { id: "X", issuedWall: "2026", expiresWall: "2026", problem: "the risk was raised" } })],
				}),
			],
			/✗ Certificate X does not open it: the risk was raised/,
		],
		["a demotion", [standing({ demoted: "demo session 000009 broke a rule" })], /⚠ Demoted: demo session 000009 broke a rule/],
		["damage", [standing({ broken: "the ledger was edited in line 7" })], /✗ Nothing can be proven: the ledger was edited in line 7/],
		["evidence of the stand-in as such", [standing({ venue: "sandbox" })], /SANDBOX: evidence of the stand-in terminal\. It never opens a real one\./],
		["probation", [standing({ probation: { done: 1, of: 3 } })], /Probation: 1 of 3 live sessions done/],
		["what each gate demands", [], /losing trades among them >= 8 >= 10/],
	])("tell %s", (_name, standings, text) => {
		for (const [columns, rows] of [
			[80, 24],
			[120, 40],
			[200, 60],
		] as const)
			expect(whole("gates", standings, columns, rows)).toMatch(text);
	});

	it("are gone through with the arrows, round and round, each from its beginning", () => {
		const store = storeOf("gates", TWO);
		const context = contextOf(store);
		setView(store, "gates", { top: 9 });
		for (const [key, selected] of [
			["right", 1],
			["right", 0],
			["left", 1],
		] as const) {
			dispatch(context, key);
			expect(store.getState().views.gates).toMatchObject({ selected, top: 0 });
		}
		expect(renderScreen(store.getState(), 80, 24).join("\n")).toContain("chsThreshold 0.6");
	});

	it("are no dead end without any session: Enter opens the form", () => {
		const store = storeOf("gates", []);
		expect(renderScreen(store.getState(), 80, 24).join("\n")).toContain("No evidence yet.");
		dispatch(contextOf(store), "enter");
		expect(store.getState().path).toEqual(["main", "live-testing", "virtual"]);
	});
});

describe("live trading", () => {
	it("says at 80x24 that it is locked, why, and what it takes", () => {
		const text = renderScreen(storeOf("live", TWO).getState(), 80, 24).join("\n");
		expect(text).toMatch(/■ LOCKED No agent has a valid certificate for live/);
		expect(text).toMatch(/The furthest so far: sma-1 EURUSD M1/);
		expect(text).toMatch(/1 ✓ Evidence in virtual[\s\S]*2 ✓ A valid certificate for demo[\s\S]*3 ✗ Evidence in demo/);
	});

	it.each<[string, readonly Standing[] | null, boolean]>([
		["nothing is known", null, false],
		["there is no evidence", [], false],
		["only the gate to demo is open", TWO, false],
		["the gate is open", [standing({ gates: [openGate("virtual-to-demo"), openGate("demo-to-live")] })], true],
		["it is open without a certificate", [standing({ gates: [{ ...openGate("demo-to-live"), certificate: null }] })], false],
		[
			"the certificate does not hold",
			[standing({ gates: [{ ...openGate("demo-to-live"), certificate: { id: "X", issuedWall: "", expiresWall: "", problem: "expired" } }] })],
			false,
		],
		["the verdict is closed in spite of a certificate", [standing({ gates: [{ ...openGate("demo-to-live"), verdict: "closed" }] })], false],
		["the ledger is broken", [standing({ gates: [{ ...openGate("demo-to-live"), verdict: "broken" }] })], false],
	])("has a form only with a valid certificate: %s", (_name, standings, unlocked) => {
		const store = createCockpitStore({
			path: ["main", "live-testing", "live"],
			focus: "content",
			standings: standings === null ? { state: "loading" } : { state: "ready", value: standings },
		});
		liveScreen.enter?.(contextOf(store));
		expect(isUnlocked(store.getState())).toBe(unlocked);
		const text = renderScreen(store.getState(), 80, 40).join("\n");
		expect(text.includes("Start the LIVE session")).toBe(unlocked);
		const context = contextOf(store);
		dispatch(context, "enter");
		expect(context.asked.filter((one) => one.startsWith("prepareStage"))).toEqual(unlocked ? ["prepareStage live {}"] : []);
	});

	it.each([
		["enter", ["main", "live-testing", "virtual"]],
		["d", ["main", "live-testing", "demo"]],
		["p", ["main", "live-testing", "gates"]],
	])("%s leads on from the locked page", (key, path) => {
		const store = storeOf("live", []);
		dispatch(contextOf(store), key);
		expect(store.getState().path).toEqual(path);
	});

	it.each([gatesScreen, liveScreen])("$id asks for the evidence when it comes to the front, and says when it cannot be read", (screen) => {
		const store = createCockpitStore({ path: ["main", screen.id], focus: "content", standings: { state: "failed", reason: "the folder is open to others" } });
		const context = contextOf(store);
		screen.enter?.(context);
		expect(context.asked).toEqual(["loadStandings"]);
		expect(renderScreen(store.getState(), 80, 24, screen).join("\n")).toContain("✗ the folder is open to others");
	});
});
