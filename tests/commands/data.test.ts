import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/adapters/failure.ts";
import { homeAt } from "../../src/adapters/home.ts";
import type { DataAction } from "../../src/args/data.ts";
import { statusFacts } from "../../src/commands/cockpit/status-facts.ts";
import { dataText } from "../../src/commands/cockpit/status-parts.ts";
import { BARS_HEADER } from "../../src/commands/data/bar-text.ts";
import { readDataManifest } from "../../src/commands/data/manifest.ts";
import { data } from "../../src/commands/data.ts";
import { instrument, openCsv } from "../helpers/csv-files.ts";
import { EXPORT_START, exportFolder, exportText, filesBelow } from "../helpers/exports.ts";
import { recordingTerminal } from "../helpers/recording-terminal.ts";

const DAY = 86_400_000;
type Prepare = Extract<DataAction, { name: "prepare" }>;

/** Exports of ten weeks of two symbols, prepared with 24 bars of embargo unless told otherwise. */
function placeWith(files: Readonly<Record<string, string | Uint8Array>>) {
	const place = exportFolder();
	for (const [name, content] of Object.entries(files)) place.add(name, content);
	const home = homeAt({ KINETRA_HOME: join(place.out, "..", "home") });
	const run = async (action: DataAction): Promise<{ code: number; text: string }> => {
		const terminal = recordingTerminal();
		try {
			return { code: await data(action, home, terminal), text: terminal.text() };
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			return { code: error.exitCode, text: [terminal.text(), error.message].join("\n") };
		}
	};
	const prepare = (changes: Partial<Prepare> = {}) =>
		run({
			name: "prepare",
			folder: place.exports,
			split: { kind: "share", share: 0.7 },
			embargoBars: 24,
			symbols: null,
			out: place.out,
			force: false,
			json: false,
			...changes,
		});
	return { ...place, home, run, prepare };
}

const EURUSD = exportText("EURUSD", 20);
const GOLD = exportText("XAUUSD", 20, (i) => ({ spread: i % 50 === 0 ? 0 : 9 }));
const both = () => placeWith({ "EURUSD_H1.csv": EURUSD, "XAUUSD+_H1.csv.gz": GOLD });
const linesOf = (text: string): readonly string[] => text.split("\r\n").slice(1, -1);

