import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSampler } from "../../src/thread/sampler.ts";
import { SAMPLES_KEPT, type Sample } from "../../src/ui/session-view.ts";

function sample(at: number, chs = 0.8): Sample {
	return { at, bid: 1.1, equity: 10_000 + at, chs };
}

/** Offers one sample a market second, as a session does: only those that are wanted are taken. */
function run(seconds: number, chsAt: (second: number) => number): readonly Sample[] {
	const sampler = createSampler();
	for (let second = 0; second <= seconds; second++) {
		const at = second * 1000;
		if (at >= sampler.nextAt) sampler.add(sample(at, chsAt(second)));
	}
	return sampler.samples();
}

describe("the samples of a session", () => {
	it.each([
		["a minute", 60, 61, 1],
		["an hour", 3600, 227, 16],
		["a day", 86_400, 340, 256],
	])("of %s stay within their room and cover it evenly", (_name, seconds, count, apartS) => {
		const samples = run(seconds, () => 0.8);
		expect(samples.length).toBe(count);
		expect(samples.length).toBeLessThanOrEqual(SAMPLES_KEPT);
		expect(samples[0]?.at).toBe(0);
		expect(seconds * 1000 - (samples.at(-1)?.at ?? 0)).toBeLessThan(apartS * 1000);
	});

	it("keep every dip of the score that was sampled, and their order", () => {
		fc.assert(
			fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3000 }), (scores) => {
				const sampler = createSampler();
				scores.forEach((chs, index) => {
					sampler.add(sample(index * 1000, chs));
				});
				const samples = sampler.samples();
				expect(Math.min(...samples.map(({ chs }) => chs))).toBe(Math.min(...scores));
				expect(samples.length).toBeLessThanOrEqual(SAMPLES_KEPT);
				expect(samples.at(-1)?.at).toBe((scores.length - 1) * 1000);
				for (const [index, { at, equity }] of samples.entries()) {
					expect(equity).toBe(10_000 + at);
					expect(at).toBeGreaterThan(samples[index - 1]?.at ?? -1);
				}
			}),
			{ numRuns: 50 },
		);
	});

	it("are a new list only when something was added", () => {
		const sampler = createSampler();
		sampler.add(sample(0));
		const before = sampler.samples();
		expect(sampler.samples()).toBe(before);
		sampler.add(sample(1000));
		expect(sampler.samples()).not.toBe(before);
		expect(before).toHaveLength(1);
	});
});
