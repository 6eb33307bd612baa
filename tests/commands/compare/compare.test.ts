import { describe, expect, it } from "vitest";
import { EXIT, Failure } from "../../../src/adapters/failure.ts";
import type { CompareRequest } from "../../../src/args/compare.ts";
import { parseArgs } from "../../../src/args.ts";
import { compare, progressText } from "../../../src/commands/compare.ts";
import { createPalette } from "../../../src/print/palette.ts";
import { visibleLength, WIDTH } from "../../../src/print/text.ts";
import type { Terminal } from "../../../src/terminal.ts";
import type { ComparisonReport } from "../../../src/trial/comparison-report.ts";
import { barsFile, buildProgram, newHome, runProgram } from "../../helpers/cli.ts";

type Shown = { readonly code: number; readonly text: string; readonly bars: readonly string[] };

function requestOf(args: readonly string[]): CompareRequest {
	const request = parseArgs(["compare", ...args], "0.0.0");
	if (request.command !== "compare") throw new Error(`this is ${request.command}`);
	return request;
}

/** Runs the command in this process; `onBar` hears of every progress bar. */
async function compared(args: readonly string[], onBar: (count: number) => void = () => {}): Promise<Shown> {
	const printed: string[] = [];
	const bars: string[] = [];
	const terminal: Terminal = {
		interactive: true,
		palette: createPalette(false),
		columns: () => 80,
		print: (text) => printed.push(text),
		redraw(line) {
			if (line === "") return;
			bars.push(line);
			onBar(bars.length);
		},
		endProgress: () => {},
		complain: () => {},
		closed: () => false,
		outputLost: () => null,
	};
	const code = await compare(requestOf(args), terminal);
	return { code, text: printed.join("\n"), bars };
}

const THREE = ["--agents", "sma,berserker,buy-and-hold", "--duration", "90"];