describe("kinetra data prepare", () => {
	it("parts every file at one moment, leaves the embargo out, and loses nothing else", async () => {
		const place = both();
		const { code, text } = await place.prepare();
		expect([code, text]).toEqual([0, expect.stringContaining("Data ready (2 train, 2 test files)")]);
		const files = filesBelow(place.out);
		const manifest = readDataManifest(place.out);
		expect([...files.keys()].sort()).toEqual(["manifest.json", ...(manifest?.files.map(({ folder, name }) => `${folder}/${name}`) ?? [])].sort());
		const splitAt = Date.parse(`${manifest?.split.at}Z`);
		for (const [source, original] of [
			["EURUSD_H1.csv", EURUSD],
			["XAUUSD+_H1.csv.gz", GOLD],
		]) {
			const [train = [], test = []] = ["train", "test"].map((folder) => {
				const file = manifest?.files.find((one) => one.folder === folder && one.source === source);
				return linesOf(files.get(`${folder}/${file?.name}`) ?? "");
			});
			const all = linesOf(original ?? "");
			const timeOf = (line: string): number => Date.parse(`${line.slice(0, 10).replaceAll(".", "-")}T${line.slice(11, 19)}Z`);
			expect([...train, ...all.slice(train.length, train.length + 24), ...test]).toEqual(all);
			expect(train.every((line) => timeOf(line) + 3_600_000 <= splitAt)).toBe(true);
			expect(test.every((line) => timeOf(line) >= splitAt)).toBe(true);
		}
	});

	it("writes what our own reader reads as it reads the export, under names that say symbol, timeframe and span", async () => {
		const place = both();
		await place.prepare();
		const train = readDataManifest(place.out)?.files.find(({ folder, symbol }) => folder === "train" && symbol === "XAUUSD");
		expect(train?.name).toMatch(/^XAUUSD\+_H1_202401080100_\d{12}\.csv$/);
		const { feed, timeframeMinutes, firstAt } = openCsv(join(place.out, "train", train?.name ?? ""), { symbol: "XAUUSD", instrument: instrument("XAUUSD") });
		expect([timeframeMinutes, firstAt, feed.report()]).toEqual([
			60,
			EXPORT_START + 3_600_000,
			expect.objectContaining({ rows: train?.rows, badRows: 0, duplicates: 0, gaps: 0, spreadsFilled: Math.ceil((train?.rows ?? 0) / 50) }),
		]);
		expect(feed.identity).toMatchObject({ sha256: train?.sha256 });
	});

	it("fills the folder that the status bar looks at", async () => {
		const place = both();
		await place.prepare({ out: null });
		expect(dataText((await statusFacts(place.home, {})).data)).toBe("Data ready (2 train, 2 test files)");
	});

	it("makes the same bytes of the same files", async () => {
		const [one, two] = [both(), both()];
		await Promise.all([one.prepare(), two.prepare()]);
		expect([...filesBelow(one.out)].sort()).toEqual([...filesBelow(two.out)].sort());
	});

	it("takes the symbols asked for, by the broker's name or ours", async () => {
		const place = both();
		const { text } = await place.prepare({ symbols: ["GOLD"], json: true });
		expect(JSON.parse(text)).toMatchObject({ manifest: { sources: [{ symbol: "XAUUSD", trainRows: expect.any(Number) }] } });
		expect(await place.prepare({ symbols: ["USDJPY"] })).toMatchObject({ code: 2, text: expect.stringContaining("There are: EURUSD, XAUUSD+") });
	});

	it("never overwrites what is there without --force, and with it replaces all of it", async () => {
		const place = both();
		await place.prepare();
		const before = filesBelow(place.out);
		expect(await place.prepare()).toMatchObject({ code: 2, text: expect.stringContaining("is prepared already (4 files)") });
		expect(filesBelow(place.out)).toEqual(before);
		expect(await place.prepare({ force: true, symbols: ["EURUSD"], split: { kind: "until", at: EXPORT_START + 30 * DAY } })).toMatchObject({ code: 0 });
		expect([...filesBelow(place.out).keys()].filter((path) => path.startsWith("t"))).toHaveLength(2);
	});

	it("never touches files that it did not write, not even with --force", async () => {
		const place = both();
		mkdirSync(join(place.out, "train"), { recursive: true, mode: 0o700 });
		writeFileSync(join(place.out, "train", "EURUSD_M15.csv"), "mine");
		expect(await place.prepare({ force: true })).toMatchObject({
			code: 2,
			text: expect.stringMatching(/did not write \(train.EURUSD_M15\.csv\).*Move them away/),
		});
		expect([...filesBelow(place.out).values()]).toEqual(["mine"]);
	});

	it("knows the files of a preparation that was cut after the manifest as its own", async () => {
		const place = both();
		await place.prepare();
		rmSync(join(place.out, "train"), { recursive: true });
		expect(await place.prepare({ force: true })).toMatchObject({ code: 0 });
	});

	it("clears away what a preparation that was killed left aside", async () => {
		const place = both();
		mkdirSync(join(place.out, ".prepare-killed", "train"), { recursive: true, mode: 0o700 });
		writeFileSync(join(place.out, ".prepare-killed", "train", "EURUSD_H1.csv"), "half");
		await place.prepare();
		expect([...filesBelow(place.out).keys()].filter((path) => path.includes(".prepare"))).toEqual([]);
	});

	it("leaves nothing half when it is interrupted, whenever that is", async () => {
		const place = both();
		await place.prepare();
		const before = filesBelow(place.out);
		const listeners = process.listenerCount("SIGINT") + process.listenerCount("SIGTERM");
		const codes: number[] = [];
		for (const signal of ["SIGINT", "SIGTERM"] as const) {
			// Turns of the event loop: the signal comes before, while files are read, while they are written, and afterwards.
			for (const turns of [0, 1, 2, 3, 4, 5, 50]) {
				const running = place.prepare({ force: true });
				for (let turn = 0; turn < turns; turn++) await setImmediate();
				process.emit(signal);
				const { code, text } = await running;
				codes.push(code);
				expect(text.includes("Nothing was changed")).toBe(code !== 0);
				expect(filesBelow(place.out)).toEqual(before);
			}
		}
		expect(new Set(codes)).toEqual(new Set([130, 143, 0]));
		expect(process.listenerCount("SIGINT") + process.listenerCount("SIGTERM")).toBe(listeners);
	});

	it("says what would leave a side empty, and writes nothing", async () => {
		const place = both();
		const { code, text } = await place.prepare({ embargoBars: 5000 });
		expect([code, text]).toEqual([3, expect.stringContaining("Nothing would be left for the test")]);
		expect([...filesBelow(place.out).keys()]).toEqual([]);
	});

	it.each<[string, Record<string, string | Uint8Array>, string]>([
		["no files", {}, "there is no .csv"],
		["nothing that can be used", { "EURUSD_H1.csv": "rubbish\n1\n" }, "None of the files can be used"],
	])("ends with 3 when there is %s", async (_name, files, message) => {
		expect(await placeWith(files).prepare()).toMatchObject({ code: 3, text: expect.stringContaining(message) });
	});

	it("refuses to take its own files as exports", async () => {
		const place = both();
		await place.prepare();
		expect(await place.prepare({ folder: join(place.out, "train") })).toMatchObject({ code: 2 });
	});
});

