import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseArgs } from "../../../src/args.ts";
import { createServices, FORM_KEYS } from "../../../src/commands/cockpit/services.ts";
import { shellQuote } from "../../../src/commands/cockpit/shell-quote.ts";
import { agentIds } from "../../../src/config/agent-name.ts";
import { RUN_OPTIONS, type RunOptions, setOption } from "../../../src/config/options.ts";
import { planRun } from "../../../src/config.ts";
import { BUILT_IN_INSTRUMENTS } from "../../../src/engine/instruments/built-in.ts";
import type { Choices } from "../../../src/ui/state.ts";

const services = createServices("the guide");

function optionsOf(choices: Choices): RunOptions {
	const options: RunOptions = { set: [] };
	for (const key of FORM_KEYS) {
		const text = choices[key];
		if (text !== undefined) setOption(options, key, text);
	}
	return options;
}

/** Words as a POSIX shell splits them, by the shell itself. */
function shellWords(line: string): string[] {
	const shell = spawnSync("bash", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" });
	expect(shell.stderr).toBe("");
	return shell.stdout.split("\0").slice(0, -1);
}

/** The command line's options, without asking a shell: words with quotes are not among them. */
function parsed(line: string): RunOptions {
	const request = parseArgs(line.split(" ").slice(1), "0");
	if (request.command !== "run") throw new Error(`not a run: ${line}`);
	return request.options;
}

describe("the facts of the fields", () => {
	it("are those of the options of run", () => {
		expect(services.fields.map(({ key }) => key)).toEqual([...FORM_KEYS]);
		for (const facts of services.fields) {
			const row = RUN_OPTIONS[facts.key as (typeof FORM_KEYS)[number]];
			expect([facts.line, facts.fallback]).toEqual([row.line, row.fallback]);
			for (const offer of facts.offers) expect(services.checkField(facts.key, offer), `${facts.key} ${offer}`).toBeNull();
		}
	});

	it.each([
		["symbol", "text", `built in: ${BUILT_IN_INSTRUMENTS.map(({ symbol }) => symbol).join(", ")}`],
		["agent", "open-words", ""],
		["scenario", "words", ""],
		["file", "file", ""],
		["duration", "number", "0.1 to 5256000 minutes"],
		["maxTrades", "number", "1 to 1000000 attempts, whole, or none"],
		["chsThreshold", "number", "0 to 0.75"],
		["risk", "number", "0.01 to 2 percent"],
		["speed", "number", "0.1 to 1000000 times real time, or max"],
		["seed", "number", "0 to 4294967295, whole"],
	])("%s is a %s: %s", (key, kind, range) => {
		expect(services.fields.find((facts) => facts.key === key)).toMatchObject({ kind, range });
	});

	it("offer every agent and every built-in symbol", () => {
		expect(services.fields.find(({ key }) => key === "agent")?.words).toEqual(agentIds());
		expect(services.fields.find(({ key }) => key === "symbol")?.offers).toEqual(BUILT_IN_INSTRUMENTS.map(({ symbol }) => symbol));
	});
});

describe("a single choice", () => {
	it.each([
		["duration", "60", null],
		["duration", "0", /^Duration: 0 is out of range\. Allowed: 0\.1 to 5256000 minutes\.$/],
		["duration", "abc", /^Duration: "abc" is not a number/],
		["maxTrades", "none", null],
		["maxTrades", "1.5", /^Max trades: 1\.5 is not a whole number/],
		["chsThreshold", "0.9", /^CHS threshold: 0\.9 is out of range\. Allowed: 0 to 0\.75\.$/],
		["agent", "beserker", /no agent "beserker"; did you mean "berserker"\?/],
		["agent", "sma", null],
		["agent", "./my-policy", null],
		["agent", "models/net.onnx", null],
		["agent", "process:python my_agent.py", null],
		["agent", "process:", /names no program/],
		["scenario", "crahs", /did you mean "crash"/],
		["speed", "max", null],
		["nonsense", "1", /There is no choice "nonsense"/],
		["duration", "\u001b]0;x\u0007", /^Duration: "�" is not a number/],
	])("%s = %j", (key, text, problem) => {
		const said = services.checkField(key, text);
		if (problem === null) expect(said).toBeNull();
		else expect(said).toMatch(problem);
	});

	it("is accepted by the command line whenever the form accepts it", () => {
		const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom("max", "none", "", " 5 ", "1e3", "EURUSD", "csv"), fc.double().map(String));
		fc.assert(
			fc.property(fc.constantFrom(...FORM_KEYS), text, (key, typed) => {
				const accepted = services.checkField(key, typed) === null;
				let set = true;
				try {
					setOption({ set: [] }, key, typed);
				} catch {
					set = false;
				}
				// Whether an agent exists is more than its spelling.
				if (key === "agent") expect(accepted && !set).toBe(false);
				else expect(accepted).toBe(set);
			}),
			{ numRuns: 500 },
		);
	});
});

