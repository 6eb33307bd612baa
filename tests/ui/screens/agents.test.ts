import { describe, expect, it } from "vitest";
import { dispatch } from "../../../src/ui/router.ts";
import { agentsScreen } from "../../../src/ui/screens/agents.ts";
import type { SessionView } from "../../../src/ui/session-view.ts";
import type { AgentRow, CockpitState } from "../../../src/ui/state.ts";
import { type Desk, deskOf } from "../../helpers/form.ts";
import { renderScreen } from "../../helpers/screen.ts";

const SMA: AgentRow = {
	id: "sma",
	argument: "sma",
	build: "sma-1",
	line: "follows the crossing of two averages",
	warmupBars: 50,
	parameters: [
		{ key: "fast", value: 10, min: 2, max: 200, line: "bars of the fast average" },
		{ key: "slow", value: 50, min: 3, max: 500, line: "bars of the slow average" },
	],
	record: null,
	policy: null,
	problem: null,
};
const RECORD = { sessions: 3, trades: 41, chs: 0.7499, latched: false, accepted: 0 };
const PPO: NonNullable<AgentRow["policy"]> = {
	algorithm: "ppo",
	command: "kinetra train --agent ppo --seed 7",
	seed: 7,
	steps: 2_000_000,
	trainedWith: "kinetra 1.0.0",
	trainedOn: null,
	data: [],
	verdict: "no edge shown",
	outOfSample: [{ against: "sma", data: "synthetic EURUSD, seeds 1000 to 1049", sessions: 50, meanR: 0.1, differenceR: 0.02, low: -0.1, high: 0.14 }],
	sha256: "a".repeat(64),
	timeframe: null,
	symbols: null,
};
const LATCHED: AgentRow = { ...SMA, id: "berserker", argument: "berserker", build: "berserker-1", record: { ...RECORD, chs: 0.2, latched: true, accepted: 1 } };

function screen(rows: readonly AgentRow[], given: Partial<CockpitState> = {}): Desk {
	return deskOf(agentsScreen, { agents: { state: "ready", value: rows }, ...given });
}

function frame(desk: Desk, columns = 80, rows = 24): string[] {
	return renderScreen(desk.state(), columns, rows, agentsScreen);
}

