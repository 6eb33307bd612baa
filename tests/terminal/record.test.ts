import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { amendCarry, loadCarry } from "../../src/adapters/archive/carry.ts";
import { homeAt } from "../../src/adapters/home.ts";
import type { ChsCarry } from "../../src/engine/health/carry.ts";
import type { Summary } from "../../src/engine/summary-type.ts";
import { barsFile, buildProgram, type Finished, newHome, runProgram } from "../helpers/cli.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

function kinetra(home: string, ...args: string[]): Promise<Finished> {
	return runProgram(process.execPath, [program, ...args], home);
}

function summaryOf(finished: Finished): Summary {
	return JSON.parse(finished.stdout.trimEnd().split("\n").at(-1) ?? "") as Summary;
}

describe("an agent's record between sessions", () => {
	it.concurrent("is not touched by a drill on a staged market, which is no evidence", async () => {
		const home = newHome();
		const drill = summaryOf(await kinetra(home, "run", "--agent", "berserker", "--scenario", "crash", "--seed", "3", "--json"));
		expect(drill.evidence).toBe(false);
		expect(drill.evidenceNote).toContain("drill");
		expect(readdirSync(join(home, "agents"))).toEqual([]);
	});

	it.concurrent("latches the next session after a loss beyond the plan, until the operator accepts it with a reason", async () => {
		const home = newHome();
		expect((await kinetra(home, "run", "--agent", "berserker", "--seed", "1", "--duration", "10")).code).toBe(0);
		const store = homeAt({ KINETRA_HOME: home });
		const lose = (carry: unknown): unknown => ({ ...(carry as ChsCarry), overshoot: 9 });
		expect(amendCarry(store, "berserker-1", "virtual", { wall: "2025-01-01T00:00:00.000Z", reason: "made up by a test" }, lose)).toBe(true);

		const halted = await kinetra(home, "run", "--agent", "berserker", "--seed", "2", "--duration", "10", "--json");
		expect(halted.code).toBe(5);
		expect(summaryOf(halted)).toMatchObject({ endReason: "breaker", tradesExecuted: 0, nextStep: expect.stringContaining("kinetra agents accept") });

		expect(await kinetra(home, "agents", "accept", "berserker-1", "--reason", "x")).toMatchObject({ code: 2, stderr: expect.stringContaining("--reason") });
		expect(await kinetra(home, "agents", "accept", "nobody-1", "--reason", "because")).toMatchObject({ code: 2, stderr: expect.stringContaining("no record") });
		expect(await kinetra(home, "agents", "accept", "berserker-1", "--reason", "gap over the weekend")).toMatchObject({ code: 0, stderr: "" });
		const record = loadCarry(store, "berserker-1", "virtual");
		expect(record.accepted.map((one) => one.reason)).toEqual(["made up by a test", "gap over the weekend"]);
		expect((await kinetra(home, "run", "--agent", "berserker", "--seed", "3", "--duration", "10")).code).toBe(0);
		expect(readFileSync(join(home, "agents", readdirSync(join(home, "agents"))[0] ?? ""), "utf8")).toContain("gap over the weekend");
	});
});

describe("the next step", () => {
	it.concurrent("after a drill never speaks of a record that the drill did not touch", async () => {
		const drill = summaryOf(await kinetra(newHome(), "run", "--agent", "berserker", "--scenario", "crash", "--seed", "1", "--json"));
		expect(drill).toMatchObject({ endReason: "breaker", nextStep: expect.stringContaining("the agent's record is as it was") });
	});

	it.concurrent("with a record of losses names the open breaker instead of asking for more time", async () => {
		const home = newHome();
		await kinetra(home, "run", "--agent", "berserker", "--seed", "1", "--duration", "60", "--json");
		const noEdge = (carry: unknown): unknown => ({ ...(carry as ChsCarry), arms: { gone: 7, inverted: 0, leak: 0 } });
		amendCarry(homeAt({ KINETRA_HOME: home }), "berserker-1", "virtual", { wall: "2025-01-01T00:00:00.000Z", reason: "made up by a test" }, noEdge);
		const held = summaryOf(await kinetra(home, "run", "--agent", "berserker", "--seed", "2", "--duration", "5", "--json"));
		expect(held).toMatchObject({ tradesExecuted: 0, nextStep: expect.stringContaining("The breaker is open") });
	});

	it.concurrent("counts the same recorded days once, whatever the seed", async () => {
		const home = newHome();
		const file = barsFile("GBPUSD_M1.csv", 400);
		const first = summaryOf(await kinetra(home, "run", "--file", file, "--agent", "sma", "--seed", "1", "--json"));
		const second = summaryOf(await kinetra(home, "run", "--file", file, "--agent", "sma", "--seed", "2", "--json"));
		expect([first.evidence, second.evidence]).toEqual([true, false]);
		expect(second.evidenceNote).toContain("the same days count once");
	});
});
