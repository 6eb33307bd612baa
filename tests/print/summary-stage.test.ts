import { describe, expect, it } from "vitest";
import { wrongField } from "../../src/adapters/archive/summary-shape.ts";
import type { StageOutcome } from "../../src/engine/stages/outcome.ts";
import type { Line } from "../../src/print/line.ts";
import { createPalette } from "../../src/print/palette.ts";
import { summaryLines } from "../../src/print/summary.ts";
import { stageLines } from "../../src/print/summary-stage.ts";
import { recordedSummary } from "../helpers/stored.ts";

const outcome: StageOutcome = { counts: "whole", why: "", news: ["virtual -> demo: 12 trades"], ledgerHead: "a".repeat(64) };
const text = (lines: readonly Line[]): string[] => lines.map((line) => line.map((part) => part.text).join(""));

describe("what a session did for the gates", () => {
	it.each<[string, StageOutcome, readonly string[]]>([
		["counts", outcome, ["It counts for the gates.", "virtual -> demo: 12 trades", `ledger ${"a".repeat(64)}`]],
		["counts, ended early", { ...outcome, why: "ended by breaker", news: [], ledgerHead: null }, ["It counts for the gates. (ended by breaker)"]],
		["losses", { ...outcome, counts: "losses", why: "steered", news: [], ledgerHead: null }, ["Only its losses count: steered"]],
		["not at all", { ...outcome, counts: "no", why: "a drill", news: [], ledgerHead: null }, ["It does not count: a drill"]],
	])("%s", (_name, stage, expected) => {
		expect(text(stageLines(stage, 78))).toEqual(expected);
	});

	it("marks a certificate and a demotion, and stays within its width", () => {
		const lines = stageLines(
			{ ...outcome, news: ["CERTIFICATE V-1 issued: virtual -> demo, until tomorrow, and then some more words to wrap", "DEMOTED: x"] },
			40,
		);
		expect(lines.find((line) => line[0]?.text.startsWith("CERT"))?.[0]?.tone).toBe("good");
		expect(lines.find((line) => line[0]?.text.startsWith("DEMO"))?.[0]?.tone).toBe("bad");
		expect(text(lines.filter((line) => !line[0]?.text.startsWith("ledger") && !/^a+$/.test(line[0]?.text ?? ""))).every((one) => one.length <= 40)).toBe(true);
	});

	it("stands in the printed summary, and not in one of an older version", async () => {
		const older = await recordedSummary();
		const printed = (summary: typeof older): string => summaryLines(summary, "/folder", createPalette(false)).join("\n");
		expect(printed(older)).not.toContain("kinetra gates)");
		expect(printed({ ...older, stage: outcome })).toContain("It counts for the gates.");
		expect([wrongField(older), wrongField({ ...older, stage: outcome })]).toEqual([null, null]);
		expect(wrongField({ ...older, stage: { ...outcome, counts: "twice" } })).toBe("stage.counts");
		expect(wrongField({ ...older, stage: null })).toBe("stage");
	});
});
