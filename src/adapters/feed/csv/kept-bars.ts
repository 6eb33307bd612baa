import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { BarFile } from "./bar-file.ts";

/** The bars of an export as read, with what reading them told. Nobody may write to its columns. */
export type ReadBars = BarFile & {
	/** SHA-256 of the file's bytes as they lie on the disk, hex. */
	readonly sha256: string;
	readonly badRows: number;
};

/** How a file is read: what its bars depend on besides its bytes. */
export type BarReading = { readonly file: string; readonly digits: number; readonly skipBadRows: boolean; readonly onlyBar: number };

/** The bars of the file that was read last, for a thread that plays stretches of it again and again. */
export type KeptBars = {
	/** What is kept of a file that has not changed since (its place, size and times are the same), else what `read` gives, null = nothing to keep. */
	of(reading: BarReading, read: () => ReadBars | null): ReadBars | null;
};

/** Keeps the bars of one file: another one takes its place, for each is some tens of megabytes. */
export function createKeptBars(): KeptBars {
	let key: string | null = null;
	let kept: ReadBars | null = null;
	return {
		of(reading, read) {
			const asked = keyOf(reading);
			if (kept !== null && asked !== null && asked === key) return kept;
			[key, kept] = [null, null];
			const bars = read();
			[key, kept] = [asked, bars];
			return bars;
		},
	};
}

/** Null when the file cannot be looked at: reading it will say why. */
function keyOf({ file, digits, skipBadRows, onlyBar }: BarReading): string | null {
	try {
		const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
		return [resolve(file), dev, ino, size, mtimeNs, ctimeNs, digits, skipBadRows, onlyBar].join(" ");
	} catch {
		return null;
	}
}