describe("what kinetra data check says of a file", () => {
	const check = async (name: string, content: string | Uint8Array): Promise<{ code: number; text: string }> => {
		const place = placeWith({ [name]: content });
		const { code, text } = await place.run({ name: "check", folder: place.exports, symbols: null, json: false });
		return { code, text: text.replace(/\s+/g, " ") };
	};
	const broken = (index: number) => (line: string, i: number) => (i === index ? line.replace("\t", "\tx") : line);

	it.each<[string, string, string | Uint8Array, string]>([
		["nothing against it", "EURUSD_H1.csv", EURUSD, "EURUSD H1, 2,400 bars, 2024-01-08 00:00 to 2024-05-24 23:00"],
		["missing spreads", "XAUUSD_H1.csv", GOLD, "2.0 % of the bars have spread 0"],
		["no spreads at all", "EURUSD_H1.csv", exportText("EURUSD", 20, () => ({ spread: 0 })), "costs are assumed, 1 points a trade"],
		["a bad row", "EURUSD_H1.csv", exportText("EURUSD", 20, () => ({}), broken(7)), "1 bad row left out; the first: line 9"],
		[
			"a bar twice",
			"EURUSD_H1.csv",
			exportText(
				"EURUSD",
				20,
				() => ({}),
				(line, i) => (i === 5 ? line + line : line),
			),
			"1 bar with the time of another",
		],
		["too few bars", "EURUSD_H1.csv", exportText("EURUSD", 2), "Only 240 bars"],
		[
			"holes",
			"EURUSD_H1.csv",
			exportText(
				"EURUSD",
				20,
				() => ({}),
				(line, i) => (i > 500 && i < 600 ? null : line),
			),
			"4.1 % of the trading hours have no bar",
		],
		["a spike", "EURUSD_H1.csv", exportText("EURUSD", 20, (i) => (i === 900 ? { high: 101_000 } : {})), "1 price out of line (1 spikes, 0 jumps)"],
		[
			"a feed that stood still",
			"EURUSD_H1.csv",
			exportText("EURUSD", 20, (i) => (i > 900 && i < 950 ? { open: 100_000, high: 100_000, low: 100_000, close: 100_000 } : {})),
			"the longest 49 bars",
		],
		["a symbol that is not known here", "DE40_H1.csv", EURUSD, "The trading hours of DE40 are not known"],
	])("%s", async (_name, name, content, expected) => {
		expect(await check(name, content)).toEqual({ code: 0, text: expect.stringContaining(expected) });
	});

	it.each<[string, string, string | Uint8Array, string]>([
		["ticks", "EURUSD.csv", "<DATE>\t<TIME>\t<BID>\t<ASK>\r\n2024.01.08\t00:00:00\t1.1\t1.2\r\n", "It holds ticks"],
		["no symbol in the name", "export.csv", EURUSD, "does not say the symbol"],
		["text", "EURUSD_H1.csv", "hello", "no header of a bars or ticks export"],
		["nothing", "EURUSD_H1.csv", "", "is empty"],
		["a header alone", "EURUSD_H1.csv", BARS_HEADER, "no usable row"],
		["a zip archive", "EURUSD_H1.csv", Buffer.from("PK\u0003\u0004"), "zip archive"],
		["a damaged gz", "EURUSD_H1.csv.gz", Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), "gz file"],
		[
			"too many bad rows",
			"EURUSD_H1.csv",
			exportText(
				"EURUSD",
				20,
				() => ({}),
				(line, i) => (i % 50 === 0 ? line.replace("\t", "\tx") : line),
			),
			"48 of its 2400 rows are bad (2.0 %",
		],
		["another timeframe than its name says", "EURUSD_M15.csv", EURUSD, "its name says M15"],
	])("refused: %s", async (_name, name, content, expected) => {
		expect(await check(name, content)).toEqual({ code: 3, text: expect.stringMatching(new RegExp(`REFUSED ! .*${expected.replace(/[()]/g, "\\$&")}`)) });
	});

	it("refuses the same bytes under the name of another symbol", async () => {
		const place = placeWith({ "EURUSD_H1.csv": EURUSD, "GBPUSD_H1.csv": EURUSD });
		const { code, text } = await place.run({ name: "check", folder: place.exports, symbols: null, json: false });
		expect([code, text]).toEqual([3, expect.stringMatching(/holds the same bars as EURUSD_H1\.csv/)]);
	});

	it("refuses the same bars twice, by their bytes or by what they are of", async () => {
		const place = placeWith({ "EURUSD_H1.csv": EURUSD, "EURUSD_H1 (1).csv": EURUSD, "EURUSD.raw_H1.csv": exportText("EURUSD", 20, () => ({ ticks: 7 })) });
		const { code, text } = await place.run({ name: "check", folder: place.exports, symbols: null, json: true });
		const files = JSON.parse(text).files as { name: string; verdict: string; why?: string }[];
		expect([code, files.map(({ name, verdict }) => [name, verdict])]).toEqual([
			3,
			[
				["EURUSD.raw_H1.csv", "good"],
				["EURUSD_H1 (1).csv", "refused"],
				["EURUSD_H1.csv", "refused"],
			],
		]);
	});
});

