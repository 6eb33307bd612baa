import { describe, expect, it } from "vitest";
import { type CheckRow, checkCounts, checkRowText } from "../../src/print/check-row.ts";
import { createPalette } from "../../src/print/palette.ts";
import { visibleLength, withoutColours } from "../../src/print/text.ts";

const ROW: CheckRow = { id: "ping", label: "ping", state: "ok", found: "bridge 2 ms, broker 12 ms", advice: "" };
const LONG = "word ".repeat(40).trim();

describe("a check as text", () => {
	it.each<[CheckRow["state"], string]>([
		["ok", "  ok      ping                    bridge 2 ms, broker 12 ms"],
		["attention", "  NOTE    ping                    bridge 2 ms, broker 12 ms"],
		["failed", "  FAILED  ping                    bridge 2 ms, broker 12 ms"],
		["skipped", "  --      ping                    bridge 2 ms, broker 12 ms"],
	])("says %s in a word, with and without colours", (state, line) => {
		expect(checkRowText({ ...ROW, state }, createPalette(false), 80)).toBe(line);
		const coloured = checkRowText({ ...ROW, state }, createPalette(true), 80);
		expect(coloured).not.toBe(line);
		expect(withoutColours(coloured)).toBe(line);
	});

	it.each([60, 80, 132])("stays within %d columns, with what to do below what was found", (columns) => {
		const lines = checkRowText({ ...ROW, state: "failed", found: LONG, advice: `do ${LONG}` }, createPalette(true), columns).split("\n");
		for (const line of lines) expect(visibleLength(line)).toBeLessThanOrEqual(columns);
		expect(lines.filter((line) => line.includes("> do"))).toHaveLength(1);
		expect(lines.join(" ").match(/word/g)).toHaveLength(80);
	});

	it("is still readable where the terminal is too narrow, and when nothing was found", () => {
		expect(checkRowText({ ...ROW, found: LONG }, createPalette(false), 10)).toContain("word word");
		expect(checkRowText({ ...ROW, found: "" }, createPalette(false), 80)).toBe("  ok      ping");
	});

	it("is counted by state", () => {
		expect(checkCounts([ROW, ROW])).toBe("2 checks: 2 ok");
		const all = (["ok", "attention", "failed", "skipped"] as const).map((state) => ({ ...ROW, state }));
		expect(checkCounts(all)).toBe("4 checks: 1 ok, 1 to note, 1 failed, 1 not asked");
	});
});
