import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseArgs } from "../src/args.ts";
import { planRun, type RunPlan } from "../src/config.ts";
import { PLAIN } from "./helpers/instrument.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "kinetra-config-"));
let files = 0;

function file(content: string | object, name = `file${files++}.json`): string {
	const path = join(FOLDER, name);
	writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
	return path;
}

async function plan(...argv: string[]): Promise<RunPlan> {
	const request = parseArgs(["run", ...argv], "0.0.0");
	if (request.command !== "run") throw new Error("not a run");
	return planRun(request.options, false);
}

async function failure(...argv: string[]): Promise<{ exitCode: number; message: string }> {
	try {
		await plan(...argv);
	} catch (error) {
		return error as { exitCode: number; message: string };
	}
	throw new Error("it was accepted");
}

/** A complete specification of a symbol that is not built in. */
const GER40 = {
	...PLAIN,
	symbol: "GER40",
	description: "DAX",
	digits: 1,
	contractSize: 1,
	calcMode: "CFDLEVERAGE",
	currencyProfit: "EUR",
	volumeMin: 0.1,
	volumeStep: 0.1,
	fillingFlags: ["IOC"],
	orderFamilies: ["MARKET", "SL", "TP"],
	timesInForce: ["GTC"],
	swapRollover3Days: 5,
	sessions: [[], [[60, 1380]], [[60, 1380]], [[60, 1380]], [[60, 1380]], [[60, 1380]], []],
	typicalSpreadPoints: 12,
};

describe("a run without options", () => {
	it("is the contract's default session", async () => {
		const { config, timeframeMinutes, speed, headless, json } = await plan();
		expect({ timeframeMinutes, speed, headless, json }).toEqual({ timeframeMinutes: 1, speed: "max", headless: true, json: false });
		expect(config).toMatchObject({
			mode: "virtual",
			agent: { id: "ppo", source: { kind: "policy", runtime: "kinetra" } },
			feed: { kind: "synthetic", scenario: "normal" },
			durationMinutes: 60,
			maxTrades: 10,
			chsThreshold: 0.55,
			riskPct: 1,
			account: { currency: "USD", currencyDigits: 2, startBalance: 10_000, leverage: 100, marginMode: "hedging" },
			onBreaker: "hold",
			onExit: "flatten",
			unlimited: false,
		});
		expect(config.instrument.symbol).toBe("EURUSD");
		expect(config.rules.maxLots).toBe(1);
		expect(Number.isInteger(config.seed)).toBe(true);
	});

	it("takes 60 x real time on a terminal", async () => {
		const request = parseArgs(["run"], "0.0.0");
		if (request.command !== "run") throw new Error("not a run");
		expect((await planRun(request.options, true)).speed).toBe(60);
	});
});

describe("a file", () => {
	it.each([
		["GBPUSD+_M15_202401020000_202512262345.csv.gz", "GBPUSD", 15],
		["BTCUSD_M30_202401020000_202512282230.csv", "BTCUSD", 30],
		["XAUUSD+.csv", "XAUUSD", null],
	])("%s gives symbol, timeframe and the feed", async (name, symbol, timeframe) => {
		const { config, timeframeMinutes } = await plan("--file", `/nowhere/${name}`);
		expect([config.instrument.symbol, timeframeMinutes, config.feed.kind, config.durationMinutes]).toEqual([symbol, timeframe, "csv", null]);
	});

	it("gives way to options", async () => {
		const { timeframeMinutes, timeframeAsked } = await plan("--file", "/nowhere/GBPUSD_M15.csv", "--timeframe", "h1");
		expect([timeframeMinutes, timeframeAsked]).toEqual([60, true]);
	});

	it("whose broker calls the symbol otherwise needs the plain name only", async () => {
		expect((await plan("--symbol", "gbpusd+")).config.instrument.symbol).toBe("GBPUSD");
	});
});

