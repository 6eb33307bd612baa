import { describe, expect, it } from "vitest";
import { HOSTILE, SHOWS_HOSTILE } from "../helpers/hostile.ts";
import { coloursIn, ENTER, foreignBytes, LEAVE } from "../helpers/own-bytes.ts";

const FRAME = "\u001b[?2026h\u001b[?25l\u001b[m\u001b[1H\u001b[1;31mred\u001b[m\u001b[Cx\u001b[12;3H\u001b[K\u001b[?2026l";

describe("the scanner of what a terminal receives", () => {
	it.each([
		["text, colours and line ends on the normal screen", "a line\r\n\u001b[31mkinetra:\u001b[39m text\n\r\u001b[2Kprogress"],
		["frames between taking and giving back the screen", `${ENTER}${FRAME}\u0007${FRAME}${LEAVE}bye\r\n`],
		["a frame that was cut off by the end", `${ENTER}${FRAME.slice(0, 30)}${LEAVE}`],
		["a sequence that was cut off by the end", `${ENTER}${FRAME.slice(0, -11)}\u001b[12;${LEAVE}`],
		["the screen taken again", `${ENTER}${FRAME}${ENTER}${FRAME}${LEAVE}`],
	])("takes %s", (_, received) => {
		expect(foreignBytes(received)).toBeNull();
	});

	it.each([
		["a clear of the screen", `${ENTER}${FRAME.replace("red", "\u001b[2J")}`],
		["a clear of the scrollback", `${ENTER}${FRAME.replace("red", "\u001b[3J")}`],
		["a line feed within a frame", `${ENTER}${FRAME.replace("red", "r\ned")}`],
		["text between two frames", `${ENTER}${FRAME}text${FRAME}`],
		["a frame on the normal screen", FRAME],
		["the cursor moved on the normal screen", "\u001b[1;1Hx"],
		["a half sequence and more text", `${ENTER}${FRAME.replace("red", "\u001b[3")}`],
	])("refuses %s", (_, received) => {
		expect(foreignBytes(received)).not.toBeNull();
	});

	it.each(HOSTILE.filter(({ text }) => SHOWS_HOSTILE.test(text)).map(({ name, text }) => [name, text]))("refuses within a frame: %s", (name, text) => {
		// Colours and places are ours too: that nobody else chooses them is for the tests of painters to show.
		const couldBeOurs = /SGR|CSI H/.test(name);
		expect(foreignBytes(`${ENTER}\u001b[?2026h${text}\u001b[?2026l${LEAVE}`) === null).toBe(couldBeOurs);
	});

	it("knows colours from other attributes", () => {
		expect(coloursIn("\u001b[1ma\u001b[7;31mb\u001b[mc\u001b[39md\u001b[100me\u001b[22mf\u001b[38;5;3mg")).toEqual([
			"\u001b[7;31m",
			"\u001b[100m",
			"\u001b[38;5;3m",
		]);
	});
});
