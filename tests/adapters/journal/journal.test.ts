import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../src/adapters/journal/line.ts";
import { readJournal, verifyJournal } from "../../../src/adapters/journal/reader.ts";
import { journalOver, openJournal } from "../../../src/adapters/journal/writer.ts";

function temporary(): string {
	return join(mkdtempSync(join(tmpdir(), "kinetra-journal-")), "journal.jsonl");
}

function write(path: string, count: number): void {
	const journal = openJournal(path);
	for (let n = 1; n <= count; n++) journal.append("decision", 1_000 * n, n, { n, text: `é${n}` });
	journal.close();
}

function overwrite(path: string, text: string): void {
	writeFileSync(path, text, { mode: 0o600 });
}

describe("the journal", () => {
	it("chains each line to the one before, by the published rule", () => {
		const path = temporary();
		const journal = openJournal(path);
		journal.append("opened", 5, 0, { a: 1 });
		journal.append("deal", 7, 2, null);
		journal.close();
		const first = createHash("sha256")
			.update(`${"0".repeat(64)}\n{"n":1,"at":5,"tick":0,"kind":"opened","data":{"a":1}}`)
			.digest("hex");
		const second = createHash("sha256").update(`${first}\n{"n":2,"at":7,"tick":2,"kind":"deal","data":null}`).digest("hex");
		expect(readFileSync(path, "utf8")).toBe(
			`{"n":1,"at":5,"tick":0,"kind":"opened","data":{"a":1},"hash":"${first}"}\n{"n":2,"at":7,"tick":2,"kind":"deal","data":null,"hash":"${second}"}\n`,
		);
		expect(journal.head()).toBe(second);
		expect(journal.lines()).toBe(2);
		expect(journal.bytes()).toBe(readFileSync(path).length);
	});

	it("gives back what was written, whatever it was", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.integer(), fc.nat(), fc.jsonValue()), { maxLength: 30 }), (entries) => {
				const path = temporary();
				const journal = openJournal(path);
				for (const [at, tick, data] of entries) journal.append("event", at, tick, data);
				journal.close();
				const seen: JournalRecord[] = [];
				const report = readJournal(path, (record) => seen.push(record));
				expect(seen.map(({ n, at, tick, data }) => [n, at, tick, data])).toEqual(
					entries.map(([at, tick, data], index) => [index + 1, at, tick, JSON.parse(JSON.stringify(data))]),
				);
				expect(report).toEqual({ lines: entries.length, bytes: journal.bytes(), head: journal.head(), torn: false, sealed: false });
			}),
			{ numRuns: 30 },
		);
	});

	it("keeps memory for chunks only: a journal of several megabytes reads back whole", () => {
		const path = temporary();
		write(path, 30_000);
		expect(verifyJournal(path).lines).toBe(30_000);
	});

	it("tolerates one torn last line and says so", () => {
		const path = temporary();
		write(path, 3);
		const whole = readFileSync(path, "utf8");
		overwrite(path, whole.slice(0, -20));
		expect(verifyJournal(path)).toMatchObject({ lines: 2, torn: true, sealed: false });
	});

	it("knows an orderly end by its seal", () => {
		const path = temporary();
		const journal = openJournal(path);
		journal.append("opened", 1, 0, {});
		journal.append("sealed", 2, 9, { wall: "2026-01-01T00:00:00.000Z" });
		journal.close();
		expect(verifyJournal(path).sealed).toBe(true);
		overwrite(path, `${readFileSync(path, "utf8")}more`);
		expect(() => verifyJournal(path)).toThrow(/line 3: there is text after the seal/);
	});

	const damages: readonly (readonly [string, (lines: string[]) => string[], RegExp])[] = [
		[
			"a changed value",
			(lines) => lines.map((line, index) => (index === 2 ? line.replace('"n":3,"text"', '"n":4,"text"') : line)),
			/line 3: its hash does not fit/,
		],
		["a changed hash", (lines) => lines.map((line, index) => (index === 2 ? `${line.slice(0, -4)}00"}` : line)), /line 3: its hash does not fit/],
		["a removed line", (lines) => lines.filter((_, index) => index !== 1), /line 2: it says that it is line 3/],
		["two lines swapped", ([a = "", b = "", ...more]) => [b, a, ...more], /line 1: it says that it is line 2/],
		["a line twice", ([a = "", ...more]) => [a, a, ...more], /line 2: it says that it is line 1/],
		["bad JSON in the middle", ([a = "", , ...more]) => [a, "{oops", ...more], /line 2: it is not JSON/],
		["an empty line", ([a = "", ...more]) => [a, "", ...more], /line 2: it is not JSON/],
		["a foreign file", () => ["name,price", "a,1"], /line 1: this is not a Kinetra journal/],
		["a foreign JSON file", () => ['{"hello":1}'], /line 1: this is not a Kinetra journal/],
		["a missing field", ([a = "", b = "", ...more]) => [a, b.replace('"tick"', '"tock"'), ...more], /line 2: a field is missing/],
	];
	it.each(damages)("refuses %s and names the line", (_, damage, message) => {
		const path = temporary();
		write(path, 5);
		const lines = readFileSync(path, "utf8").trimEnd().split("\n");
		overwrite(path, `${damage(lines).join("\n")}\n`);
		expect(() => verifyJournal(path)).toThrow(message);
	});

	it("does not open over an existing file", () => {
		const path = temporary();
		write(path, 1);
		expect(() => openJournal(path)).toThrow(/EEXIST/);
	});

	it("accepts an empty journal: a crash before the first line", () => {
		const path = temporary();
		overwrite(path, "");
		expect(verifyJournal(path)).toEqual({ lines: 0, bytes: 0, head: "0".repeat(64), torn: false, sealed: false });
	});
});

