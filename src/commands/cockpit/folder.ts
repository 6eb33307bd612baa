import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { parseExportName } from "../../adapters/feed/csv/file-name.ts";
import { timeframeName } from "../../engine/market/timeframe.ts";
import type { Folder, FolderEntry } from "../../ui/state.ts";

/** More than anybody looks through; the rest is left out and said. */
const ENTRIES_MAX = 5000;
const EXPORT_FILE = /\.csv(\.gz)?$/i;

/**
 * What lies in a folder: folders first, then the files that may be market data, each by name. Hidden entries and other files are left
 * out. Names are cleaned for the screen, paths stay real. Rejects with the system's error when the folder cannot be read.
 */
export async function readFolder(path: string): Promise<Folder> {
	const found = await readdir(path, { withFileTypes: true });
	const wanted = found.filter(({ name }) => !name.startsWith(".")).slice(0, ENTRIES_MAX);
	const entries = (await Promise.all(wanted.map(({ name }) => entryOf(path, name)))).filter((entry) => entry !== null);
	const parent = dirname(path);
	return { path, shown: cleanText(path, 300), parent: parent === path ? null : parent, entries: entries.sort(byKindAndName) };
}

/** How many MT5 exports lie in a folder; null when there is no such folder. Rejects when it cannot be read. */
export async function countExports(path: string): Promise<number | null> {
	try {
		return (await readdir(path)).filter(isExport).length;
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
		throw error;
	}
}

/** True when a file's name is that of an MT5 export. */
function isExport(name: string): boolean {
	return EXPORT_FILE.test(name) && parseExportName(name) !== null;
}

async function entryOf(folder: string, name: string): Promise<FolderEntry | null> {
	const path = join(folder, name);
	const facts = await stat(path).catch(() => null);
	const shown = cleanText(name, 200);
	if (facts?.isDirectory() === true) return { name: shown, path, kind: "folder", bytes: null, note: "" };
	if (!EXPORT_FILE.test(name)) return null;
	// A dangling link or a file without permission is listed all the same: that it cannot be used is said when it is chosen.
	const bytes = facts === null || !facts.isFile() ? null : facts.size;
	const said = parseExportName(name);
	if (said === null) return { name: shown, path, kind: "other", bytes, note: "no symbol in the name" };
	const timeframe = said.timeframeMinutes === null ? "" : ` ${timeframeName(said.timeframeMinutes)}`;
	const unknown = said.symbol === null ? " (unknown)" : "";
	return { name: shown, path, kind: "export", bytes, note: cleanText(`${said.symbol ?? said.rawSymbol}${timeframe}${unknown}`, 60) };
}

function byKindAndName(left: FolderEntry, right: FolderEntry): number {
	const first = Number(right.kind === "folder") - Number(left.kind === "folder");
	return first !== 0 ? first : left.name.localeCompare(right.name, "en", { numeric: true });
}
