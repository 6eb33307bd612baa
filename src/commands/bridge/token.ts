import { randomBytes } from "node:crypto";
import { closeSync, fchmodSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure, EXIT } from "../../adapters/failure.ts";
import { type Home, makePrivateFolder, prepareHome, readPrivateFile, requirePrivateFolder } from "../../adapters/home.ts";
import { codeOf, reasonOf } from "../../adapters/reason.ts";
import type { Terminal } from "../../terminal.ts";

/** Random bytes of a new token, and the fewest characters of one that is accepted; the bridge's own rules (auth.py). */
const TOKEN_BYTES = 32;

/** `kinetra bridge --token [--show-path]`: sees that there is a token and says where; never shows it. Throws a `Failure` (exit 3). */
export function tokenCommand(home: Home, showPath: boolean, terminal: Terminal): number {
	const { path, made } = ensureToken(home);
	const shown = cleanText(path, 1000);
	if (showPath) terminal.print(shown);
	else
		terminal.print(
			[
				made ? `A new token is in ${shown}` : `The token that is there was kept: ${shown}`,
				made ? "Only you can read it (0600)." : "Delete the file first if a new one is wanted; the bridge then needs the new one too.",
				"It is the key between cockpit and bridge: whoever has it can trade. Never send it by mail or chat.",
				"On this machine:  python kinetra_bridge.py --token-file <that file>",
				"On another one:   copy the file there over a safe way (scp), as .kinetra-bridge/token in your own folder",
			].join("\n"),
		);
	return EXIT.ok;
}

/**
 * The token file of this home, `bridge/token`, made when missing: 32 random bytes as 64 hexadecimal characters, mode 0600, as the bridge makes
 * it. Throws a `Failure` (exit 3) when one is there that others can read, that is too short, or that cannot be used for another reason.
 */
export function ensureToken(home: Home): { readonly path: string; readonly made: boolean } {
	prepareHome(home);
	const folder = join(home.root, "bridge");
	const path = join(folder, "token");
	try {
		makePrivateFolder(folder);
	} catch (error) {
		throw unusable(path, error);
	}
	requirePrivateFolder(folder);
	if (!create(path)) {
		const text = readPrivateFile(path);
		if (text !== null && Buffer.byteLength(text.trim()) >= TOKEN_BYTES) return { path, made: false };
		throw dataFailure(`The token in ${cleanText(path, 300)} is shorter than ${TOKEN_BYTES} characters. Delete the file and run: kinetra bridge --token`);
	}
	return { path, made: true };
}

/** Creates the file; false when there is one. */
function create(path: string): boolean {
	let fd: number;
	try {
		fd = openSync(path, "wx", 0o600);
	} catch (error) {
		if (codeOf(error) === "EEXIST") return false;
		throw unusable(path, error);
	}
	try {
		if (process.platform !== "win32") fchmodSync(fd, 0o600);
		writeSync(fd, `${randomBytes(TOKEN_BYTES).toString("hex")}\n`);
		fsyncSync(fd);
	} catch (error) {
		rmSync(path, { force: true });
		throw unusable(path, error);
	} finally {
		closeSync(fd);
	}
	return true;
}

function unusable(path: string, error: unknown): Error {
	return dataFailure(`The token file ${cleanText(path, 300)} cannot be made: ${reasonOf(error)}. Repair that, or name another folder with KINETRA_HOME.`);
}
