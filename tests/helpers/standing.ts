import type { GateStanding, Requirement, Standing } from "../../src/engine/stages/standing.ts";

function requirement(name: string, verdict: Requirement["verdict"], missing = ""): Requirement {
	return { name, must: "> 2.7", value: verdict === "insufficient" ? "--" : "3.1", verdict, missing };
}

/** A gate that is closed for want of trades, with these fields changed. */
export function gateStanding(gate: GateStanding["gate"], change: Partial<GateStanding> = {}): GateStanding {
	return {
		gate,
		from: gate === "virtual-to-demo" ? "virtual" : "demo",
		requirements: [
			requirement("trades", "insufficient", "52 more trades"),
			requirement("omega", "pass"),
			requirement("clean sessions", "fail", "3 more sessions"),
		],
		trades: 8,
		nextCheckpoint: gate === "virtual-to-demo" ? 60 : 100,
		passes: 0,
		passesNeeded: gate === "virtual-to-demo" ? 1 : 2,
		verdict: "closed",
		text: "52 more trades are needed before it is judged.",
		certificate: null,
		sessions: [
			{ sessionId: "01JGXYZ0000000000000000007", startedWall: "2026-01-02T03:04:05.000Z", counts: "whole", why: "", trades: 8 },
			{ sessionId: "01JGXYZ0000000000000000006", startedWall: "2026-01-01T03:04:05.000Z", counts: "no", why: "a drill (scenario crash)", trades: 3 },
			{ sessionId: "01JGXYZ0000000000000000005", startedWall: "2025-12-31T03:04:05.000Z", counts: "losses", why: "it was cut short", trades: 2 },
		],
		...change,
	};
}

/** A gate that a valid certificate opens. */
export function openGate(gate: GateStanding["gate"]): GateStanding {
	return gateStanding(gate, {
		verdict: "open",
		requirements: [requirement("trades", "pass"), requirement("omega", "pass")],
		trades: 120,
		passes: gate === "virtual-to-demo" ? 1 : 2,
		text: "Every requirement is met.",
		certificate: { id: "01JGCERT0000000000000000A1", issuedWall: "2026-01-02T03:04:05.000Z", expiresWall: "2026-02-01T03:04:05.000Z", problem: null },
	});
}

/** Where berserker stands after one virtual session, with these fields changed. */
export function standing(change: Partial<Standing> = {}): Standing {
	return {
		agentBuild: "berserker-1",
		symbol: "EURUSD",
		timeframe: "M1",
		bindingHash: "ab".repeat(32),
		settings: [],
		venue: "mt5",
		gates: [gateStanding("virtual-to-demo"), gateStanding("demo-to-live", { text: "The gate before it comes first.", sessions: [], trades: 0 })],
		probation: { done: 0, of: 3 },
		demoted: null,
		broken: null,
		...change,
	};
}