describe("the agents", () => {
	it("say when there is no room for all of what a policy is worth", () => {
		const desk = screen([{ ...SMA, policy: PPO }]);
		expect(frame(desk, 80, 16).slice(-3).join("\n")).toMatch(/… \d+ more rows: in a higher terminal, or by kinetra agents/);
		expect(frame(desk, 80, 40).join("\n")).not.toContain("more rows");
	});

	it("of one's own are put into the form by the folder that they are kept in", () => {
		const own = { ...SMA, id: "mine", build: `mine@${"b".repeat(32)}`, argument: "/home/k/policies/bbbb", policy: PPO };
		const desk = screen([SMA, own]);
		desk.press("down");
		expect(frame(desk).join("\n")).toContain(" Kept from a session here: /home/k/policies/bbbb");
		desk.press("enter");
		expect(desk.state().choices).toEqual({ agent: "/home/k/policies/bbbb" });
	});

	it("are listed with their records and the selected one's parameters, at 80x24", () => {
		const desk = screen([LATCHED, { ...SMA, record: RECORD }]);
		expect(desk.asked).toEqual([["loadAgents"]]);
		desk.press("down");
		expect(frame(desk).slice(0, 13)).toEqual([
			" Agents  2 of 2",
			"   agent        build            sessions trades   CHS record",
			"   berserker    berserker-1             3     41 0.200 ⚠ LATCHED",
			" ❯ sma          sma-1                   3     41 0.749 ✓ may start",
			"",
			" sma  decides from bar 51 on",
			" follows the crossing of two averages",
			" sma-1: 3 sessions on record, 41 trades. Its next session starts with a score",
			" of 0.749.",
			" Parameters  changed on the command line with --set agent.NAME=VALUE",
			"   fast     10  2 to 200     bars of the fast average",
			"   slow     50  3 to 500     bars of the slow average",
			"",
		]);
	});

	it.each([
		[80, 24],
		[120, 40],
		[200, 60],
	])("say at %ix%i what a latch means and what lifts it", (columns, rows) => {
		const words = frame(screen([LATCHED]), columns, rows)
			.join(" ")
			.replace(/\s+/g, " ");
		expect(words).toContain("⚠ LATCHED: a loss beyond the plan is carried over, so its next session stops at once. a accepts the loss; its results stay.");
		expect(words).toContain("Losses accepted so far: 1.");
	});

	it("show every parameter where there is little room, and explain them to the end where there is more", () => {
		const wordy = Array.from({ length: 8 }, (_, index) => ({ key: `p${index}`, value: index, min: 0, max: 9, line: `${"long words ".repeat(8)}end${index}` }));
		const desk = screen([{ ...SMA, parameters: wordy }]);
		expect(frame(desk).filter((row) => /^ {3}p\d .*…$/.test(row)).length).toBe(8);
		const roomy = frame(desk, 120, 40).join("\n");
		for (let index = 0; index < 8; index++) expect(roomy).toContain(`end${index}`);
	});

	it("without a record, or with one that cannot be read, say so instead of numbers", () => {
		const rows = frame(screen([SMA, { ...SMA, id: "odd", problem: "The record is damaged." }]));
		expect(rows[2]).toBe(" ❯ sma          sma-1                  --     --    -- none yet");
		expect(rows[3]).toBe("   odd          sma-1                  --     --    -- ✗ cannot be read");
		expect(rows.join("\n")).toContain("No record yet: its first virtual session begins one.");
	});

	it.each([
		[80, 24],
		[120, 40],
	])("say of a policy at %ix%i what it is worth and where it comes from", (columns, height) => {
		const words = frame(screen([SMA, { ...SMA, id: "ppo", policy: PPO, parameters: [] }]), columns, height);
		expect(words.join("\n")).not.toContain("verdict");
		const desk = screen([SMA, { ...SMA, id: "ppo", policy: PPO, parameters: [] }]);
		desk.press("down");
		const shown = frame(desk, columns, height).join("\n");
		expect(shown).toContain("verdict: no edge shown");
		expect(shown).toContain("against sma");
		expect(shown).toContain("trained: ppo, 2,000,000 steps, seed 7");
		for (const row of frame(desk, columns, height)) expect(row.length).toBeLessThanOrEqual(columns);
	});

	it("go into the form with Enter", () => {
		const desk = screen([LATCHED, SMA]);
		desk.press("down", "enter");
		expect(desk.asked.at(-1)).toEqual(["saveChoices", { agent: "sma" }]);
		expect(desk.state()).toMatchObject({ choices: { agent: "sma" }, path: ["main", "live-testing", "virtual"] });
	});

	const running = { end: null, about: { agentBuild: "berserker-1" } } as unknown as SessionView;
	it.each<[string, AgentRow[], Partial<CockpitState>, string | null]>([
		["latched", [LATCHED], {}, null],
		["latched, another agent's session running", [LATCHED], { live: { end: null, about: { agentBuild: "sma-1" } } as unknown as SessionView }, null],
		["latched, its own session running", [LATCHED], { live: running }, "A session of this agent is running: accept when it has ended."],
		["not latched", [{ ...SMA, record: RECORD }], {}, "Nothing is latched: the next session of sma-1 starts by itself."],
		["without a record", [SMA], {}, "sma-1 has no record yet: there is nothing to accept."],
		["unreadable", [{ ...SMA, problem: "x" }], {}, "The record of sma-1 cannot be read, so nothing in it can be accepted."],
		["not there", [], {}, "No agent is selected."],
	])("that are %s: a says %j", (_, rows, given, said) => {
		const desk = screen(rows, given);
		expect(desk.press("a")).toBe(said);
		expect(desk.state().dialog !== null).toBe(said === null);
	});

	it("accept a loss with a typed reason of three characters or more, and not without", () => {
		const desk = screen([LATCHED]);
		desk.press("a");
		const type = (...keys: string[]): void => {
			for (const key of keys) dispatch(desk.context, key, () => agentsScreen);
		};
		type("o", "k", "enter");
		expect(desk.state().dialog?.input?.check("ok")).toBe("Say in at least three characters why the loss is accepted.");
		expect(desk.asked.map(([name]) => name)).toEqual(["loadAgents"]);
		type("a", "y", "enter");
		expect(desk.asked.at(-1)).toEqual(["acceptLoss", "berserker-1", "okay"]);
		expect(desk.state().dialog).toBeNull();
	});

	it("that are being read, or cannot be, say so", () => {
		expect(frame(screen([], { agents: { state: "loading" } })).join("\n")).toContain("Reading the agents' records");
		expect(frame(screen([], { agents: { state: "failed", reason: "no disk" } })).join("\n")).toContain("✗ no disk");
	});
});
