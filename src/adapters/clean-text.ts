/** What a removed run of characters is shown as. */
const MARK = "\u{FFFD}";

const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);
const C1 = (code: number): string => String.fromCharCode(code);

/** Escape sequences with their payload: CSI, then OSC/DCS/SOS/PM/APC up to their terminator, then two-character escapes. */
const ESCAPES: readonly RegExp[] = [
	new RegExp(`(?:${ESC}\\[|${C1(0x9b)})[0-?]*[ -/]*[@-~]?`, "gu"),
	new RegExp(
		`(?:${ESC}[\\]PX^_]|[${C1(0x9d)}${C1(0x90)}${C1(0x98)}${C1(0x9e)}${C1(0x9f)}])[^${BEL}${ESC}${C1(0x9c)}\\n]*(?:${BEL}|${ESC}\\\\|${C1(0x9c)})?`,
		"gu",
	),
	new RegExp(`${ESC}[ -/]*[0-~]?`, "gu"),
];

/** Controls (C0, DEL, C1), format and bidi marks, invisible fillers and variation selectors, line separators, lone surrogates, private use. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu;

/**
 * Text from outside (file names, option values, spec files, broker comments, error messages) made safe to show on a terminal, in a log
 * or an export: control characters, escape sequences, bidi and zero-width marks become one `\u{FFFD}` a run, and what is longer
 * than `maxChars` is cut with an ellipsis (security rule S-14).
 */
export function cleanText(text: string, maxChars = 200): string {
	// Cutting first bounds the work; the factor leaves room for what cleaning removes.
	let clean = text.slice(0, maxChars * 8);
	for (const sequence of ESCAPES) clean = clean.replace(sequence, MARK);
	clean = clean.replace(FORBIDDEN, MARK).replace(/\u{FFFD}{2,}/gu, MARK);
	const characters = Array.from(clean);
	return characters.length <= maxChars ? clean : `${characters.slice(0, maxChars - 1).join("")}…`;
}
