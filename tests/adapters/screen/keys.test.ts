import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyParser } from "../../../src/adapters/screen/keys.ts";

const ESC = "\u001b";

/** Keys and their raw form, from chunks of text. */
function parse(...chunks: readonly (string | Uint8Array)[]) {
	const keys: string[] = [];
	const raws: string[] = [];
	const parser = createKeyParser((key, raw) => {
		keys.push(key);
		raws.push(raw);
	});
	for (const chunk of chunks) parser.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
	return { keys, raws, parser };
}

describe("keys", () => {
	it.each<[string, string, readonly string[]]>([
		["a capital letter", "K", ["K"]],
		["pasted text, one key a character", "xyz", ["x", "y", "z"]],
		["space, Enter, Tab, Backspace", " \r\n\t\u007f\b", ["space", "enter", "enter", "tab", "backspace", "backspace"]],
		["Ctrl with a letter", "\u0003\u000b\u0001", ["ctrl+c", "ctrl+k", "ctrl+a"]],
		["Ctrl with a sign, Ctrl-space", "\u001c\u0000", ["ctrl+\\", "ctrl+space"]],
		["arrows", `${ESC}[A${ESC}[B${ESC}[C${ESC}[D`, ["up", "down", "right", "left"]],
		["arrows in application mode", `${ESC}OA${ESC}OB${ESC}OH`, ["up", "down", "home"]],
		[
			"pages, home, end, delete",
			`${ESC}[5~${ESC}[6~${ESC}[H${ESC}[F${ESC}[1~${ESC}[4~${ESC}[3~`,
			["pageup", "pagedown", "home", "end", "home", "end", "delete"],
		],
		["Shift-Tab", `${ESC}[Z`, ["shift+tab"]],
		["modifiers", `${ESC}[1;5A${ESC}[1;2B${ESC}[5;3~${ESC}[1;8D`, ["ctrl+up", "shift+down", "alt+pageup", "ctrl+alt+shift+left"]],
		["characters beyond ASCII", "é世👍", ["é", "世", "👍"]],
		["Escape and a letter at once: both", `${ESC}K`, ["escape", "K"]],
		["Escape and an arrow at once: both", `${ESC}${ESC}[A`, ["escape", "up"]],
		["function keys: none", `${ESC}OP${ESC}[15~${ESC}[[AK`, ["K"]],
		["a marked paste: its characters", `${ESC}[200~ab${ESC}[201~`, ["a", "b"]],
		["mouse reports: none", `${ESC}[<0;10;10M${ESC}[M !!K`, ["K"]],
		["answers of the terminal: none", `${ESC}[?62;4c${ESC}[24;80R${ESC}[?2026;2$y`, []],
		["a broken sequence: none", `${ESC}[5\u0001q`, ["ctrl+a", "q"]],
		["bidi marks, zero-width marks, C1 controls: none", "\u202e\u200b\u009bK", ["K"]],
	])("%s", (_name, sent, expected) => {
		expect(parse(sent).keys).toEqual(expected);
	});

	it("drops bytes that are no UTF-8", () => {
		expect(parse(Uint8Array.of(0xff, 0x4b, 0xc3), "x").keys).toEqual(["K", "x"]);
	});

	it("hands on what the terminal sent, in the form that ink knows", () => {
		expect(parse(`${ESC}OA${ESC}[6~\nk`).raws).toEqual([`${ESC}[A`, `${ESC}[6~`, "\r", "k"]);
	});

	it("waits after an Escape, which is a key when nothing follows", () => {
		const { keys, parser } = parse(ESC);
		expect([parser.waiting(), keys]).toEqual(["escape", []]);
		parser.giveUp();
		expect([parser.waiting(), keys]).toEqual(["nothing", ["escape"]]);
	});

	it("drops a sequence whose end does not come", () => {
		const { keys, parser } = parse(`${ESC}[5`);
		expect(parser.waiting()).toBe("sequence");
		parser.giveUp();
		parser.push(Buffer.from("K"));
		expect(keys).toEqual(["K"]);
	});

	it("keeps no endless sequence", () => {
		const { keys, parser } = parse(`${ESC}[${"1;".repeat(10_000)}`);
		expect(parser.waiting()).toBe("nothing");
		parser.push(Buffer.from("K"));
		expect(keys).toEqual(["K"]);
	});

	it("finds the same keys however the bytes are cut into chunks", () => {
		const piece = fc.constantFrom("K", "é", "👍", ESC, `${ESC}[A`, `${ESC}OB`, `${ESC}[1;5C`, `${ESC}[6~`, `${ESC}[200~`, `${ESC}[M !!`, " ", "\r", "\u0003");
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 8 }), fc.infiniteStream(fc.integer({ min: 1, max: 3 })), (pieces, sizes) => {
				const bytes = Buffer.from(pieces.join(""));
				const chunks: Uint8Array[] = [];
				for (let from = 0; from < bytes.length; ) {
					const size = sizes.next().value ?? 1;
					chunks.push(bytes.subarray(from, from + size));
					from += size;
				}
				expect(parse(...chunks).keys).toEqual(parse(bytes).keys);
			}),
		);
	});
});
