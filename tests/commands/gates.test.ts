import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Home } from "../../src/adapters/home.ts";
import { gates } from "../../src/commands/gates.ts";
import type { Standing } from "../../src/engine/stages/standing.ts";
import { recordingTerminal } from "../helpers/recording-terminal.ts";
import { emptyHome, smallSession, smallSessions } from "../helpers/small-session.ts";

function printed(home: Home, { agent = null, json = false }: { agent?: string | null; json?: boolean } = {}): { text: string; code: number } {
	const terminal = recordingTerminal();
	const code = gates(agent, json, home, terminal);
	return { text: terminal.text(), code };
}

describe("kinetra gates", () => {
	it("says that nothing is proven in a new home", () => {
		expect(printed(emptyHome())).toEqual({ text: expect.stringContaining("No session is in the ledger yet"), code: 0 });
		expect(printed(emptyHome(), { json: true }).text).toBe("[]");
	});

	it("shows requirements, what is missing and which sessions count, in 80 columns", () => {
		const home = emptyHome();
		smallSession(home, 0, { wallMs: Date.now() - 5 * 86_400_000 });
		smallSession(home, 1, { steeredBy: ["pause"], wallMs: Date.now() - 4 * 86_400_000 });
		const { text, code } = printed(home);
		expect(code).toBe(0);
		expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
		for (const words of [
			"sma-1",
			"TEST M1",
			"virtual -> demo",
			"CLOSED",
			"omega lower bound",
			"46 more trades",
			"losses only",
			"steered by the operator (pause)",
			"demo -> live",
		])
			expect(text).toContain(words);
	});

	it("shows an open gate with its certificate", () => {
		const home = emptyHome();
		for (let day = 0; day < 5; day++) smallSession(home, day, { wallMs: Date.now() - (6 - day) * 86_400_000 });
		const [standing] = JSON.parse(printed(home, { json: true }).text) as Standing[];
		expect(standing?.gates[0]).toMatchObject({ verdict: "open", certificate: { problem: null } });
		expect(printed(home).text).toMatch(/✓ OPEN/);
	});

	it("is about one agent when asked, and refuses one that is none", () => {
		const home = emptyHome();
		smallSessions(home, 0, 1);
		expect(printed(home, { agent: "sma" }).text).toContain("sma-1");
		expect(printed(home, { agent: "berserker" }).text).toContain("No session of agent berserker");
		expect(() => printed(home, { agent: "smaa" })).toThrow(/there is no agent "smaa".*sma/);
	});

	it("knows a policy of the user's own by what it has done here", () => {
		const home = emptyHome();
		smallSession(home, 0, { wallMs: Date.now() - 5 * 86_400_000 });
		const agent = { id: "mine", params: { outsideMargin: 0.25 }, source: { kind: "policy", sha256: "ab".repeat(32), runtime: "kinetra" } } as const;
		smallSession(home, 1, { config: { agent }, wallMs: Date.now() - 4 * 86_400_000 });
		expect(JSON.parse(printed(home, { agent: "mine", json: true }).text)).toMatchObject([{ agentBuild: `mine@${"ab".repeat(16)}` }]);
		expect(JSON.parse(printed(home, { agent: "sma", json: true }).text)).toMatchObject([{ agentBuild: expect.stringContaining("sma-1") }]);
		expect(() => printed(home, { agent: "min" })).toThrow(/there is no agent "min"/);
	});

	it("ends with 3 when something is damaged", () => {
		const home = emptyHome();
		smallSession(home, 0);
		rmSync(join(home.root, "ledger.head"));
		const { text, code } = printed(home);
		expect(code).toBe(3);
		expect(text).toContain("Nothing can be proven");
		writeFileSync(join(home.root, "ledger.jsonl"), "not a ledger\n", { mode: 0o600 });
		expect(printed(home)).toEqual({ text: expect.stringContaining("line 1: it is not JSON"), code: 3 });
	});
});
