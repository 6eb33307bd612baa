import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { sessionFolder } from "../../../src/adapters/archive/sessions.ts";
import { type Home, homeAt } from "../../../src/adapters/home.ts";
import { judgeStage, type StageVerdict } from "../../../src/commands/standing/judge.ts";
import { standings } from "../../../src/commands/standing/standings.ts";
import type { RunOptions } from "../../../src/config/options.ts";
import { planRun } from "../../../src/config.ts";
import type { Summary } from "../../../src/engine/summary-type.ts";
import { csvFolder } from "../../helpers/csv-files.ts";
import { type Episode, goodDay, type KnownSession, knownMarket, runKnown } from "../../helpers/known-market.ts";

vi.mock("../../../src/engine/engine.ts", async (original) => (await import("../../helpers/engine-hook.ts")).hooked(await original()));

const DAY = 86_400_000;
const BEGIN = Date.UTC(2026, 0, 5);
const write = csvFolder();

function newHome(): Home {
	return homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-path-")), "home") });
}

/** Session number `day`, on a market day of its own, through the real program. */
function session(home: Home, day: number, changes: Partial<KnownSession> = {}, episodes: readonly Episode[] = goodDay(12)): Promise<Summary> {
	return runKnown(home, write(`EURUSD_M1_day${day}.csv`, knownMarket(day, episodes)), { wallMs: BEGIN + day * DAY, ...changes });
}

/** What demo would say to the same configuration, with these options besides, some days after the last session. */
async function demoVerdict(home: Home, options: Partial<RunOptions> = {}, afterDays = 5, venue: "mt5" | "sandbox" = "mt5"): Promise<StageVerdict> {
	const { config, limits } = await planRun({ agent: "sma", symbol: "EURUSD", timeframe: "M1", warmup: 80, risk: 0.25, set: [], ...options }, false);
	return judgeStage(home, { mode: "demo", config: { ...config, timeframeMinutes: 1 }, limits, venue, nowMs: BEGIN + afterDays * DAY });
}