describe("choices together", () => {
	it.each<[string, Choices, RegExp | null]>([
		["nothing", {}, null],
		["csv without a file", { feed: "csv" }, /^No file is chosen: Enter on File/],
		["a file", { file: "/data/GBPUSD_M15.csv" }, null],
		["a file whose symbol nobody knows", { file: "/data/XYZ_M15.csv" }, /no built-in specification/],
		["a file whose name says nothing", { file: "/data/export.csv" }, /symbol cannot be read from the file's name/],
		["a symbol that is not the file's", { file: "/data/GBPUSD_M15.csv", symbol: "EURUSD" }, /does not fit the file, whose name says GBPUSD/],
		["a symbol without a specification", { symbol: "ABCDEF" }, /no built-in specification/],
		["a scenario kept while a file is used", { file: "/data/GBPUSD_M15.csv", scenario: "crash" }, null],
		["a file kept while the synthetic market is used", { feed: "synthetic", file: "/data/XYZ_M15.csv" }, null],
		["an agent that does not exist", { agent: "nobody" }, /no agent "nobody"/],
		["a number that is none", { seed: "x" }, /is not a number/],
		["an account currency without a rate", { currency: "SEK" }, /EURUSD on a SEK account needs the rate of/],
		["a stage with more than its rules allow", { mode: "demo", maxTrades: "100000" }, /beyond the limit of demo/],
		["live quotes with what belongs to other feeds kept", { feed: "bridge", file: "/data/GBPUSD_M15.csv", scenario: "crash", speed: "max" }, null],
	])("%s", (_, choices, problem) => {
		if (problem === null) expect(services.checkChoices(choices)).toBeNull();
		else expect(services.checkChoices(choices)).toMatch(problem);
	});

	it("of a file that is gone cannot start, and say what to do; those of the synthetic market need none", () => {
		const gone = createServices("", () => false);
		expect(gone.checkChoices({ file: "/data/GBPUSD_M15.csv" })).toBe("There is no file /data/GBPUSD_M15.csv any more: Enter on File looks for another one.");
		expect(gone.checkChoices({ feed: "synthetic", file: "/data/GBPUSD_M15.csv" })).toBeNull();
	});

	it.each<[string, Choices, string]>([
		["the defaults", {}, "kinetra run"],
		["what is the default anyway", { symbol: "EURUSD", duration: "60", speed: "60", feed: "synthetic" }, "kinetra run"],
		["a drill", { scenario: "crash", seed: "7" }, "kinetra run --scenario crash --seed 7"],
		["a file without its feed", { feed: "csv", file: "/d/GBPUSD_M15.csv", scenario: "crash" }, "kinetra run --file /d/GBPUSD_M15.csv"],
		["a duration of a file, even the usual one", { file: "/d/GBPUSD_M15.csv", duration: "60" }, "kinetra run --file /d/GBPUSD_M15.csv --duration 60"],
		["a name with blanks", { file: "/my data/GBPUSD_M15 (1).csv" }, "kinetra run --file '/my data/GBPUSD_M15 (1).csv'"],
		["no limit", { maxTrades: "none", speed: "max" }, "kinetra run --max-trades none --speed max"],
	])("%s as a command line", (_, choices, line) => {
		expect(services.commandLine(choices)).toBe(line);
	});

	const choice = fc.record(
		{
			symbol: fc.constantFrom("EURUSD", "gbpusd", "XAUUSD"),
			agent: fc.constantFrom("berserker", "sma"),
			feed: fc.constantFrom("synthetic", "csv"),
			scenario: fc.constantFrom("normal", "crash", "news"),
			file: fc.constantFrom("/d/EURUSD_M15.csv", "/d/GBPUSD+_H1_202401020000_202512262345.csv.gz"),
			timeframe: fc.constantFrom("M1", "H1", "m15"),
			duration: fc.constantFrom("60", "30", "0.5", " 45 "),
			maxTrades: fc.constantFrom("10", "none", "3"),
			chsThreshold: fc.constantFrom("0.55", "0.6"),
			risk: fc.constantFrom("1", "0.5"),
			speed: fc.constantFrom("60", "max", "1"),
			seed: fc.integer({ min: 0, max: 4_294_967_295 }).map(String),
		},
		{ requiredKeys: ["seed"] },
	);

	it("plan the same run as their command line", async () => {
		await fc.assert(
			fc.asyncProperty(choice, async (choices) => {
				const kept = services.effective(choices);
				fc.pre(services.checkChoices(choices) === null);
				expect(await planRun(parsed(services.commandLine(choices)), true)).toEqual(await planRun(optionsOf(kept), true));
			}),
			{ numRuns: 200 },
		);
	});

	it("are refused exactly when the run is", async () => {
		await fc.assert(
			fc.asyncProperty(choice, async (choices) => {
				const refused = await planRun(optionsOf(services.effective(choices)), true).then(
					() => null,
					(error: Error) => error.message,
				);
				// The form speaks of its field, the command line of its option.
				const said = refused?.startsWith("--feed csv needs --file") === true ? expect.stringMatching(/^No file is chosen/) : refused;
				expect(services.checkChoices(choices)).toEqual(said);
			}),
			{ numRuns: 200 },
		);
	});

	it("say in sentences what they mean", () => {
		expect(services.describe({ scenario: "crash", seed: "7" })).toEqual([
			"EURUSD from the synthetic market, scenario crash: ppo on M1 bars, 1 h of market time at 60x, about 1 min on your clock.",
			"At most 10 entry attempts, 1 % of equity planned at risk in each; the breaker stops new risk below a score (CHS) of 0.55 and re-arms above 0.65.",
			"Scenario crash (after 12 minutes a collapse, spread x20, requotes and 70 s without quotes; then a thin recovery). A drill: never evidence, the agent's record stays as it is.",
			"Seed 7: the same session every time.",
			"Paper money: no order leaves this machine.",
		]);
		expect(services.describe({ file: "/d/GBPUSD_M15.csv", speed: "max", maxTrades: "none" })).toEqual([
			"GBPUSD (the file's) from GBPUSD_M15.csv: ppo on M15 (the file's) bars, the whole file as fast as this machine can.",
			"No limit of entry attempts, 1 % of equity planned at risk in each; the breaker stops new risk below a score (CHS) of 0.55 and re-arms above 0.65.",
			"A random seed, printed with the session.",
			"Paper money: no order leaves this machine.",
		]);
		expect(services.describe({ duration: "abc" })).toEqual([]);
	});
});

describe("a word for the shell", () => {
	it("comes back as it was, and shows nothing but printable characters", () => {
		const words = [
			"plain.csv",
			"two words",
			"it's",
			"a\\b",
			"$HOME `id` $(id)",
			"\u001b]52;c;x\u0007",
			"gpj.\u202eexe",
			"Zürich 東京",
			"a\nb",
			"",
			"-x",
			"tab\t'\\",
		];
		const line = words.map(shellQuote).join(" ");
		expect(shellWords(line)).toEqual(words);
		// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
		expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
	});
});
