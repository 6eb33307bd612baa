import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockOf, jsonTraining, peoplesTraining } from "../../../src/commands/train/display.ts";
import { firstProgress, type RoundFigures, type TrainProgress } from "../../../src/commands/train/progress.ts";
import { createPalette } from "../../../src/print/palette.ts";
import type { Terminal } from "../../../src/terminal.ts";
import { untrained } from "../../helpers/training.ts";

const FIGURES: RoundFigures = {
	round: 3,
	steps: 12_288,
	meanReward: -0.0123,
	meanNetR: -2.5,
	meanTrades: 31.25,
	stats: { steps: 12_288, loss: 0.021, entropy: 1.2, explore: null },
};

function progress(curve: readonly number[]): TrainProgress {
	return { ...firstProgress(), curve: [...curve], lastScore: -1, best: { steps: 8192, score: 0.5, playing: untrained(1) } };
}

function terminalOf(interactive: boolean): { readonly terminal: Terminal; readonly said: string[] } {
	const said: string[] = [];
	const say = (text: string): void => {
		said.push(text);
	};
	return {
		said,
		terminal: {
			interactive,
			palette: createPalette(false),
			columns: () => 80,
			print: say,
			redraw: say,
			endProgress: () => {},
			complain: say,
			closed: () => false,
			outputLost: () => null,
		},
	};
}

describe("what is seen of a training", () => {
	it("is a block of steps, speed, time left, reward, learning, best and a chart", () => {
		const text = blockOf(FIGURES, progress([-0.03, -0.02, -0.0123]), { steps: 100_000, doneBefore: 0 }, 4000, 80, createPalette(false)).join("\n");
		for (const part of [
			"12%",
			"12,288 steps",
			"3,072/s",
			"29 s left",
			"-0.0123 a step",
			"-2.50 R",
			"31.3 trades",
			"loss 0.021",
			"entropy 1.200",
			"+0.50 R/episode at 8,192",
			"┤",
		]) {
			expect(text).toContain(part);
		}
	});

	it("tells the time that is left of --minutes where that is less", () => {
		const left = (minutes: number): string =>
			blockOf(FIGURES, progress([]), { steps: 100_000, doneBefore: 0, endsAtMs: minutes * 60_000 }, 4000, 80, createPalette(false)).join("\n");
		expect(left(0.25)).toContain("11 s left");
		expect(left(0.05)).toContain("0 s left");
		expect(left(5)).toContain("29 s left");
	});

	it("fits every terminal", () => {
		fc.assert(
			fc.property(fc.integer({ min: 40, max: 200 }), fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 50 }), (columns, curve) => {
				for (const row of blockOf(FIGURES, progress(curve), { steps: 1e9, doneBefore: 0 }, 1, columns, createPalette(false)))
					expect(row.length).toBeLessThan(columns);
			}),
		);
	});

	it("counts only its own steps as its speed when a training goes on", () => {
		expect(blockOf(FIGURES, progress([]), { steps: 20_000, doneBefore: 12_000 }, 1000, 80, createPalette(false)).join()).toContain("288/s");
	});

	it("comes as plain lines now and then where nothing can be redrawn", () => {
		const { terminal, said } = terminalOf(false);
		const display = peoplesTraining(terminal, { steps: 100_000, doneBefore: 0 });
		for (const wallMs of [0, 1000, 2000, 6000]) display.onRound(FIGURES, progress([]), wallMs);
		expect(said).toHaveLength(2);
		expect(said[0]).toMatch(/^12,288\/100,000 steps .*reward -0\.0123\/step/);
	});

	it("comes as one JSON object a round", () => {
		const { terminal, said } = terminalOf(true);
		jsonTraining(terminal, { steps: 100_000, doneBefore: 0 }).onRound(FIGURES, progress([]), 4000);
		expect(JSON.parse(said.join())).toEqual({
			type: "round",
			round: 3,
			steps: 12_288,
			meanReward: -0.0123,
			meanNetR: -2.5,
			meanTrades: 31.25,
			loss: 0.021,
			entropy: 1.2,
			explore: null,
			heldOut: -1,
			best: { steps: 8192, score: 0.5 },
			stepsPerSecond: 3072,
		});
	});

	it("does not invent what is not known", () => {
		const stats = { ...FIGURES.stats, loss: null, entropy: null, explore: 0.5 };
		const nothing: RoundFigures = { ...FIGURES, stats, meanReward: null, meanNetR: null, meanTrades: null };
		const text = blockOf(nothing, firstProgress(), { steps: 100_000, doneBefore: 0 }, 0, 80, createPalette(false)).join("\n");
		expect(text).toContain("reward -- a step   net -- R   -- trades");
		expect(text).toContain("loss --  explore 50%");
		expect(text).toContain("unknown time left");
		expect(text).toContain("best: not judged yet");
	});
});
