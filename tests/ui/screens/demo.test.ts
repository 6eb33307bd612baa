import { describe, expect, it } from "vitest";
import type { Standing } from "../../../src/engine/stages/standing.ts";
import { demoScreen } from "../../../src/ui/screens/demo.ts";
import type { Choices, CockpitState } from "../../../src/ui/state.ts";
import { type Desk, deskOf } from "../../helpers/form.ts";
import { renderScreen, withoutNames } from "../../helpers/screen.ts";
import { gateStanding, openGate, standing } from "../../helpers/standing.ts";
import { viewOf } from "../../helpers/view.ts";

function formWith(choices: Choices = {}, given: Partial<CockpitState> = {}): Desk {
	return deskOf(demoScreen, { path: ["main", "live-testing", "demo"], stageChoices: { demo: choices, live: {} }, ...given });
}

function frame(desk: Desk, columns = 120, rows = 40): string {
	return renderScreen(desk.state(), columns, rows, demoScreen).join("\n");
}

const known = (...value: readonly Standing[]): Partial<CockpitState> => ({ standings: { state: "ready", value } });

describe("the form of a demo session", () => {
	it("opens on Start with the defaults of demo, at 80x24", () => {
		expect(withoutNames(renderScreen(formWith({}, known()).state(), 80, 24, demoScreen))).toMatchInlineSnapshot(`
			[
			  "  Symbol           EURUSD                   built in: EURUSD, GBPUSD, USDJPY, A…",
			  "  Agent            ppo                      …",
			  "  Timeframe        M1                       M1, M5, M15, M30, H1, H4, D1",
			  "  Duration         30                       0.1 to 5256000 minutes",
			  "  Max trades       5                        1 to 1000000 attempts, whole, or no…",
			  "  Risk             1                        0.01 to 2 percent",
			  "  CHS threshold    0.55                     0 to 0.75",
			  "  Shadow           false                    false, true",
			  "  On breaker       hold                     hold, flatten",
			  "  On exit          flatten                  flatten, keep",
			  "❯  Start the demo session: checks, then asks   Enter",
			  "",
			  " Nothing is sent before the last word is typed. Arrows go to the fields and",
			  " through their values; what ● marks was chosen by you.",
			  "",
			  " ✗ No virtual session of ppo on EURUSD M1 yet: Start will refuse.",
			  " Demo needs at least one clean virtual session of it first (Virtual Trading).",
			  "",
			  " kinetra run --mode demo",
			]
		`);
	});

	it("has no field of a made-up market or account", () => {
		const keys = formWith()
			.state()
			.views.demo.sheet?.rows.map(({ key }) => key);
		expect(keys).toEqual(["symbol", "agent", "timeframe", "duration", "maxTrades", "risk", "chsThreshold", "shadow", "onBreaker", "onExit"]);
	});

	it("leads to checks and questions with the choices that count; no session starts", () => {
		const desk = formWith({ symbol: "GBPUSD", maxTrades: "5" });
		expect(desk.press("enter")).toBeNull();
		expect(desk.asked.slice(-2)).toEqual([
			["saveStageChoices", "demo", { symbol: "GBPUSD", maxTrades: "5" }],
			["prepareStage", "demo", { symbol: "GBPUSD" }],
		]);
		expect(desk.state().path).toEqual(["main", "live-testing", "demo", "stage-start"]);
	});

	it("keeps its choices apart from those of the virtual form", () => {
		const desk = formWith();
		desk.press("home", "right");
		expect(desk.state()).toMatchObject({ choices: {}, stageChoices: { demo: { symbol: "GBPUSD" }, live: {} } });
	});

	it.each<[string, Choices, Partial<CockpitState>, RegExp]>([
		["more than the rules of demo allow", { duration: "5000000" }, {}, /beyond the limit of demo/],
		["a number that is none", { risk: "much" }, {}, /"much" is not a number/],
		["a session that runs", {}, { live: viewOf() }, /A session is running/],
	])("cannot start with %s, and says so", (_name, choices, given, why) => {
		const desk = formWith(choices, given);
		expect(desk.press("enter")).toMatch(why);
		expect(desk.asked.map(([name]) => name)).not.toContain("prepareStage");
	});

	it("knows the evidence of a policy by the hash in its build, and leaves that of a path to Start", () => {
		const policy = known(standing({ agentBuild: "berserker@a1b2c3d4e5f60718", gates: [openGate("virtual-to-demo")] }));
		expect(frame(formWith({ agent: "berserker" }, policy))).toContain("✓ Gate open: berserker on EURUSD M1");
		expect(frame(formWith({ agent: "./my-policy" }, policy))).toContain("· Gate: Start reads ./my-policy and then says what is proven of it.");
	});

	it("says what will happen and the same from the command line", () => {
		const text = frame(formWith({ shadow: "true", onExit: "keep" }, known())).replace(/\s+/g, " ");
		expect(text).toContain("EURUSD at your broker, by ppo on M1 bars, 30 min of the market's own time, on a DEMO account");
		expect(text).toContain("At most 5 entry attempts, 1 % of equity planned at risk in each");
		expect(text).toContain("leaves them open at the broker");
		expect(text).toContain("every fill is compared");
		expect(text).toContain("kinetra run --mode demo --shadow --on-exit keep");
	});

	it.each<[string, Partial<CockpitState>, RegExp]>([
		["reads", { standings: { state: "loading" } }, /Gate: the evidence is being read/],
		["cannot read", { standings: { state: "failed", reason: "damaged" } }, /✗ Gate: the evidence cannot be read: damaged/],
		["has none of the agent", known(), /✗ No virtual session of berserker on EURUSD M1 yet: Start will refuse\.[\s\S]*at least one clean virtual session/],
		["has too little", known(standing()), /⚠ REHEARSAL[\s\S]*52 more trades are needed/],
		["has that of another symbol only", known(standing({ symbol: "GBPUSD", gates: [openGate("virtual-to-demo")] })), /✗ No virtual session/],
		[
			"has that of another agent of a like name only",
			known(standing({ agentBuild: "berserker-two-1", gates: [openGate("virtual-to-demo")] })),
			/✗ No virtual session/,
		],
		[
			"is that of other settings too",
			known(standing({ settings: ["rules.maxLots 0.2"], gates: [gateStanding("virtual-to-demo", { text: "Of the others." })] }), standing()),
			/⚠ REHEARSAL[\s\S]*52 more trades are needed/,
		],
		["is broken", known(standing({ broken: "the ledger was edited" })), /⚠ REHEARSAL[\s\S]*the ledger was edited/],
		[
			"has a certificate",
			known(standing({ gates: [openGate("virtual-to-demo")] })),
			/✓ Gate open: berserker on EURUSD M1 has a certificate until 2026-02-01\./,
		],
	])("says what the gate will say while the evidence %s", (_name, given, text) => {
		expect(frame(formWith({ agent: "berserker" }, given))).toMatch(text);
	});
});