describe("kinetra data list", () => {
	it("says what is prepared, and sees what is changed or missing", async () => {
		const place = both();
		const list = (): Promise<{ code: number; text: string }> => place.run({ name: "list", out: place.out, json: false });
		expect(await list()).toMatchObject({ code: 0, text: expect.stringContaining("Nothing is prepared") });
		await place.prepare();
		expect(await list()).toMatchObject({ code: 0, text: expect.stringContaining("embargo 24 bars") });
		const [first, second] = readDataManifest(place.out)?.files ?? [];
		const path = join(place.out, first?.folder ?? "", first?.name ?? "");
		writeFileSync(path, readFileSync(path, "utf8").replace("2024", "2023"));
		rmSync(join(place.out, second?.folder ?? "", second?.name ?? ""));
		expect(await list()).toMatchObject({ code: 3, text: expect.stringMatching(/CHANGED[\s\S]*MISSING/) });
	});

	it.each<[string, string]>([
		["is no JSON", "{"],
		["names a file outside", JSON.stringify({ format: 1, files: [{ name: "../../x.csv" }] })],
	])("refuses a manifest that %s", async (_name, text) => {
		const place = both();
		await place.prepare();
		writeFileSync(join(place.out, "manifest.json"), text);
		expect(await place.run({ name: "list", out: place.out, json: false })).toMatchObject({ code: 3, text: expect.stringContaining("is no manifest") });
		expect(await place.prepare({ force: true })).toMatchObject({ code: 3 });
	});
});
