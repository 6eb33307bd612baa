import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TrainRequest } from "../../../src/args/train.ts";
import { train } from "../../../src/commands/train.ts";
import { barsText } from "../../helpers/csv-files.ts";
import { recordingTerminal } from "../../helpers/recording-terminal.ts";
import { trainingFolder } from "../../helpers/training.ts";

const folder = trainingFolder();
const HURRIED: Omit<TrainRequest, "out"> = {
	command: "train",
	agent: "linear",
	data: [],
	symbol: null,
	timeframe: null,
	steps: 1000,
	minutes: null,
	seed: 3,
	name: null,
	workers: 1,
	resume: false,
	json: false,
};

/** So many M15 bars of EURUSD from a month of 2024 on. */
function bars(count: number, month: number): string {
	return barsText(
		...Array.from({ length: count }, (_, index) => {
			const at = new Date(Date.UTC(2024, month, 1) + index * 900_000).toISOString();
			const price = 1.1 + 0.003 * Math.sin(index / 9);
			const [open, high, low] = [price, price + 0.0004, price - 0.0004].map((value) => value.toFixed(5));
			return `${at.slice(0, 10).replaceAll("-", ".")} ${at.slice(11, 19)} ${open} ${high} ${low} ${open} 50 2`;
		}),
	);
}

function data(): string {
	const place = join(folder, "data");
	for (const part of ["train", "test"]) mkdirSync(join(place, part), { recursive: true });
	writeFileSync(join(place, "train", "EURUSD_M15_train.csv"), bars(3000, 0));
	writeFileSync(join(place, "test", "EURUSD_M15_test.csv"), bars(600, 6));
	return place;
}

describe("kinetra train", { timeout: 120_000 }, () => {
	it("ends with the test, and names a test file for the first session of the policy", async () => {
		const terminal = recordingTerminal();
		const out = join(folder, "whole");
		const place = data();
		expect(await train({ ...HURRIED, data: [place], out }, terminal)).toBe(0);
		expect(terminal.printed[0]).toContain("on 1 file ");
		expect(terminal.printed[1]).toContain("linear only gathers experience in its first 4096 steps: with --steps 1000 it learns nothing");
		expect(terminal.text()).toContain("OUT OF SAMPLE");
		expect(terminal.printed.at(-1)).toBe(`Next: kinetra run --agent ${out} --file ${join(place, "test", "EURUSD_M15_test.csv")}`);
		expect(JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")).provenance.command).toContain(`--data ${place} --steps 1000`);
	});

	it("tells programs what it tells people: that nothing is tested, and why", async () => {
		const terminal = recordingTerminal();
		const place = join(folder, "untested");
		mkdirSync(place);
		writeFileSync(join(place, "EURUSD_M15_all.csv"), bars(3000, 0));
		expect(await train({ ...HURRIED, data: [place], out: join(folder, "plain"), json: true }, terminal)).toBe(0);
		const lines = terminal.printed.map((line): Record<string, unknown> => JSON.parse(line));
		expect(lines[0]).toEqual({ type: "note", text: expect.stringContaining("will not be tested") });
		expect(lines.at(-1)).toMatchObject({ type: "policy", report: { sessions: 0, verdict: expect.stringMatching(/^Not tested/) } });
	});

	it("says at once that it has heard Ctrl-C, and how to go on", async () => {
		const out = join(folder, "stopped");
		const terminal = recordingTerminal();
		let stops = 0;
		const print = (text: string): void => {
			terminal.print(text);
			if (text.includes(" steps ") && stops++ === 0) process.emit("SIGINT", "SIGINT");
		};
		expect(await train({ ...HURRIED, steps: 100_000, out }, { ...terminal, print })).toBe(130);
		expect(terminal.printed[2]).toMatch(/^Ending with the best policy/);
		expect(terminal.text()).toMatch(/not tested\.[\s\S]*--resume/);
		expect(
			terminal.printed
				.at(-2)
				?.split("\n")
				.every((line) => line.length <= 80 || line.includes(out)),
		).toBe(true);
		expect(existsSync(join(out, "policy.onnx"))).toBe(true);
	});
});
