import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import {
	chmodSync,
	closeSync,
	existsSync,
	fstatSync,
	fsyncSync,
	lstatSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statfsSync,
	statSync,
	writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import envPaths from "env-paths";
import { cleanText } from "./clean-text.ts";
import { dataFailure, type Failure } from "./failure.ts";
import { codeOf, reasonOf } from "./reason.ts";

/** Kinetra's folder on this machine: where everything it keeps lives. */
export type Home = {
	readonly root: string;
	/** One folder a session. */
	readonly sessions: string;
	/** One record an agent build and stage: its health carried between sessions. */
	readonly agents: string;
	/** One small file a distinct run, to find repeats. */
	readonly runs: string;
	/** Where the user may put MT5 exports. */
	readonly data: string;
};

/** POSIX modes mean nothing on Windows, where the profile folder is private already. */
const HAS_MODES = process.platform !== "win32";
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** Largest private file read whole; ours are a few hundred kilobytes at most. */
const MAX_FILE_BYTES = 67_108_864;

/** Where the home is: `KINETRA_HOME`, or the platform's data folder. Touches nothing. */
export function homeAt(env: Readonly<Record<string, string | undefined>>): Home {
	const asked = env.KINETRA_HOME;
	const root = asked !== undefined && asked.trim() !== "" ? resolve(asked) : envPaths("kinetra", { suffix: "" }).data;
	return { root, sessions: join(root, "sessions"), agents: join(root, "agents"), runs: join(root, "runs"), data: join(root, "data") };
}

/**
 * Makes the home ready for writing: creates what is missing (0700) and refuses a home that others may enter (S-19). Throws a
 * `Failure` (exit 3) that says how to repair it. An existing folder with nothing in it is closed rather than refused: it was made for us.
 */
export function prepareHome(home: Home): void {
	try {
		makePrivateFolder(home.root);
		if (HAS_MODES && isLoose(home.root) && readdirSync(home.root).length === 0) chmodSync(home.root, FOLDER_MODE);
	} catch (error) {
		throw unusable(home, error);
	}
	requirePrivateFolder(home.root);
	try {
		for (const folder of [home.sessions, home.agents, home.runs]) makePrivateFolder(folder);
	} catch (error) {
		throw unusable(home, error);
	}
	for (const folder of [home.sessions, home.agents, home.runs]) requirePrivateFolder(folder);
}

/**
 * Creates a folder, and the ones above it, with mode 0700 whatever the umask says; existing ones are left as they are. Throws system
 * errors. (Node's own recursive form never returns where a parent exists but takes no folders, as in /proc.)
 */
export function makePrivateFolder(folder: string): void {
	if (existsSync(folder)) {
		if (!statSync(folder).isDirectory()) throw Object.assign(new Error(`${folder} is a file`), { code: "ENOTDIR" });
		return;
	}
	const parent = dirname(folder);
	if (parent !== folder) makePrivateFolder(parent);
	try {
		mkdirSync(folder, { mode: FOLDER_MODE });
	} catch (error) {
		// Another process may have been faster; a folder is what was wanted.
		if (codeOf(error) === "EEXIST" && existsSync(folder)) return;
		throw error;
	}
	if (HAS_MODES) chmodSync(folder, FOLDER_MODE);
}

/** Refuses a folder that is not one, or that others may enter. */
export function requirePrivateFolder(folder: string): void {
	const found = lookAt(folder);
	if (!found.isDirectory()) throw dataFailure(`${show(folder)} is not a folder. Remove it or choose another folder with KINETRA_HOME.`);
	if (HAS_MODES && (found.mode & 0o077) !== 0) {
		throw dataFailure(
			`Others may look into ${show(folder)} (mode ${octal(found.mode)}), so what is in it cannot be trusted or kept private. Repair it with: chmod 700 ${quoted(folder)}`,
		);
	}
}

/**
 * Reads a private file whole. Refuses symbolic links, anything that is no ordinary file, files with a second name, files that others
 * may read or change, and files above 64 MiB (S-17, S-19). Null when there is none.
 */
export function readPrivateFile(path: string): string | null {
	let fd: number;
	try {
		const found = lstatSync(path);
		if (found.isSymbolicLink()) throw dataFailure(`${show(path)} is a symbolic link; Kinetra only reads its own ordinary files. Put the file itself there.`);
		if (!found.isFile()) throw dataFailure(`${show(path)} is not an ordinary file. Remove it.`);
		fd = openSync(path, "r");
	} catch (error) {
		if (codeOf(error) === "ENOENT") return null;
		if (codeOf(error) === null) throw error;
		throw dataFailure(`${show(path)} cannot be read: ${reasonOf(error)}.`);
	}
	try {
		requirePrivateFile(path, fd);
		if (fstatSync(fd).size > MAX_FILE_BYTES) throw dataFailure(`${show(path)} is too large to be one of ours. Move it away.`);
		return readFileSync(fd, "utf8");
	} finally {
		closeSync(fd);
	}
}

/** The checks of `readPrivateFile` on an open file; exported for readers that stream. */
export function requirePrivateFile(path: string, fd: number): void {
	const found = fstatSync(fd);
	if (!found.isFile()) throw dataFailure(`${show(path)} is not an ordinary file. Remove it.`);
	if (!HAS_MODES) return;
	if (found.nlink > 1)
		throw dataFailure(`${show(path)} has a second name (hard link), so it could be changed from elsewhere. Copy it over itself to part them.`);
	if ((found.mode & 0o077) !== 0) {
		throw dataFailure(`Others may read or change ${show(path)} (mode ${octal(found.mode)}). If nobody did, repair it with: chmod 600 ${quoted(path)}`);
	}
}

/**
 * Replaces a file in one step, mode 0600: after a crash there is the old content or the new, never a part. Throws system errors
 * (ENOSPC ...) after removing its own leftovers.
 */
export function writePrivateFile(path: string, text: string): void {
	const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
	try {
		const fd = openSync(temporary, "wx", FILE_MODE);
		try {
			const bytes = Buffer.from(text);
			for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		if (HAS_MODES) chmodSync(temporary, FILE_MODE);
		renameSync(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
}

/** Free disk space that a session needs to start where money moves (control C42). */
export const MONEY_BYTES_MIN = 200_000_000;

/** Bytes that may still be written below `folder`, or null where the system does not say. */
export function freeBytes(folder: string): number | null {
	try {
		const found = statfsSync(folder);
		return found.bavail * found.bsize;
	} catch {
		return null;
	}
}

function lookAt(path: string): Stats {
	try {
		return lstatSync(path);
	} catch (error) {
		throw dataFailure(`${show(path)} cannot be used: ${reasonOf(error)}.`);
	}
}

function isLoose(folder: string): boolean {
	return (lstatSync(folder).mode & 0o077) !== 0;
}

function unusable(home: Home, error: unknown): Failure {
	return dataFailure(
		`Kinetra's folder ${show(home.root)} cannot be used: ${reasonOf(error)}. Make it writable, or name another folder with KINETRA_HOME=/path/of/a/folder.`,
	);
}

function octal(mode: number): string {
	return (mode & 0o777).toString(8).padStart(3, "0");
}

function show(path: string): string {
	return cleanText(path, 300);
}

function quoted(path: string): string {
	return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${show(path).replaceAll("'", "'\\''")}'`;
}
