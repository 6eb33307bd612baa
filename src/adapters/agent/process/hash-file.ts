import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { cleanText } from "../../clean-text.ts";
import { Failure, usageFailure } from "../../failure.ts";
import { reasonOf } from "../../reason.ts";

const BYTES_MAX = 4_294_967_296;
const CHUNK = 1_048_576;

/**
 * SHA-256 of a file that belongs to a program (S-17): an ordinary file without a second name, no link, of at most 4 GiB; opened once. Throws a usage
 * `Failure` that names it as `shown`.
 */
export function hashFile(path: string, shown: string): string {
	if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw refused(shown, "is a symbolic link. Name the file itself");
	return hashOpened(path, shown, (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0), 1);
}

/** SHA-256 of a program that is installed: links and second names are how package managers install. */
export function hashInstalled(path: string, shown: string): string {
	return hashOpened(realpathSync(path), shown, constants.O_NONBLOCK ?? 0, Number.POSITIVE_INFINITY);
}

/** The path of a file that a manifest names, inside the manifest's folder. Throws a usage `Failure` when it leads out of it. */
export function insideFolder(folder: string, name: string, shown: string): string {
	const root = realpathSync(folder);
	const path = resolve(root, name);
	let real: string;
	try {
		real = realpathSync(dirname(path));
	} catch (error) {
		throw refused(shown, `cannot be read: ${reasonOf(error)}`);
	}
	const way = relative(root, real);
	if (way === ".." || way.startsWith(`..${sep}`) || resolve(root, way) !== real) throw refused(shown, "lies outside the folder of agent.json");
	return path;
}

function hashOpened(path: string, shown: string, flags: number, linksMax: number): string {
	let fd: number | null = null;
	try {
		fd = openSync(path, constants.O_RDONLY | flags);
		const found = fstatSync(fd);
		if (!found.isFile()) throw refused(shown, "is not an ordinary file");
		if (found.nlink > linksMax) throw refused(shown, "has a second name (hard link), so it can be changed from elsewhere. Copy it");
		if (found.size > BYTES_MAX) throw refused(shown, `is too large (${found.size} bytes; at most ${BYTES_MAX})`);
		const digest = createHash("sha256");
		const chunk = Buffer.alloc(CHUNK);
		for (let left = found.size + 1; left > 0; ) {
			const count = readSync(fd, chunk, 0, Math.min(CHUNK, left), null);
			if (count === 0) break;
			left -= count;
			if (left === 0) throw refused(shown, "changed while it was read. Try again when nothing writes to it");
			digest.update(chunk.subarray(0, count));
		}
		return digest.digest("hex");
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw refused(shown, `cannot be read: ${reasonOf(error)}`);
	} finally {
		if (fd !== null) closeSync(fd);
	}
}

function refused(shown: string, why: string): Failure {
	return usageFailure(`--agent process: the file ${cleanText(shown, 300)} ${why}.`);
}
