import { cleanText } from "../clean-text.ts";

/** A key (`K`, `up`, `ctrl+c`, `space`, see src/ui/key.ts) and what the terminal sent for it. */
export type OnKey = (key: string, raw: string) => void;

/** Cuts what a terminal sends into single keys. */
export type KeyParser = {
	push(chunk: Uint8Array): void;
	/** What is being waited for: the rest of a sequence, or whether an Escape is one. */
	waiting(): "nothing" | "escape" | "sequence";
	/** No more came in time: a lone Escape was the key; a half sequence is dropped, its end would be mistaken for keys otherwise. */
	giveUp(): void;
};

const ESC = "\u001b";

/** Keys by the last byte of `ESC [ ... x` and `ESC O x`. */
const FINALS: Readonly<Record<string, string>> = { A: "up", B: "down", C: "right", D: "left", H: "home", F: "end", Z: "shift+tab" };
/** Keys by the number of `ESC [ n ~`. */
const NUMBERED: Readonly<Record<string, string>> = { 1: "home", 3: "delete", 4: "end", 5: "pageup", 6: "pagedown", 7: "home", 8: "end" };
const CONTROLS: Readonly<Record<string, string>> = {
	"\r": "enter",
	"\n": "enter",
	"\t": "tab",
	" ": "space",
	"\u0000": "ctrl+space",
	"\b": "backspace",
	"\u007f": "backspace",
};

const CSI = new RegExp(`^${ESC}\\[([0-?]*)([ -/]*)([@-~])`);
const CSI_BEGUN = new RegExp(`^${ESC}\\[[0-?]*[ -/]*$`);
const CSI_BROKEN = new RegExp(`^${ESC}\\[[0-?]*[ -/]*`);
/** Linux's own console sends F1 to F5 as `ESC [ [ A`; an old mouse report is `ESC [ M` and three characters. */
const ODD = new RegExp(`^${ESC}\\[(?:\\[.|M.{3})`, "s");
const ODD_BEGUN = new RegExp(`^${ESC}\\[(?:\\[|M.{0,2})$`, "s");
const SS3 = new RegExp(`^${ESC}O([ -~]?)`);

/** A parser that hands keys to `onKey` in the order in which they were pressed. */
export function createKeyParser(onKey: OnKey): KeyParser {
	let decoder = new TextDecoder("utf-8");
	let rest = "";

	/** Takes one key or sequence off the front; false when its end has not come yet. */
	function takeOne(): boolean {
		if (!rest.startsWith(ESC)) {
			const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
			rest = rest.slice(character.length);
			plainKey(character, onKey);
			return true;
		}
		if (rest === ESC || rest === `${ESC}O` || CSI_BEGUN.test(rest) || ODD_BEGUN.test(rest)) return false;
		const odd = ODD.exec(rest);
		if (odd !== null) return drop(odd[0]);
		const csi = CSI.exec(rest);
		if (csi !== null) {
			const key = csi[2] === "" ? sequenceKey(csi[1] ?? "", csi[3] ?? "") : null;
			if (key !== null) onKey(key, csi[0]);
			return drop(csi[0]);
		}
		const broken = CSI_BROKEN.exec(rest);
		if (broken !== null) return drop(broken[0]);
		const application = SS3.exec(rest);
		if (application !== null) {
			const key = FINALS[application[1] ?? ""];
			if (key !== undefined) onKey(key, `${ESC}[${application[1]}`);
			return drop(application[0]);
		}
		// Escape and then something else, quickly: both count. A kill must not be lost because it came right after an Escape.
		onKey("escape", ESC);
		return drop(ESC);
	}
	function drop(taken: string): true {
		rest = rest.slice(taken.length);
		return true;
	}
	return {
		push(chunk) {
			rest += decoder.decode(chunk, { stream: true });
			while (rest !== "" && takeOne()) {
				// Until what is left needs more.
			}
			// No sequence of a keyboard is that long: something else is talking to us.
			if (rest.length > 64) rest = "";
		},
		waiting: () => (rest === "" ? "nothing" : rest === ESC ? "escape" : "sequence"),
		giveUp() {
			const given = rest;
			rest = "";
			decoder = new TextDecoder("utf-8");
			if (given === ESC) onKey("escape", ESC);
		},
	};
}

/** A printable character or a control; whatever is neither is no key. */
function plainKey(character: string, onKey: OnKey): void {
	const code = character.codePointAt(0) ?? 0;
	const named = CONTROLS[character];
	if (named === "enter") onKey(named, "\r");
	else if (named !== undefined) onKey(named, character);
	else if (code < 0x1b) onKey(`ctrl+${String.fromCharCode(code + 0x60)}`, character);
	else if (code < 0x20) onKey(`ctrl+${String.fromCharCode(code + 0x40)}`, character);
	// Typed text ends up in names and reasons: the same door as for any other text from outside.
	else if (cleanText(character) === character && character !== "\u{fffd}") onKey(character, character);
}

/** The key of `ESC [ parameters final`, with its modifiers in front: `shift+up`. Null when there is no such key. */
function sequenceKey(parameters: string, final: string): string | null {
	const [number = "", modifier = ""] = parameters.split(";");
	const key = final === "~" ? NUMBERED[number] : FINALS[final];
	if (key === undefined || !/^\d*$/.test(modifier)) return null;
	const held = modifier === "" ? 0 : Number(modifier) - 1;
	const names = [
		[4, "ctrl+"],
		[2, "alt+"],
		[1, "shift+"],
	] as const;
	return names.reduceRight((name, [bit, prefix]) => ((held & bit) === 0 ? name : prefix + name), key);
}
