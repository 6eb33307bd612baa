import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { prepareGround } from "../../../src/commands/train/data.ts";
import { playEpisode } from "../../../src/commands/train/environment.ts";
import { createEpisodes, EPISODE_BARS } from "../../../src/commands/train/episodes.ts";
import { WARMUP_BARS } from "../../../src/commands/train/features.ts";
import { CHOOSING_SEEDS, TEST_SEEDS, TRAINING_SEEDS } from "../../../src/commands/train/ground.ts";
import { barsText } from "../../helpers/csv-files.ts";
import { scripted, trainingFolder } from "../../helpers/training.ts";

const folder = trainingFolder();

/** So many M15 bars of EURUSD, weekdays and weekends alike, from a day of 2024 on. */
function bars(count: number, month: number): string {
	return barsText(
		...Array.from({ length: count }, (_, index) => {
			const at = new Date(Date.UTC(2024, month, 1) + index * 900_000).toISOString();
			const price = (1.1 + 0.003 * Math.sin(index / 9) + 0.00001 * (index % 7)).toFixed(5);
			const higher = (Number(price) + 0.0004).toFixed(5);
			const lower = (Number(price) - 0.0004).toFixed(5);
			return `${at.slice(0, 10).replaceAll("-", ".")} ${at.slice(11, 19)} ${price} ${higher} ${lower} ${price} 50 2`;
		}),
	);
}

function prepared(name: string, train: number, test: number | null): string {
	const place = join(folder, name);
	mkdirSync(join(place, "train"), { recursive: true });
	writeFileSync(join(place, "train", "EURUSD_M15_train.csv"), bars(train, 0));
	if (test === null) return place;
	mkdirSync(join(place, "test"));
	writeFileSync(join(place, "test", "EURUSD_M15_test.csv"), bars(test, 6));
	return place;
}

