import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure, EXIT, Failure, usageFailure } from "../../adapters/failure.ts";
import type { BarTable } from "../../adapters/feed/csv/bars.ts";
import { freeBytes, makePrivateFolder } from "../../adapters/home.ts";
import { tryLock } from "../../adapters/lock.ts";
import { codeOf, reasonOf } from "../../adapters/reason.ts";
import { BARS_HEADER, barText } from "./bar-text.ts";
import { type DataManifest, manifestPath, manifestText, readDataManifest } from "./manifest.ts";

/** A data folder that is being filled: everything is written aside, and shows only once it is complete. */
export type Store = {
	/** Writes bars `first`..`end`-1 as an export; returns the SHA-256 of its bytes. `pause` is awaited between blocks and may throw. */
	write(part: "train" | "test", name: string, bars: Bars, pause: () => Promise<void>): Promise<string>;
	/** Puts everything in place, the manifest included, without a pause in which a signal could be heard. */
	commit(manifest: DataManifest): void;
	/** Removes what was written aside and lets go of the folder. */
	close(): void;
};

/** Rows of a table, and how many decimals their prices have. */
export type Bars = { readonly table: BarTable; readonly first: number; readonly end: number; readonly digits: number };

const PARTS = ["train", "test"] as const;
const STAGING = ".prepare-";
/** Bars a block: a few hundred kilobytes, a few milliseconds. */
const BLOCK_BARS = 8192;
/** A written bar is at most about this long, bytes. */
const BAR_BYTES = 110;

/**
 * Opens a data folder for new train and test files. Throws a `Failure`: exit 2 when there are files that would be overwritten or mixed with (without
 * `force`; files that we did not write are never touched), exit 3 when it cannot be written or has no room for `rows` bars, exit 4 while another
 * prepares it.
 */
export function openStore(folder: string, rows: number, force: boolean): Store {
	const shown = cleanText(folder, 300);
	const lock = orFail(shown, () => {
		for (const part of PARTS) makePrivateFolder(join(folder, part));
		return tryLock(join(folder, `${STAGING}lock`));
	});
	if (!lock.held) throw new Failure(EXIT.refused, `${shown} is being prepared by process ${lock.owner?.pid ?? "unknown"} at this moment. Wait for it.`);
	try {
		const old = oldFiles(folder, force);
		const free = freeBytes(folder);
		if (free !== null && free < rows * BAR_BYTES)
			throw dataFailure(
				`The disk of ${shown} has ${free} bytes free, and up to ${rows * BAR_BYTES} are needed. Free some space or name another folder with --out.`,
			);
		return orFail(shown, () => storeIn(folder, shown, old, () => lock.release()));
	} catch (error) {
		lock.release();
		throw error;
	}
}

/** The files of an earlier preparation, which may be replaced when it was asked for. */
function oldFiles(folder: string, force: boolean): readonly string[] {
	const ours = new Set(readDataManifest(folder)?.files.map(({ folder: part, name }) => join(part, name)));
	const there = PARTS.flatMap((part) => orFail(folder, () => readdirSync(join(folder, part))).map((name) => join(part, name))).filter((path) =>
		/\.(csv|txt|tsv|prn)(\.gz)?$/i.test(path),
	);
	const foreign = there.filter((path) => !ours.has(path));
	const shown = cleanText(folder, 300);
	if (foreign.length > 0) {
		const names = foreign.slice(0, 3).map((path) => cleanText(path, 120));
		throw usageFailure(
			`${shown} has ${foreign.length} file${foreign.length === 1 ? "" : "s"} that kinetra data prepare did not write (${names.join(", ")}${foreign.length > 3 ? " ..." : ""}): beside them nobody could say what was trained on. Move them away, or name another folder with --out.`,
		);
	}
	if (there.length > 0 && !force)
		throw usageFailure(`${shown} is prepared already (${there.length} files). To replace them: --force. To keep them: --out with another folder.`);
	return [...ours];
}

function storeIn(folder: string, shown: string, old: readonly string[], release: () => void): Store {
	for (const name of readdirSync(folder))
		if (name.startsWith(STAGING) && name !== `${STAGING}lock`) rmSync(join(folder, name), { recursive: true, force: true });
	const staging = mkdtempSync(join(folder, STAGING));
	for (const part of PARTS) makePrivateFolder(join(staging, part));
	return {
		write: (part, name, bars, pause) => writeBars(join(staging, part, name), shown, bars, pause),
		commit: (manifest) => orFail(shown, () => putInPlace(folder, staging, old, manifest)),
		close() {
			rmSync(staging, { recursive: true, force: true });
			release();
		},
	};
}

/**
 * Old files first, then the manifest, then the new files: wherever this is cut, the manifest names every file that is there, so that the next
 * preparation knows them as ours.
 */
function putInPlace(folder: string, staging: string, old: readonly string[], manifest: DataManifest): void {
	const fresh = join(staging, "manifest.json");
	const fd = openSync(fresh, "wx", 0o600);
	try {
		writeSync(fd, manifestText(manifest));
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
	for (const path of old) rmSync(join(folder, path), { force: true });
	renameSync(fresh, manifestPath(folder));
	for (const { folder: part, name } of manifest.files) {
		const target = join(folder, part, name);
		// A folder of that name, or a file that came meanwhile: never written over.
		if (existsSync(target)) throw Object.assign(new Error(`${target} is in the way`), { code: "EEXIST" });
		renameSync(join(staging, part, name), target);
	}
}

async function writeBars(path: string, shown: string, { table, first, end, digits }: Bars, pause: () => Promise<void>): Promise<string> {
	const hash = createHash("sha256");
	const fd = orFail(shown, () => openSync(path, "wx", 0o600));
	const put = (text: string): void => {
		const bytes = Buffer.from(text, "latin1");
		hash.update(bytes);
		orFail(shown, () => {
			for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
		});
	};
	try {
		put(BARS_HEADER);
		for (let row = first; row < end; row += BLOCK_BARS) {
			let text = "";
			for (let i = row; i < Math.min(end, row + BLOCK_BARS); i++) text += barText(table, i, digits);
			put(text);
			await pause();
		}
		orFail(shown, () => fsyncSync(fd));
	} finally {
		closeSync(fd);
	}
	return hash.digest("hex");
}

/** What the system refuses, said as a `Failure`. */
function orFail<T>(shown: string, act: () => T): T {
	try {
		return act();
	} catch (error) {
		if (error instanceof Failure || codeOf(error) === null) throw error;
		throw dataFailure(`${shown} cannot be written: ${reasonOf(error)}. Free some space, or name another folder with --out.`);
	}
}
