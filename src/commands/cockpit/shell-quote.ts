import { cleanText } from "../../adapters/clean-text.ts";

const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * A word as a POSIX shell takes it, in printable characters only: plain, in single quotes, or, for names that would do something to a
 * terminal, as `$'\xNN'`, which the common shells read back to exactly the same bytes.
 */
export function shellQuote(word: string): string {
	if (PLAIN.test(word)) return word;
	if (cleanText(word, word.length + 1) === word) return `'${word.replaceAll("'", "'\\''")}'`;
	const bytes = Array.from(Buffer.from(word), (byte) => {
		const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c;
		return isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
	});
	return `$'${bytes.join("")}'`;
}
