import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCarry, saveCarry } from "../../src/adapters/archive/carry.ts";
import { homeAt, prepareHome } from "../../src/adapters/home.ts";
import { acceptCarriedLoss } from "../../src/commands/agents.ts";
import { beginSession } from "../../src/commands/run/begin.ts";
import { carryOf, createChs } from "../../src/engine/health/chs.ts";
import { defaultRules } from "../../src/engine/rules.ts";
import { type ConfigChanges, configWith, scriptedFeed } from "../helpers/session.ts";

const BUILD = "sma-1";

function homeWithARecord() {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-accept-")), "home") });
	prepareHome(home);
	const carry = { ...carryOf(createChs({ carry: null, record: null, riskFraction: 0.01, tripLevel: 0.55 })), overshoot: 3 };
	saveCarry(home, BUILD, "virtual", loadCarry(home, BUILD, "virtual"), "A", { carry, period: null });
	return home;
}

/** A session that runs: begun, its lock held by this process. */
function running(home: ReturnType<typeof homeWithARecord>, changes: ConfigChanges = {}) {
	return beginSession(home, configWith(changes), scriptedFeed([]).identity, Date.UTC(2025, 2, 4), null, {
		sessionId: null,
		trainedOn: null,
		limits: { virtual: defaultRules("virtual"), demo: defaultRules("demo"), live: defaultRules("live") },
	});
}

describe("accepting a carried loss", () => {
	it("is refused while a session of the agent runs, whose losses would be left out of the record; and taken when it has ended", () => {
		const home = homeWithARecord();
		const session = running(home);
		expect(session.agentBuild).toBe(BUILD);
		expect(() => acceptCarriedLoss(home, BUILD, "gap over the weekend")).toThrow(
			expect.objectContaining({ exitCode: 4, message: expect.stringContaining(`Session ${session.files.id} of agent ${BUILD} is running`) }),
		);
		expect(loadCarry(home, BUILD, "virtual")).toMatchObject({ updatedBy: "A", accepted: [] });
		session.journal.close();
		session.release();
		expect(acceptCarriedLoss(home, BUILD, "gap over the weekend")).toContain("Accepted");
		expect(loadCarry(home, BUILD, "virtual").carry).toMatchObject({ overshoot: 0 });
	});

	it.each<[string, ConfigChanges]>([
		["another agent", { agent: { id: "sma", params: { fastBars: 2, slowBars: 4 } } }],
		["a drill, which stores nothing", { feed: { kind: "synthetic", scenario: "crash" } }],
		["a measuring run", { unlimited: true }],
	])("does not mind a session of %s", (_name, changes) => {
		const home = homeWithARecord();
		const session = running(home, changes);
		expect(acceptCarriedLoss(home, BUILD, "gap over the weekend")).toContain("Accepted");
		session.journal.close();
		session.release();
	});
});
