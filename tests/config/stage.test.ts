import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Failure } from "../../src/adapters/failure.ts";
import { parseArgs } from "../../src/args.ts";
import { RUN_OPTIONS, type RunOptionKey } from "../../src/config/options.ts";
import { checkTogether } from "../../src/config/together.ts";
import { planRun, type RunPlan } from "../../src/config.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "kinetra-stage-"));

async function plan(...argv: string[]): Promise<RunPlan> {
	const request = parseArgs(["run", ...argv], "0.0.0");
	if (request.command !== "run") throw new Error("not a run");
	return planRun(request.options, true);
}

async function refusal(...argv: string[]): Promise<{ exitCode: number; message: string }> {
	return plan(...argv).then(
		() => {
			throw new Error("it was accepted");
		},
		(error: Failure) => error,
	);
}

/** What the form of the cockpit says to the same options, before any file is read. */
function formRefusal(...argv: string[]): string | null {
	const request = parseArgs(["run", ...argv], "0.0.0");
	if (request.command !== "run") throw new Error("not a run");
	try {
		checkTogether(request.options);
		return null;
	} catch (error) {
		return (error as Failure).message;
	}
}

describe("what a stage assumes", () => {
	it.each<[string, string[], Partial<RunPlan["config"]>]>([
		["demo", ["--mode", "demo"], { durationMinutes: 30, maxTrades: 5, riskPct: 1 }],
		["live takes what its rules allow", ["--mode", "live"], { durationMinutes: 60, maxTrades: 5, riskPct: 0.5 }],
		[
			"live under tighter rules",
			["--mode", "live", "--set", "rules.sessionMinutesMax=20", "--set", "rules.entriesPerSessionMax=2", "--set", "rules.riskPerTradePctMax=0.2"],
			{ durationMinutes: 20, maxTrades: 2, riskPct: 0.2 },
		],
		["demo under tighter rules", ["--mode", "demo", "--set", "rules.sessionMinutesMax=10"], { durationMinutes: 10, maxTrades: 5 }],
		["what was asked for", ["--mode", "demo", "--duration", "45", "--max-trades", "3", "--risk", "0.25"], { durationMinutes: 45, maxTrades: 3, riskPct: 0.25 }],
		["virtual on live quotes", ["--feed", "bridge"], { durationMinutes: 60, maxTrades: 10, riskPct: 1 }],
	])("%s", async (_name, argv, expected) => {
		const { config, live } = await plan(...argv);
		expect(config).toMatchObject({ ...expected, feed: { kind: "bridge" } });
		expect(live).not.toBeNull();
	});

	it("takes live quotes at their own pace, and trades on nothing before the broker has described it", async () => {
		const { config, live, speed } = await plan(
			"--mode",
			"demo",
			"--symbol",
			"NOBODYKNOWS",
			"--bridge",
			"ws://127.0.0.1:9999",
			"--token-file",
			"t",
			"--shadow",
			"--found",
			"resume",
		);
		expect(speed).toBe("max");
		expect(live).toEqual({ symbol: "NOBODYKNOWS", known: null, bridge: "ws://127.0.0.1:9999", tokenFile: "t", found: "resume", shadow: true });
		expect(config.instrument).toMatchObject({ symbol: "NOBODYKNOWS", tradeMode: "DISABLED", sessions: [[], [], [], [], [], [], []] });
		expect(config.conversion).toEqual({});
	});

	it("knows nothing of a bridge on made-up markets", async () => {
		expect((await plan()).live).toBeNull();
	});
});

const CONFIG = join(FOLDER, "config.json");
writeFileSync(CONFIG, JSON.stringify({ mode: "demo", seed: 4 }));

