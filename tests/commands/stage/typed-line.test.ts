import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";
import { describe, expect, it } from "vitest";
import { typedLines } from "../../../src/commands/stage/typed-line.ts";

/** A keyboard, and what was drawn. */
function typing() {
	const modes: boolean[] = [];
	const keyboard = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => void modes.push(on) });
	const drawn: string[] = [];
	const lines = typedLines(keyboard as unknown as ReadStream, { print: (text) => drawn.push(text), redraw: (text) => drawn.push(text), endProgress: () => {} });
	return { keyboard, modes, drawn, lines };
}

describe("typedLines", () => {
	it("gives the keyboard back as it was: whoever reads it next gets bytes", async () => {
		const { keyboard, modes, lines } = typing();
		const asked = lines.ask("Type the word DEMO\n> ");
		keyboard.write("DEMO\r");
		expect(await asked).toBe("DEMO");
		lines.close();
		expect(modes).toEqual([true, false]);
		const next = new Promise<unknown>((resolve) => keyboard.once("data", resolve));
		keyboard.resume();
		keyboard.write("r");
		expect(Buffer.isBuffer(await next)).toBe(true);
	});

	it.each<[string, readonly (string | Buffer)[], string | null]>([
		["a character that comes in two pieces", [Buffer.from([0xc3]), Buffer.from([0xa4]), "\r"], "ä"],
		["backspace and an arrow", ["ab\u007f", "\u001b[A", "c\r"], "ac"],
		["Ctrl-U", ["wrong\u0015right\r"], "right"],
		["Ctrl-D on an empty line", ["\u0004"], null],
		["Ctrl-C", ["DEM", "\u0003"], null],
	])("reads %s", async (_name, keys, expected) => {
		const { keyboard, lines } = typing();
		const asked = lines.ask("> ");
		for (const key of keys) {
			keyboard.write(key);
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect(await asked).toBe(expected);
		lines.close();
	});
});
