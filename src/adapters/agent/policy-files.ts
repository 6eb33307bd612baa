import { hash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { cleanText } from "../clean-text.ts";
import { usageFailure } from "../failure.ts";
import { codeOf, reasonOf } from "../reason.ts";
import { MODEL_LIMITS } from "./onnx/limits.ts";

/** The files of a policy by their path inside its folder (`manifest.json`, `incumbent/policy.onnx`), as they were read. */
export type PolicyFiles = ReadonlyMap<string, Uint8Array>;

export const MANIFEST = "manifest.json";
export const MODEL = "policy.onnx";

/** What a folder may hold, and how large it may be. README.md is for people: it is hashed with the rest and not looked at. */
const BYTES_MAX: Readonly<Record<string, number>> = { [MANIFEST]: 1_048_576, [MODEL]: MODEL_LIMITS.bytes, "README.md": 262_144 };
/** Members of a triad. */
const FOLDERS_MAX = 3;
const FOLDER_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * SHA-256 over every byte of a policy's folder, names and contents: of the lines `<SHA-256 of the file>  <its path>`, sorted by path. It is what
 * `sha256sum manifest.json policy.onnx | sha256sum` prints in the folder.
 */
export function policyHash(files: PolicyFiles): string {
	const lines = [...files.keys()].sort().map((path) => `${hash("sha256", files.get(path) ?? new Uint8Array(), "hex")}  ${path}\n`);
	return hash("sha256", lines.join(""), "hex");
}

/** How strictly files are looked at. A package manager may have given installed ones a second name; nobody else has a reason to. */
export type Strictness = { readonly hardLinks: "refuse" | "allow" };

/**
 * Reads a policy's folder, or an `.onnx` file with its manifest beside it, whole into memory (S-17): no symbolic links, devices, pipes or second
 * names, nothing unexpected, nothing larger than its limit; each file is opened once, and what was read is what is used. Throws a usage `Failure`
 * that names the file.
 */
export function readPolicyFiles(asked: string, strictness: Strictness): { readonly folder: string; readonly files: PolicyFiles } {
	// With a slash behind it the system would follow a link before we could see it.
	const path = asked.length > 1 ? asked.replace(/[/\\]+$/, "") || asked : asked;
	const found = lookAt(path, path);
	if (found.isSymbolicLink()) throw refused(path, "is a symbolic link. Name the folder or file itself");
	if (found.isDirectory()) {
		const folder = realPlace(path, path);
		return { folder, files: new Map(readFolder(folder, "", path, strictness)) };
	}
	if (!found.isFile()) throw refused(path, "is neither a folder nor an ordinary file");
	if (extname(path).toLowerCase() !== ".onnx") throw refused(path, "is a file, but no .onnx file. Name a policy's folder or its .onnx file");
	const folder = realPlace(dirname(path), path);
	const model = readWhole(join(folder, basename(path)), path, MODEL, strictness);
	const manifest = besides(folder, path, strictness);
	return {
		folder,
		files: new Map([
			[MANIFEST, manifest],
			[MODEL, model],
		]),
	};
}

/** The manifest of `my-policy.onnx`: `my-policy.json`, else `manifest.json`. */
function besides(folder: string, path: string, strictness: Strictness): Uint8Array {
	const own = `${basename(path).slice(0, -extname(path).length)}.json`;
	for (const name of [own, MANIFEST]) {
		if (isThere(join(folder, name))) return readWhole(join(folder, name), join(dirname(path), name), MANIFEST, strictness);
	}
	throw refused(
		path,
		`has no manifest: there is neither ${cleanText(own, 100)} nor ${MANIFEST} beside it. Write one (docs/WRITING_AGENTS.md says what it must hold)`,
	);
}

function readFolder(folder: string, prefix: string, shown: string, strictness: Strictness): [string, Uint8Array][] {
	const names = listed(folder, shown);
	const files: [string, Uint8Array][] = [];
	let folders = 0;
	for (const name of names) {
		const place = join(shown, name);
		if (Object.hasOwn(BYTES_MAX, name)) {
			files.push([`${prefix}${name}`, readWhole(join(folder, name), place, name, strictness)]);
			continue;
		}
		const isFolder = prefix === "" && FOLDER_NAME.test(name) && lookAt(join(folder, name), place).isDirectory();
		if (!isFolder) throw refused(place, UNEXPECTED);
		if (++folders > FOLDERS_MAX) throw refused(shown, `holds more than ${FOLDERS_MAX} folders. A triad has three, one a member`);
		files.push(...readFolder(join(folder, name), `${name}/`, place, strictness));
	}
	return files;
}

const UNEXPECTED = `does not belong to a policy, whose folder holds ${MANIFEST}, ${MODEL} and perhaps README.md and nothing else: everything in it is hashed. Move it away. (Weights in a file of their own must go into ${MODEL}: export without external data)`;

function listed(folder: string, shown: string): string[] {
	try {
		return readdirSync(folder).sort();
	} catch (error) {
		throw refused(shown, `cannot be read: ${reasonOf(error)}`);
	}
}

/** Opens once, looks at what is open, and reads just that. `kind` is the name that its limit is kept under. */
function readWhole(path: string, shown: string, kind: string, { hardLinks }: Strictness): Uint8Array {
	if (lookAt(path, shown).isSymbolicLink()) throw refused(shown, "is a symbolic link. Put the file itself there");
	let fd: number;
	try {
		// Without following a link that has come meanwhile, and without blocking: a pipe would wait for a writer for ever.
		fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
	} catch (error) {
		throw refused(shown, `cannot be read: ${reasonOf(error)}`);
	}
	try {
		const found = fstatSync(fd);
		const most = BYTES_MAX[kind] ?? 0;
		if (!found.isFile()) throw refused(shown, "is not an ordinary file");
		if (found.nlink > 1 && hardLinks === "refuse") throw refused(shown, "has a second name (hard link), so it can be changed from elsewhere. Copy it");
		if (found.size === 0) throw refused(shown, "is empty");
		if (found.size > most) throw refused(shown, `is too large (${found.size} bytes; at most ${most})`);
		return readExactly(fd, found.size, shown);
	} finally {
		closeSync(fd);
	}
}

function readExactly(fd: number, size: number, shown: string): Uint8Array {
	// One byte more than there was, to see a file that grows.
	const bytes = new Uint8Array(size + 1);
	let count = 0;
	try {
		for (let more = -1; more !== 0 && count < bytes.length; count += more) more = readSync(fd, bytes, count, bytes.length - count, null);
	} catch (error) {
		throw refused(shown, `cannot be read: ${reasonOf(error)}`);
	}
	if (count !== size) throw refused(shown, "changed while it was read. Try again when nothing writes to it");
	return bytes.subarray(0, size);
}

function isThere(path: string): boolean {
	return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Where a path really leads: it may have gone since it was looked at. */
function realPlace(path: string, shown: string): string {
	return asked(shown, () => realpathSync(path));
}

function lookAt(path: string, shown: string): Stats {
	return asked(shown, () => lstatSync(path));
}

function asked<T>(shown: string, ask: () => T): T {
	try {
		return ask();
	} catch (error) {
		if (codeOf(error) === "ENOENT") throw refused(shown, "is not there. Check the path");
		throw refused(shown, `cannot be used: ${reasonOf(error)}`);
	}
}

function refused(shown: string, problem: string): Error {
	return usageFailure(`Policy ${cleanText(shown, 200)} ${problem}.`);
}
