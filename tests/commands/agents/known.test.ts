import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readPolicyFolder } from "../../../src/adapters/agent/policy-folder.ts";
import { keepPolicy } from "../../../src/adapters/agent/policy-store.ts";
import { homeAt } from "../../../src/adapters/home.ts";
import { knownAgents, ownPolicies } from "../../../src/commands/agents/known.ts";
import { agents } from "../../../src/commands/agents.ts";
import { resolveAgent } from "../../../src/config/agent.ts";
import { agentIds } from "../../../src/config/agent-name.ts";
import { createPalette } from "../../../src/print/palette.ts";
import type { Terminal } from "../../../src/terminal.ts";
import { BY_HAND, temporaryFolder, writeTiny, writeTinyTriad } from "../../helpers/policy.ts";

const made: ReturnType<typeof temporaryFolder>[] = [];
afterEach(() => {
	for (const one of made.splice(0)) one.remove();
});

function folder(): string {
	const one = temporaryFolder();
	made.push(one);
	return one.folder;
}

describe("the agents that can be named", () => {
	it("are the rules and what ships with Kinetra, with where it comes from", () => {
		const root = folder();
		writeTiny(root, { provenance: { ...BY_HAND, verdict: "no edge shown" } });
		writeTinyTriad(root);
		const known = knownAgents(["tiny", "three"], root);
		expect(known.find(({ id }) => id === "sma")).toMatchObject({ build: "sma-1", policy: null, problem: null });
		const tiny = known.find(({ id }) => id === "tiny");
		expect(tiny).toMatchObject({ warmupBars: 20, policy: { algorithm: "by-hand", verdict: "no edge shown" }, problem: null });
		expect(tiny?.build).toBe(`tiny@${tiny?.policy?.sha256.slice(0, 32)}`);
		expect(tiny?.parameters.map(({ key }) => key)).toEqual(["outsideMargin"]);
		expect(known.find(({ id }) => id === "three")?.policy).toMatchObject({ verdict: null });
	});

	it("that are damaged are said and hide no other", () => {
		const root = folder();
		writeFileSync(join(writeTiny(root), "policy.onnx"), "not a model");
		writeTinyTriad(root);
		const known = knownAgents(["tiny", "three"], root);
		expect(known.find(({ id }) => id === "tiny")).toMatchObject({
			policy: null,
			problem: expect.stringMatching(/Kinetra's own policy tiny is damaged: .*Install Kinetra again/),
		});
		expect(known.find(({ id }) => id === "three")).toMatchObject({ problem: null });
	});

	it("that are gone are said too: the default agent never becomes a name that nobody knows", () => {
		const known = knownAgents(undefined, folder());
		expect(known.find(({ id }) => id === "ppo")).toMatchObject({
			policy: null,
			problem: expect.stringMatching(/Kinetra's own policy ppo is damaged: .* is not there\..* Install Kinetra again; until then name another agent/),
		});
		expect(known.filter(({ problem }) => problem === null).map(({ id }) => id)).toContain("sma");
	});

	it("are followed by the policies of one's own that sessions here have used, by the folder that --agent takes", async () => {
		const home = homeAt({ KINETRA_HOME: join(folder(), "home") });
		const root = folder();
		const shipped = readPolicyFolder(writeTiny(root));
		const own = readPolicyFolder(writeTiny(root, { name: "own" }, "own"));
		for (const policy of [shipped, own]) keepPolicy(home, policy);
		const listed = knownAgents(["tiny"], root);
		const [row, ...others] = ownPolicies(home, listed);
		expect(others).toEqual([]);
		expect(row).toMatchObject({ id: "own", build: `own@${own.policy.sha256.slice(0, 32)}`, policy: { sha256: own.policy.sha256 }, problem: null });
		expect((await resolveAgent(row?.argument ?? "", [])).choice.source).toMatchObject({ sha256: own.policy.sha256 });
		writeFileSync(join(row?.argument ?? "", "policy.onnx"), "changed");
		expect(ownPolicies(home, listed)).toMatchObject([{ id: own.policy.sha256.slice(0, 12), policy: null, problem: expect.stringContaining("was changed") }]);
		const lines: string[] = [];
		const terminal = { print: (text: string) => lines.push(text), palette: createPalette(false) } as unknown as Terminal;
		expect(agents({ name: "list" }, false, home, terminal)).toBe(3);
		expect(lines).toContain(`  kept from a session here: --agent ${row?.argument}`);
	});

	it("are printed, all of them, as text and as JSON", () => {
		const home = homeAt({ KINETRA_HOME: join(folder(), "home") });
		const lines: string[] = [];
		const terminal = { print: (text: string) => lines.push(text), palette: createPalette(false) } as unknown as Terminal;
		expect(agents({ name: "list" }, false, home, terminal)).toBe(0);
		for (const id of agentIds()) expect(lines.some((row) => row.startsWith(`${id}  `))).toBe(true);
		for (const row of lines) expect(row.length).toBeLessThanOrEqual(80);
		lines.length = 0;
		expect(agents({ name: "list" }, true, home, terminal)).toBe(0);
		expect((JSON.parse(lines.join("")) as { id: string }[]).map(({ id }) => id).sort()).toEqual(agentIds());
	});
});