describe("what is refused", () => {
	it.each<[string, string[], RegExp]>([
		["a risk that is too large", ["--risk", "2.5"], /--risk: 2.5 is out of range. Allowed: 0.01 to 2 percent/],
		["a risk of nothing", ["--risk", "0"], /--risk: 0 is out of range/],
		["NaN", ["--balance", "NaN"], /--balance: "NaN" is not a number/],
		["infinity", ["--duration", "Infinity"], /--duration: "Infinity" is not a number/],
		["hex", ["--seed", "0x10"], /--seed: "0x10" is not a number/],
		["half a seed", ["--seed", "1.5"], /--seed: 1.5 is not a whole number/],
		["a negative balance", ["--balance", "-5"], /--balance: -5 is out of range/],
		["zero trades", ["--max-trades", "0"], /--max-trades: 0 is out of range. Allowed: 1 to 1000000 attempts, whole, or none/],
		["a threshold that no new agent could meet", ["--chs-threshold", "0.76"], /--chs-threshold: 0.76 is out of range. Allowed: 0 to 0.75/],
		["nothing for a timeframe", ["--timeframe", ""], /--timeframe: "" is unknown\. Allowed: M1, M5/],
		["a word that is like no scenario", ["--scenario", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"], /is unknown\. Allowed: normal/],
		["an unknown timeframe", ["--timeframe", "M7"], /--timeframe: "M7" is unknown; did you mean "M1"\? Allowed: M1, M5/],
		["an unknown agent", ["--agent", "berserk"], /there is no agent "berserk"; did you mean "berserker"\? See: kinetra agents/],
		["an unknown symbol", ["--symbol", "FOOBAR"], /"FOOBAR" has no built-in specification. Built in: EURUSD, .* give --spec PATH/],
		["a symbol that hides something", ["--symbol", "EUR\u202eUSD"], /--symbol: "EUR\u{FFFD}USD" is not a symbol name/u],
		["an unknown scenario", ["--scenario", "crsh"], /"crsh" is unknown; did you mean "crash"\?/],
		["an unknown rule", ["--set", "rules.maxLot=1"], /--set rules.maxLot: unknown rule "maxLot"; did you mean "maxLots"\?$/],
		["a rule out of range", ["--set", "rules.maxLots=1e9"], /maxLots .* out of range/],
		["an unknown area", ["--set", "rule.maxLots=1"], /nothing can be set in "rule"; did you mean "rules"\?/],
		["an unknown agent parameter", ["--set", "agent.speed=1"], /has no parameter speed/],
		["a setting without a value", ["--set", "rules.maxLots"], /not of the form rules.KEY=VALUE/],
		["a simulator setting out of range", ["--set", "simulator.rejectProbability=1.5"], /simulator.rejectProbability: rejectProbability = 1.5/],
		["an unknown simulator setting", ["--set", "simulator.latency=5"], /unknown field "latency"; did you mean "latencyMs"\?/],
		["csv without a file", ["--feed", "csv"], /--feed csv needs --file PATH/],
		["a file for the synthetic market", ["--feed", "synthetic", "--file", "x.csv"], /--file belongs to recorded data: use --feed csv/],
		["a scenario for a file", ["--file", "EURUSD_M1.csv", "--scenario", "calm"], /--scenario belongs to the synthetic market/],
		["a file whose symbol cannot be known", ["--file", "data.csv"], /symbol cannot be read from the file's name/],
		["a symbol that is not the file's", ["--file", "XAUUSD_M1.csv", "--symbol", "EURUSD"], /does not fit the file, whose name says XAUUSD/],
		["from after to", ["--file", "EURUSD_M1.csv", "--from", "2024-02-01", "--to", "2024-01-01"], /--from must lie before --to/],
		["a day that does not exist", ["--from", "2023-02-29"], /--from: "2023-02-29" is not a date/],
		["a currency without a rate", ["--currency", "ZAR"], /needs the rate of USDZAR. Give it with --set conversion.USDZAR=RATE/],
		["a count limit for a run without limits", ["--unlimited", "--max-trades", "5"], /--unlimited has no count limit/],
		["a config that is not there", ["--config", "/nowhere.json"], /--config: \/nowhere.json cannot be read: no such file or folder \(ENOENT\)/],
		["a folder as config", ["--config", FOLDER], /is not an ordinary file/],
		["a device as spec", ["--spec", "/dev/zero"], /is not an ordinary file/],
		["an empty config", ["--config", file("")], /is empty/],
		["a config that is not JSON", ["--config", file("{symbol: EURUSD}")], /is not JSON/],
		["a config that is a list", ["--config", file("[1]")], /must hold one JSON object/],
		["a binary config", ["--config", file("\u0000\u0001\ud800")], /is not (JSON|UTF-8)/],
		["a list of rules in a config", ["--config", file({ rules: [] })], /rules: expected an object/],
		[
			"a specification of another symbol than the file's",
			["--file", "GBPUSD_M15_1.csv", "--spec", file({ symbol: "EURUSD" })],
			/--spec, EURUSD, does not fit the file, whose name says GBPUSD/,
		],
		["an unknown key in a config", ["--config", file({ simbol: "EURUSD" })], /simbol: unknown key; did you mean "symbol"\?/],
		["an unknown rule in a config", ["--config", file({ rules: { maxlot: 1 } })], /rules.maxlot: unknown rule "maxlot"; did you mean "maxLots"\?/],
		["a bad value in a config", ["--config", file({ risk: 7 })], /risk: 7 is out of range/],
		["a wrong type in a config", ["--config", file({ risk: [1] })], /expected a text, a number or true\/false/],
		["a spec with missing fields", ["--spec", file({ symbol: "GER40", digits: 1 })], /lacks description, tickSizePoints, .* and \d+ more/],
		["a spec with one field missing", ["--spec", file(without("volumeStep"))], /the specification lacks volumeStep\./],
		["a spec with an unknown field", ["--spec", file({ ...GER40, volumeSteps: 1 })], /unknown field "volumeSteps"; did you mean "volumeStep"\?/],
		["a spec with a wrong type", ["--spec", file({ ...GER40, volumeStep: "0.1" })], /volumeStep = "0.1": .*expected number/],
		["a spec with a contradiction", ["--spec", file({ ...GER40, volumeMin: 200 })], /volumeMin 200 is above volumeMax 100/],
		["a spec with six days", ["--spec", file({ ...GER40, sessions: GER40.sessions.slice(1) })], /sessions = .*seven days/],
	])("%s", async (_, argv, message) => {
		const { exitCode, message: text } = await failure(...argv);
		expect(text).toMatch(message);
		expect(exitCode).toBe(2);
	});
});

function without(field: keyof typeof GER40): object {
	const { [field]: _left, ...rest } = GER40;
	return rest;
}

describe("a configuration file", () => {
	it("holds options under either spelling, and the same areas as --set", async () => {
		const path = file({
			symbol: "GBPUSD",
			maxTrades: 5,
			"chs-threshold": 0.6,
			rules: { maxLots: 0.5 },
			simulator: { latencyMs: 5 },
			agent: { id: "sma", stopAtr: 2 },
			instrument: { stopsLevelPoints: 30 },
			conversion: { USDJPY: { bid: 150, ask: 151 } },
		});
		const { config } = await plan("--config", path);
		expect([config.instrument.symbol, config.instrument.stopsLevelPoints, config.maxTrades, config.chsThreshold]).toEqual(["GBPUSD", 30, 5, 0.6]);
		expect([config.rules.maxLots, config.simulator.latencyMs, config.agent.id, config.agent.params.stopAtr]).toEqual([0.5, 5, "sma", 2]);
		expect(config.conversion.USDJPY).toEqual({ bid: 150, ask: 151 });
	});

	it("gives way to the command line, option by option and rule by rule", async () => {
		const path = file({ risk: 0.5, agent: "sma", maxTrades: null, rules: { maxLots: 0.5, cooldownMs: 0 } });
		const { config } = await plan("--config", path, "--risk", "0.25", "--set", "rules.maxLots=0.2");
		expect([config.riskPct, config.agent.id, config.maxTrades, config.rules.maxLots, config.rules.cooldownMs]).toEqual([0.25, "sma", null, 0.2, 0]);
	});
});

describe("a specification", () => {
	it("makes an unknown symbol tradable", async () => {
		const { config } = await plan("--spec", file(GER40));
		expect([config.instrument.symbol, config.instrument.digits]).toEqual(["GER40", 1]);
	});

	it("changes single fields of a built-in one", async () => {
		const { config } = await plan("--symbol", "EURUSD", "--spec", file({ stopsLevelPoints: 25 }), "--set", "instrument.volumeMax=2");
		expect([config.instrument.stopsLevelPoints, config.instrument.volumeMax, config.instrument.digits]).toEqual([25, 2, 5]);
	});
});

describe("a measuring run", () => {
	it("has no limits, but keeps its own changes", async () => {
		const { config } = await plan("--unlimited", "--set", "rules.maxLots=0.3");
		expect([config.unlimited, config.maxTrades, config.rules.maxLots]).toEqual([true, null, 0.3]);
		expect(config.rules.sessionLossPct).toBeGreaterThan(1e9);
	});
});
