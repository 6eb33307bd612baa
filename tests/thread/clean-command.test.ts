import { describe, expect, it } from "vitest";
import type { Command } from "../../src/engine/event.ts";
import { cleanCommand } from "../../src/thread/clean-command.ts";

const ESC = String.fromCharCode(27);

describe("a command on its way to the journal", () => {
	it.each<[string, unknown, unknown]>([
		["is taken as it is", { command: "reset", reason: "gap over the weekend" }, { command: "reset", reason: "gap over the weekend" }],
		["loses what is not its own", { command: "pause", reason: "x", at: Number.NaN }, { command: "pause" }],
		["resume", { command: "resume" }, { command: "resume" }],
		["flatten", { command: "flatten", positions: "keep" }, { command: "flatten" }],
		["a stop keeps a word on positions", { command: "stop", reason: "lunch", positions: "keep" }, { command: "stop", reason: "lunch", positions: "keep" }],
		["and the other word", { command: "stop", reason: "lunch", positions: "flatten" }, { command: "stop", reason: "lunch", positions: "flatten" }],
		["but no other", { command: "stop", reason: "lunch", positions: "burn" }, { command: "stop", reason: "lunch", positions: null }],
		["control characters are marked", { command: "kill", reason: `a${ESC}[2Jb\r\nc\u202e` }, { command: "kill", reason: "a\u{FFFD}b\u{FFFD}c\u{FFFD}" }],
		["what is no text is one", { command: "kill", reason: undefined }, { command: "kill", reason: "undefined" }],
		["spaces are no reason", { command: "reset", reason: "      " }, { command: "reset", reason: "" }],
		["what is unknown is none", { command: "buy", reason: "all of it" }, null],
	])("%s", (_name, asked, clean) => {
		expect(cleanCommand(asked as Command)).toEqual(clean);
	});

	it("has a bounded reason, however much was pasted", () => {
		for (const reason of ["x".repeat(10_000), "\u{1F600}".repeat(10_000), ESC.repeat(10_000)]) {
			const clean = cleanCommand({ command: "reset", reason });
			expect(clean?.command === "reset" ? Array.from(clean.reason).length : -1).toBeLessThanOrEqual(200);
		}
	});
});
