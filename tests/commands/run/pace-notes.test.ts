import { describe, expect, it } from "vitest";
import { paceNotes } from "../../../src/commands/run/pace-notes.ts";

describe("what a limited speed means", () => {
	const DAY_MS = 86_400_000;

	it.each<[string, number | "max", number | null, number | null, string]>([
		["two years of bars at 60 x", 60, null, 728 * DAY_MS, "At 60 x real time this may take 12 d 3 h; --speed max runs it at once."],
		["an hour at real time", 1, 60, null, "At 1 x real time this may take 1 h; --speed max runs it at once."],
		["a day of the file at real time", 1, 1440, 0.5 * DAY_MS, "At 1 x real time this may take 12 h; --speed max runs it at once."],
		["an hour at 60 x", 60, 60, null, ""],
		["ten minutes at real time", 1, 10, null, ""],
		["full speed", "max", null, 728 * DAY_MS, ""],
		["a length that is not known", 60, null, null, ""],
	])("%s", (_name, speed, minutes, marketMs, note) => expect(paceNotes(speed, minutes, marketMs).join("")).toBe(note));
});