describe("compare", { timeout: 120_000 }, () => {
	it("says the same for any number of workers, and nothing but one JSON document", async () => {
		const one = await compared([...THREE, "--seeds", "4", "--workers", "1", "--json"]);
		const three = await compared([...THREE, "--seeds", "4", "--workers", "3", "--json"]);
		expect(three.text).toBe(one.text);
		expect(one).toMatchObject({ code: EXIT.ok, bars: [] });
		const report = JSON.parse(one.text) as ComparisonReport;
		expect(report).toMatchObject({ complete: true, done: 12, total: 12, warmupBars: 80, failed: [] });
		expect(report.pairs.map(({ first, second }) => `${first} ${second}`)).toEqual(["sma berserker", "sma buy-and-hold", "berserker buy-and-hold"]);
		const results = report.sessions.map(({ results }) => results);
		expect(results).toHaveLength(4);
		// The same trading period for agents of different warm-up.
		for (const row of results) expect(new Set(Object.values(row).map((figures) => figures?.from)).size).toBe(1);
		const mean = results.reduce((sum, row) => sum + (row.sma?.netProfit ?? Number.NaN), 0) / 4;
		expect(report.agents[0]?.means.netProfit.mean).toBeCloseTo(mean, 9);
		const difference = results.reduce((sum, row) => sum + (row.sma?.netProfit ?? Number.NaN) - (row.berserker?.netProfit ?? Number.NaN), 0) / 4;
		expect(report.pairs[0]?.differences.netProfit.mean).toBeCloseTo(difference, 9);
	});

	it("shows how far it is, tables, curves, and how to read them, in 80 columns", async () => {
		const { code, text, bars } = await compared([...THREE, "--seeds", "3", "--workers", "2"]);
		expect(code).toBe(EXIT.ok);
		expect(bars.at(-1)).toContain("9/9 runs");
		for (const part of ["sma less berserker", "net profit, USD", "not told apart", "Mean result in the course", "Holm", "docs/COMPARING.md"])
			expect(text).toContain(part);
		expect(Math.max(...text.split("\n").map(visibleLength))).toBeLessThanOrEqual(WIDTH);
	});

	it("reports what is done when it is interrupted, says that it is partial, and keeps nothing running", async () => {
		const { code, text } = await compared(["--agents", "sma,berserker", "--seeds", "500", "--workers", "1"], (count) => {
			const [onSignal] = process.listeners("SIGINT").slice(-1);
			if (count === 4) onSignal?.("SIGINT");
		});
		expect(code).toBe(EXIT.sigint);
		expect(text).toContain("PARTIAL: interrupted after 4 of 1000 runs.");
		expect(text).toContain("sma less berserker");
	});

	it("compares on stretches of recorded data", async () => {
		const file = barsFile("EURUSD_M1.csv", 700);
		const { code, text } = await compared(["--agents", "sma,buy-and-hold", "--file", file, "--seeds", "3", "--json"]);
		expect(code).toBe(EXIT.ok);
		const report = JSON.parse(text) as ComparisonReport;
		const periods = report.sessions.map(({ results }) => [results.sma?.from ?? 0, results.sma?.to ?? 0]);
		expect(periods).toHaveLength(3);
		for (const [index, [from = 0, to = 0]] of periods.entries()) {
			expect(to).toBeGreaterThan(from);
			if (index > 0) expect(from).toBeGreaterThan(periods[index - 1]?.[1] ?? 0);
		}
		expect(report.agents[1]?.trades).toBeGreaterThan(2);
	});

	it("refuses data that cannot be used before anything runs", async () => {
		const file = barsFile("EURUSD_M1.csv", 300, (line, index) => (index === 250 ? "nonsense" : line));
		await expect(compared(["--agents", "sma,buy-and-hold", "--file", file, "--seeds", "2"])).rejects.toThrow(/EURUSD_M1\.csv/);
	});

	it("applies a parameter to the agents that have it", async () => {
		const { text } = await compared(["--agents", "sma,buy-and-hold", "--seeds", "2", "--duration", "5", "--json", "--set", "agent.fastBars=5"]);
		expect((JSON.parse(text) as ComparisonReport).agents.map(({ build }) => build)).toEqual(["sma-1(fastBars=5)", "buy-and-hold-1"]);
	});

	it.each([
		["one agent", ["--agents", "sma"], /--agents: name at least two, such as --agents sma,buy-and-hold/],
		["none at all", ["--agents", " , "], /--agents: name at least two agents/],
		["an agent twice", ["--agents", "sma,berserker,sma"], /--agents names sma twice \(sma-1\)/],
		["an unknown agent", ["--agents", "sma,smaa"], /there is no agent "smaa"/],
		["live quotes", ["--agents", "sma,berserker", "--feed", "bridge"], /live quotes never come a second time/],
		["a parameter that nobody has", ["--agents", "sma,berserker", "--set", "agent.speed=3"], /--set agent\.speed: none of these agents/],
		["a count that is none", ["--agents", "sma,berserker", "--seeds", "1"], /--seeds/],
		["seeds beyond the last", ["--agents", "sma,berserker", "--seed", "4294967290", "--seeds", "10"], /go beyond 4294967295/],
		["a file of the synthetic market", ["--agents", "sma,berserker", "--feed", "synthetic", "--file", "x.csv"], /--file belongs to recorded data/],
	] as const)("refuses %s", async (_name, args, message) => {
		const error = await compared(args).catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(Failure);
		expect((error as Failure).exitCode).toBe(EXIT.usage);
		expect((error as Failure).message).toMatch(message);
	});

	it("reads agents between commas, also those that hold one", () => {
		expect(requestOf(["--agents", 'sma, ./mine ,"process:run a,b",process:"python x.py 1,2"']).agents).toEqual([
			"sma",
			"./mine",
			"process:run a,b",
			"process:python x.py 1,2",
		]);
	});

	it("draws a bar", () => {
		expect(progressText({ done: 3, total: 12, leftSeconds: 95 })).toBe("compare  3/12 runs  [######..................]  1 min 35 s left");
		expect(progressText({ done: 0, total: 12, leftSeconds: null })).toBe("compare  0/12 runs  [........................]");
	});

	it("runs its threads in the built program too, wherever that lies", async () => {
		const program = buildProgram();
		const run = (args: readonly string[]): ReturnType<typeof runProgram> =>
			runProgram(process.execPath, [program, "compare", "--agents", "sma,buy-and-hold", "--workers", "2", "--json", ...args], newHome());
		const { code, stdout, stderr } = await run(["--seeds", "2", "--duration", "30"]);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(JSON.parse(stdout)).toMatchObject({ complete: true, done: 4 });
	});
});