describe("what cannot go together", () => {
	it.each<[string, string[], RegExp]>([
		["demo with a seed", ["--mode", "demo", "--seed", "1"], /^--seed makes no sense in demo: it chooses a generated market/],
		["demo with a balance", ["--mode", "demo", "--balance", "1"], /^--balance makes no sense in demo: it is the broker's/],
		["demo with a leverage", ["--mode", "demo", "--leverage", "10"], /^--leverage/],
		["demo with a currency", ["--mode", "demo", "--currency", "EUR"], /^--currency/],
		["demo with a kind of account", ["--mode", "demo", "--account", "netting"], /^--account/],
		["demo without limits", ["--mode", "demo", "--unlimited"], /^--unlimited makes no sense in demo.*C07/],
		["live without limits", ["--mode", "live", "--unlimited"], /^--unlimited makes no sense in live.*C07/],
		["demo as JSON", ["--mode", "demo", "--json"], /^--json makes no sense in demo/],
		["demo at a speed", ["--mode", "demo", "--speed", "10"], /^--speed makes no sense on live quotes/],
		["live quotes at a speed", ["--feed", "bridge", "--speed", "10"], /^--speed makes no sense on live quotes/],
		["live quotes with a specification", ["--feed", "bridge", "--spec", "x.json"], /^--spec makes no sense on live quotes/],
		["live quotes with a changed symbol", ["--feed", "bridge", "--set", "instrument.digits=3"], /^--set instrument.digits makes no sense/],
		["live quotes with a changed rate", ["--feed", "bridge", "--set", "conversion.USDJPY=1"], /^--set conversion.USDJPY makes no sense/],
		["live quotes with a scenario", ["--feed", "bridge", "--scenario", "crash"], /^--scenario belongs to the synthetic market/],
		["live quotes with a file", ["--feed", "bridge", "--file", "x.csv"], /^--file belongs to recorded data/],
		["demo with a scenario", ["--mode", "demo", "--scenario", "normal"], /^--scenario/],
		["demo with a file", ["--mode", "demo", "--file", "x.csv"], /^--file/],
		["demo on a made-up market", ["--mode", "demo", "--feed", "synthetic"], /^--feed synthetic makes no sense in demo/],
		["live on recorded data", ["--mode", "live", "--feed", "csv", "--file", "x.csv"], /^--feed csv makes no sense in live/],
		["demo with a kinder simulator", ["--mode", "demo", "--set", "simulator.latencyMs=0"], /^--set simulator.latencyMs makes no sense in demo/],
		["demo without a count", ["--mode", "demo", "--max-trades", "none"], /^--max-trades none makes no sense in demo/],
		["demo beyond its minutes", ["--mode", "demo", "--duration", "121"], /^--duration 121 is beyond the limit of demo: sessionMinutesMax is 120 minutes/],
		["live beyond its entries", ["--mode", "live", "--max-trades", "6"], /^--max-trades 6 is beyond the limit of live: entriesPerSessionMax is 5/],
		["live beyond its risk", ["--mode", "live", "--risk", "0.6"], /^--risk 0.6 is beyond the limit of live: riskPerTradePctMax is 0.5/],
		["found positions of a virtual session", ["--found", "resume"], /^--found belongs to --mode demo and --mode live/],
		["the simulator beside itself", ["--shadow"], /^--shadow belongs to --mode demo/],
		["a bridge for a made-up market", ["--bridge", "ws://127.0.0.1:1"], /^--bridge belongs to live quotes/],
		["a bridge's token for a made-up market", ["--token-file", "t"], /^--token-file belongs to live quotes/],
		["something that is no address", ["--feed", "bridge", "--bridge", "127.0.0.1:8765"], /^--bridge: "127.0.0.1:8765" is not the address of a bridge/],
	])("%s", async (_name, argv, message) => {
		const { exitCode, message: text } = await refusal(...argv);
		expect(text).toMatch(message);
		expect(exitCode).toBe(2);
	});

	it("nor what a configuration file says", async () => {
		expect((await refusal("--config", CONFIG)).message).toMatch(/^--seed makes no sense in demo/);
	});

	it.each([
		["--mode", "demo", "--seed", "1"],
		["--mode", "demo", "--duration", "121"],
		["--mode", "live", "--risk", "0.6"],
		["--feed", "bridge", "--speed", "10"],
		["--mode", "demo", "--set", "simulator.latencyMs=0"],
	])("and the form says the same as the run: %s %s %s %s", async (...argv) => {
		expect(formRefusal(...argv)).toBe((await refusal(...argv)).message);
	});

	it("while the form knows no broker's symbol, and leaves it to the broker", () => {
		expect(formRefusal("--mode", "demo", "--symbol", "NOBODYKNOWS")).toBeNull();
	});
});

describe("control C07: no option takes a limit away or skips a step", () => {
	it("has none whose name says so", () => {
		const names = Object.keys(RUN_OPTIONS) as RunOptionKey[];
		// Bad rows are those of a recorded file, which demo and live refuse; the token's file opens the way to the bridge and no gate behind it.
		expect(
			names.filter((name) => !["skipBadRows", "tokenFile"].includes(name) && /yes|force|confirm|skip|bypass|override|password|login|token|auto/i.test(name)),
		).toEqual([]);
	});

	it.each([
		["rules.requireStop=false", /cannot be changed in live/],
		["rules.autoAdjust=false", /cannot be changed in live/],
		["rules.sessionLossPct=none", /cannot be none in live/],
		["rules.maxLots=none", /cannot be none in live/],
		["rules.dailyLossPct=6", /out of range in live/],
		["rules.duplicateWindowMs=0", /out of range in live/],
	])("nor a setting: %s", async (change, message) => {
		expect((await refusal("--mode", "live", "--set", change)).message).toMatch(message);
	});
});