describe("a journal on a failing disk", () => {
	function diskFull(): NodeJS.ErrnoException {
		return Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
	}

	it("never throws, keeps the whole lines that fitted, and refuses the rest", () => {
		const path = temporary();
		let room = 300;
		const journal = journalOver(openSync(path, "wx", 0o600), {
			write(fd, buffer, offset, length) {
				if (room === 0) throw diskFull();
				const written = writeSync(fd, buffer, offset, Math.min(length, room));
				room -= written;
				return written;
			},
			sync: fsyncSync,
			close: closeSync,
		});
		for (let n = 1; n <= 4; n++) journal.append("decision", n, n, { n });
		journal.flush(true);
		expect(journal.failure()).toBe("The journal could not be written: the disk is full (ENOSPC)");
		journal.append("decision", 9, 9, { n: 9 });
		journal.close();
		const report = verifyJournal(path);
		expect(report).toMatchObject({ lines: 2, torn: true });
		expect([journal.lines(), journal.head(), journal.bytes()]).toEqual([2, report.head, report.bytes]);
	});

	it("treats a failed fsync as a failed write and does not try again", () => {
		let syncs = 0;
		const journal = journalOver(openSync(temporary(), "wx", 0o600), {
			write: writeSync,
			sync() {
				syncs += 1;
				throw Object.assign(new Error("EIO"), { code: "EIO" });
			},
			close: closeSync,
		});
		journal.append("decision", 1, 1, {});
		journal.flush(true);
		journal.flush(true);
		journal.close();
		expect(journal.failure()).toBe("The disk did not confirm the journal (fsync): the disk reported an error (EIO)");
		expect(syncs).toBe(1);
	});

	it("stops at a record that is not JSON, with the lines before it kept", () => {
		const path = temporary();
		const journal = openJournal(path);
		journal.append("decision", 1, 1, {});
		journal.append("decision", 2, 2, { big: 10n });
		journal.close();
		expect(journal.failure()).toMatch(/^A decision record could not be written as JSON/);
		expect(verifyJournal(path).lines).toBe(1);
	});

	it("writes by itself once 256 KiB have gathered", () => {
		const path = temporary();
		const journal = openJournal(path);
		for (let n = 0; n < 1_900; n++) journal.append("decision", n, n, {});
		expect(readFileSync(path).length).toBe(0);
		for (let n = 0; n < 200; n++) journal.append("decision", n, n, { filler: "x".repeat(100) });
		expect(readFileSync(path).length).toBeGreaterThan(262_144);
		journal.close();
	});
});