describe("the way from virtual to demo, through the real program", () => {
	it("gives a certificate for sixty trades in five clean sessions, for this configuration and no looser one, and for thirty days", async () => {
		const home = newHome();
		expect(await demoVerdict(home)).toMatchObject({
			kind: "refused",
			missing: [expect.stringContaining("at least one clean virtual session")],
			certificate: null,
		});
		const news: string[][] = [];
		for (let day = 0; day < 5; day++) {
			const { stage, evidence } = await session(home, day);
			expect(stage).toMatchObject({ counts: "whole", why: "", ledgerHead: expect.stringMatching(/^[0-9a-f]{64}$/) });
			expect(evidence).toBe(true);
			news.push([...(stage?.news ?? [])]);
			if (day < 4) {
				const verdict = await demoVerdict(home);
				expect(verdict.kind).toBe("rehearsal");
				expect(verdict.missing.join("\n")).toContain(`trades: ${(day + 1) * 12}, must be at least 60`);
			}
		}
		expect(news.slice(0, 4).every((lines) => lines.length === 1)).toBe(true);
		expect(news[4]?.join("\n")).toMatch(/60 trades of 5 sessions that count \(5 of 5 clean\).*\n.*CERTIFICATE V-\w+ issued: virtual -> demo, until 2026-02-08/);

		expect(await demoVerdict(home)).toMatchObject({ kind: "full", missing: [], probation: null });
		expect((await demoVerdict(home, {}, 5, "sandbox")).kind).toBe("full");
		const [standing] = standings(home, BEGIN + 5 * DAY);
		expect(standing).toMatchObject({ agentBuild: "sma-1", symbol: "EURUSD", timeframe: "M1", settings: ["risk 0.25 %"], venue: "mt5", broken: null });
		expect(standing?.gates[0]).toMatchObject({ verdict: "open", trades: 60, nextCheckpoint: 100, passes: 1 });
		expect(standing?.gates[1]).toMatchObject({ verdict: "closed", trades: 0, nextCheckpoint: 100 });

		const tighter = [{ risk: 0.2 }, { chsThreshold: 0.6 }, { onBreaker: "flatten" as const }, { set: ["rules.cooldownMs=120000"] }];
		for (const options of tighter) expect(await demoVerdict(home, options), JSON.stringify(options)).toMatchObject({ kind: "full" });
		const refusals: [Partial<RunOptions>, string][] = [
			[{ risk: 0.3 }, "risk is 0.3 %, was 0.25 %"],
			[{ chsThreshold: 0.5 }, "CHS threshold is 0.5, was 0.55"],
			[{ set: ["rules.maxLots=0.2"] }, "limit maxLots of demo is 0.2 lots, was 0.1 lots"],
			[{ set: ["rules.maxLots=0.05"] }, "limit maxLots of live is 0.05 lots, was 0.01 lots"],
			[{ set: ["agent.fastBars=7"] }, ""],
			[{ symbol: "GBPUSD" }, ""],
			[{ warmup: 81 }, "bars of warm-up is 81, was 80"],
		];
		for (const [options, named] of refusals) {
			const verdict = await demoVerdict(home, options);
			expect(verdict, JSON.stringify(options)).toMatchObject({ kind: "refused" });
			expect(verdict.certificate?.problem ?? "", JSON.stringify(options)).toContain(named);
		}
		expect((await demoVerdict(home, {}, 34)).kind).toBe("full");
		expect(await demoVerdict(home, {}, 35)).toMatchObject({ kind: "rehearsal", certificate: { problem: expect.stringContaining("ran out on 2026-02-08") } });
	}, 60_000);

	it("counts a session that was steered or cut short with its losses alone, and one that proves nothing not at all", async () => {
		const home = newHome();
		const steered = await session(home, 0, { commands: [{ command: "pause" }, { command: "resume" }] });
		expect(steered.stage).toMatchObject({ counts: "losses", why: expect.stringContaining("steered by the operator (pause, resume)") });
		const cut = await session(home, 1, { commands: [{ command: "stop", reason: "enough", positions: null }] });
		expect(cut.stage).toMatchObject({ counts: "losses", why: expect.stringContaining("cut short (interrupt)") });
		const nothing: [string, Partial<RunOptions>, string][] = [
			["a measuring run", { unlimited: true }, "measuring run"],
			["kinder costs", { set: ["simulator.slippagePoints=0"] }, "simulator.slippagePoints 0 (usually 0.5)"],
			["no commission", { set: ["simulator.chargeCommission=false"] }, "chargeCommission"],
			["a smaller spread", { set: ["instrument.typicalSpreadPoints=0"] }, "typicalSpreadPoints 0 (usually 1)"],
		];
		for (const [index, [name, options, why]] of nothing.entries()) {
			const summary = await session(home, 2 + index, { options });
			expect(summary.stage, name).toMatchObject({ counts: "no", why: expect.stringContaining(why) });
			expect(summary.evidence, name).toBe(false);
		}
		const again = await session(home, 0);
		expect(again.stage).toMatchObject({ counts: "no", why: expect.stringContaining("the same days count once") });
		const gate = standings(home, BEGIN).find(({ settings }) => settings.length === 1)?.gates[0];
		expect(gate).toMatchObject({ trades: 2, verdict: "closed" });
		expect((await demoVerdict(home)).kind).toBe("refused");
	}, 60_000);

	it("proves nothing any more when the journal of one session is gone or was changed", async () => {
		const home = newHome();
		const first = await session(home, 0);
		await session(home, 1);
		rmSync(sessionFolder(home, first.sessionId).journal);
		expect(standings(home, BEGIN)[0]).toMatchObject({
			broken: expect.stringContaining(`journal of session ${first.sessionId} is missing`),
			gates: [{ verdict: "broken" }, { verdict: "closed" }],
		});
		expect((await demoVerdict(home)).missing.join(" ")).toContain("is missing");
	}, 60_000);

	it("runs a virtual session all the same when the ledger is broken, and says that it proves nothing", async () => {
		const home = newHome();
		await session(home, 0);
		rmSync(join(home.root, "ledger.head"));
		await expect(session(home, 1)).rejects.toThrow(/ledger.*broken: anchor.*ledger\.head is missing.*starts again at virtual/);
		expect(await demoVerdict(home)).toMatchObject({ kind: "refused", missing: [expect.stringContaining("is broken")] });
	}, 60_000);
});