describe("prepareGround", () => {
	it("keeps seeds of learning, choosing and testing apart", () => {
		expect(TRAINING_SEEDS.to).toBeLessThan(CHOOSING_SEEDS.from);
		expect(CHOOSING_SEEDS.to).toBeLessThan(TEST_SEEDS.from);
		expect(TEST_SEEDS.to).toBeLessThan(2 ** 32);
	});

	it("tells of all seeds that training uses, and tests on none of them", async () => {
		const { ground, data, test } = await prepareGround({ paths: [], symbol: null, timeframe: null });
		const [one] = data;
		if (one?.kind !== "synthetic") throw new Error("not synthetic");
		for (const part of ["learn", "choose"] as const) {
			const episodes = createEpisodes(ground, part, 3, 0);
			for (let number = 0; number < 40; number++) {
				const { seed } = episodes.next().config;
				expect(seed).toBeGreaterThanOrEqual(one.seedFrom);
				expect(seed).toBeLessThanOrEqual(one.seedTo);
			}
		}
		for (const { seed = 0 } of test.sessions) expect(seed).toBeGreaterThan(one.seedTo);
		expect(new Set(test.sessions.map(({ scenario }) => scenario)).size).toBe(7);
	});

	it("finds train and test where kinetra data prepare put them, by the folder or its train part", async () => {
		const place = prepared("both", 3000, 1000);
		for (const path of [place, join(place, "train")]) {
			const { data, test, notes } = await prepareGround({ paths: [path], symbol: null, timeframe: null });
			expect(data).toMatchObject([{ kind: "file", name: "EURUSD_M15_train.csv", symbol: "EURUSD", timeframe: "M15", from: "2024-01-01T00:00" }]);
			expect(test.sessions.length).toBe(Math.floor((1000 - WARMUP_BARS) / EPISODE_BARS));
			expect(test.sessions.every(({ file }) => file?.endsWith("EURUSD_M15_test.csv") === true)).toBe(true);
			expect(notes).toEqual([]);
		}
	});

	it("plays stretches of the file, learning and choosing in different parts of it", async () => {
		const { ground } = await prepareGround({ paths: [prepared("parts", 4000, null)], symbol: null, timeframe: null });
		if (ground.kind !== "files") throw new Error("no files");
		const [file] = ground.files;
		const border = file?.rows.atMs[file.chooseFrom] ?? 0;
		for (const part of ["learn", "choose"] as const) {
			const episodes = createEpisodes(ground, part, 1, 0);
			for (let number = 0; number < 20; number++) {
				const { feed } = episodes.next();
				let last = 0;
				let first = Number.POSITIVE_INFINITY;
				for (let batch = feed.next(); batch !== null; batch = feed.next()) {
					first = Math.min(first, batch.atMs[0] as number);
					last = batch.atMs[batch.count - 1] as number;
				}
				if (part === "learn") expect(last).toBeLessThanOrEqual(border);
				else expect(first).toBeGreaterThanOrEqual(border);
			}
		}
		const result = await playEpisode(
			createEpisodes(ground, "learn", 1, 0).next(),
			scripted((step) => (step % 5 === 0 ? 1 : 0)),
			Number.POSITIVE_INFINITY,
		);
		expect(result.steps).toBeGreaterThan(EPISODE_BARS - 80);
		expect(result.trades).toBeGreaterThan(0);
	});

	it("tests on nothing that is learned from, whatever it is called and wherever it lies", async () => {
		const place = prepared("taken", 3000, 1000);
		const test = join(place, "test");
		const both = await prepareGround({ paths: [place, test], symbol: null, timeframe: null });
		expect(both.data).toHaveLength(2);
		expect(both.test.sessions).toEqual([]);
		expect(both.notes.join()).toMatch(/EURUSD_M15_test\.csv is no test.*learned from/);
		// The same days of the same symbol, in a file of other bytes.
		writeFileSync(join(test, "EURUSD+_M15_later.csv"), bars(700, 0));
		const overlapping = await prepareGround({ paths: [place], symbol: null, timeframe: null });
		expect(new Set(overlapping.test.sessions.map(({ file }) => file))).toEqual(new Set([join(test, "EURUSD_M15_test.csv")]));
		expect(overlapping.notes.join()).toMatch(/EURUSD\+_M15_later\.csv is no test/);
	});

	it("chooses the network on days of which no file is learned from", async () => {
		const place = prepared("moments", 8000, null);
		writeFileSync(join(place, "train", "EURUSD_M15_first.csv"), bars(4000, 0));
		writeFileSync(join(place, "train", "GBPUSD_M15_last.csv"), bars(400, 2));
		const { ground, data, notes } = await prepareGround({ paths: [place], symbol: null, timeframe: null });
		if (ground.kind !== "files") throw new Error("no files");
		expect(notes.join()).not.toMatch(/too short/);
		expect(data).toHaveLength(3);
		const spans = { learn: [Number.POSITIVE_INFINITY, 0], choose: [Number.POSITIVE_INFINITY, 0] };
		for (const part of ["learn", "choose"] as const) {
			const episodes = createEpisodes(ground, part, 1, 0);
			for (let number = 0; number < 30; number++) {
				const { feed } = episodes.next();
				for (let batch = feed.next(); batch !== null; batch = feed.next()) {
					spans[part] = [Math.min(spans[part][0] ?? 0, batch.atMs[0] as number), Math.max(spans[part][1] ?? 0, batch.atMs[batch.count - 1] as number)];
				}
			}
		}
		expect(spans.learn[1]).toBeLessThan(spans.choose[0] ?? 0);
	});

	it.each([
		["a folder that is not there", { paths: [join(folder, "nowhere")] }, /cannot be read/],
		["files that are too short", { paths: [prepared("short", 600, null)] }, /None of the 1 training files is long enough/],
		["a symbol of which there is no file", { paths: [prepared("symbol", 600, null)], symbol: "GBPUSD" }, /^--symbol GBPUSD: no file/],
		["long bars of the synthetic market", { timeframe: "H1" as const }, /M1, M5 or M15/],
		["an unknown symbol of the synthetic market", { symbol: "NOPE" }, /no such symbol/],
	])("refuses %s", async (_case, ask, said) => {
		await expect(prepareGround({ paths: [], symbol: null, timeframe: null, ...ask })).rejects.toThrow(said);
	});

	it("says when there is nothing to test on", async () => {
		const { notes, test } = await prepareGround({ paths: [prepared("untested", 3000, null)], symbol: null, timeframe: null });
		expect(test.sessions).toEqual([]);
		expect(notes.join()).toMatch(/will not be tested/);
	});
});
