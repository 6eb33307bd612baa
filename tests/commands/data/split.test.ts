import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMBARGO_BARS, partsOf, type SplitAt, splitMoment } from "../../../src/commands/data/split.ts";
import { OBSERVATION } from "../../../src/engine/market/observation.ts";

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;

/** A file with as much market time on each of `days` days from day `first`. */
function fileOf(first: number, days: number, msADay = 1000) {
	const from = START + first * DAY;
	return { from, to: from + (days - 1) * DAY + 23 * 3_600_000, days: new Map(Array.from({ length: days }, (_, i) => [from + i * DAY, msADay])) };
}
const share = (value: number): SplitAt => ({ kind: "share", share: value });
const until = (day: number): SplitAt => ({ kind: "until", at: START + day * DAY });

describe("the moment of the split", () => {
	it.each<[string, Parameters<typeof splitMoment>[0], SplitAt, number]>([
		["a share of one file", [fileOf(0, 10)], share(0.7), 7],
		["a share that falls within a day: the nearest midnight", [fileOf(0, 10)], share(0.68), 7],
		["a small share leaves a day for training", [fileOf(0, 10)], share(0.05), 1],
		["a large share leaves a day for the test", [fileOf(0, 10)], share(0.95), 9],
		["one moment for files of different spans", [fileOf(0, 10), fileOf(10, 10)], share(0.5), 10],
		["a file of more market time weighs more", [fileOf(0, 10, 9000), fileOf(10, 10, 1000)], share(0.45), 5],
		["as asked", [fileOf(0, 10)], until(3), 3],
	])("%s", (_name, files, split, day) => expect((splitMoment(files, split) - START) / DAY).toBe(day));

	it.each<[string, Parameters<typeof splitMoment>[0], SplitAt, string]>([
		["before the data", [fileOf(5, 10)], until(2), "nothing would be left for training"],
		["at the first bar", [fileOf(5, 10)], until(5), "nothing would be left for training"],
		["after the data", [fileOf(5, 10)], until(40), "nothing would be left for the test"],
		["of a single day", [fileOf(0, 1)], share(0.7), "too short to part at a midnight"],
	])("is refused %s", (_name, files, split, message) => {
		expect(() => splitMoment(files, split)).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }));
	});
});

describe("the parts of a file", () => {
	it("never share a moment, keep the order and lose nothing but the embargo, wherever the split is", () => {
		const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 120 });
		fc.assert(
			fc.property(
				minutes,
				fc.integer({ min: -10, max: 420 * 60 }),
				fc.integer({ min: 1, max: 30 }),
				fc.nat(50),
				(times, splitSeconds, lengthMinutes, embargo) => {
					const openMs = Float64Array.from(
						[...times].sort((a, b) => a - b),
						(minute) => START + minute * MINUTE,
					);
					const at = START + splitSeconds * 1000;
					const lengthMs = lengthMinutes * MINUTE;
					const { trainEnd, testFirst, count } = partsOf({ count: openMs.length, openMs }, lengthMs, at, embargo);
					expect([0 <= trainEnd, trainEnd <= testFirst, testFirst <= count, count === openMs.length]).toEqual([true, true, true, true]);
					for (let i = 0; i < trainEnd; i++) expect((openMs[i] as number) + lengthMs).toBeLessThanOrEqual(at);
					for (let i = testFirst; i < count; i++) expect(openMs[i] as number).toBeGreaterThanOrEqual(at);
					// Between the two lie the embargo and the bars that the split cuts, no others.
					const between = Array.from(openMs.subarray(trainEnd, testFirst));
					const cut = between.filter((openAt) => openAt < at);
					expect(cut.every((openAt) => openAt + lengthMs > at)).toBe(true);
					expect(between.length - cut.length).toBe(Math.min(embargo, Array.from(openMs).filter((openAt) => openAt >= at).length));
				},
			),
		);
	});

	it("are apart by at least the longest look-back that a feature names", () => {
		const bars = OBSERVATION.flatMap(({ line }) => [...line.matchAll(/(\d+)[ -]bars?\b/g)].map(([, count]) => Number(count)));
		expect(Math.max(...bars)).toBeGreaterThan(0);
		expect(EMBARGO_BARS).toBeGreaterThanOrEqual(Math.max(...bars));
	});
});
