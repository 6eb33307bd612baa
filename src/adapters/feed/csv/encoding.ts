import { dataFailure } from "../../failure.ts";

/** How the text of a file is stored. `bytes` covers ASCII, UTF-8 and the Windows code pages: numbers look the same in all of them. */
export type TextEncoding = { readonly name: "bytes" | "utf16le" | "utf16be"; readonly markBytes: number };

/** Bytes a character of the encoding takes. */
export const ENCODING_BYTES: Readonly<Record<TextEncoding["name"], number>> = { bytes: 1, utf16le: 2, utf16be: 2 };

/**
 * Recognises the encoding by the byte order mark or, without one, by the zero bytes of UTF-16. Throws a `Failure` (exit 3) when the
 * beginning of the file is not text. `head` is the beginning of the file.
 */
export function detectEncoding(file: string, head: Uint8Array): TextEncoding {
	const [a, b, c, d] = head;
	if (a === 0x50 && b === 0x4b) throw dataFailure(`${file}: is a zip archive or spreadsheet. Unpack it or save it as CSV first.`);
	if (a === 0xef && b === 0xbb && c === 0xbf) return textual(file, head, { name: "bytes", markBytes: 3 });
	if (a === 0xff && b === 0xfe) return { name: "utf16le", markBytes: 2 };
	if (a === 0xfe && b === 0xff) return { name: "utf16be", markBytes: 2 };
	if (isPrintable(a) && b === 0 && isPrintable(c) && d === 0) return { name: "utf16le", markBytes: 0 };
	if (a === 0 && isPrintable(b) && c === 0 && isPrintable(d)) return { name: "utf16be", markBytes: 0 };
	return textual(file, head, { name: "bytes", markBytes: 0 });
}

/** Copies `count` bytes of UTF-16 as one byte a character into `target`; returns how many. */
export function narrow(pairs: Uint8Array, count: number, name: TextEncoding["name"], target: Uint8Array, offset: number): number {
	const low = name === "utf16le" ? 0 : 1;
	const characters = count >> 1;
	for (let i = 0; i < characters; i++) {
		const isAscii = (pairs[i * 2 + 1 - low] as number) === 0;
		target[offset + i] = isAscii ? (pairs[i * 2 + low] as number) : 0xff;
	}
	return characters;
}

function isPrintable(byte: number | undefined): boolean {
	return byte !== undefined && byte > 0x20 && byte < 0x7f;
}

function textual(file: string, head: Uint8Array, encoding: TextEncoding): TextEncoding {
	for (const byte of head) {
		if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) {
			throw dataFailure(
				`${file}: is not text (byte 0x${byte.toString(16).padStart(2, "0")} near its beginning). Give an MT5 bars or ticks export, .csv or .csv.gz.`,
			);
		}
	}
	return encoding;
}
