import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { cleanText } from "./clean-text.ts";
import { dataFailure } from "./failure.ts";
import { codeOf, reasonOf } from "./reason.ts";
import { Secret } from "./secret.ts";

/** What Kinetra reads from the environment and from `.env`; nothing else of either is looked at. */
export type Credentials = {
	/** Address of the bridge as written. */
	readonly bridge: string | null;
	/** Path of the token file as written. */
	readonly tokenFile: string | null;
	readonly token: Secret | null;
};

/** How the `.env` of a folder is: not there or not about Kinetra; good; or one that is refused, with the reason and what to do. */
export type DotEnv =
	| { readonly state: "absent" }
	| { readonly state: "ready"; readonly credentials: Credentials }
	| { readonly state: "refused"; readonly message: string };

type Environment = Record<string, string | undefined>;

const MAX_BYTES = 65_536;
/** POSIX modes mean nothing on Windows, where the profile folder is private already. */
const HAS_MODES = process.platform !== "win32";

/** The token that was in the environment when the program started. */
let given: Secret | null = null;

/**
 * Takes KINETRA_TOKEN out of the environment at once, so that no child, no report and no crash text can hold it (S-22); `credentials` has it from
 * then on. Reports of Node, which contain the environment as it was, are switched off. Called before anything else of the program.
 */
export function takeToken(env: Environment): void {
	const text = env.KINETRA_TOKEN;
	delete env.KINETRA_TOKEN;
	if (text !== undefined && text.trim() !== "") given = new Secret(text.trim());
	if (process.report === undefined) return;
	process.report.reportOnFatalError = false;
	process.report.reportOnUncaughtException = false;
	process.report.reportOnSignal = false;
}

/** The environment for a thread of this program: with the token that was taken out of ours, which the thread takes out in turn (`takeToken`). Never for a child process. */
export function environmentOfThread(env: Environment): Environment {
	return given === null ? { ...env } : { ...env, KINETRA_TOKEN: given.reveal() };
}

/** The environment for a thread that only computes: without the token, and without where it is found. */
export function environmentOfWorker(env: Environment): Environment {
	const { KINETRA_TOKEN: _token, KINETRA_TOKEN_FILE: _file, ...rest } = env;
	return rest;
}

/**
 * What the environment says, and where it says nothing the `.env` of `folder`. Throws a `Failure` (exit 3) when that file holds something for Kinetra
 * and others may read it, or it is a link.
 */
export function credentials(env: Environment, folder: string): Credentials {
	const file = readDotEnv(folder);
	if (file.state === "refused") throw dataFailure(file.message);
	const fallback = file.state === "ready" ? file.credentials : null;
	return {
		bridge: textOf(env.KINETRA_BRIDGE) ?? fallback?.bridge ?? null,
		tokenFile: textOf(env.KINETRA_TOKEN_FILE) ?? fallback?.tokenFile ?? null,
		token: given ?? fallback?.token ?? null,
	};
}

/** Looks at the `.env` of a folder. Never throws. A file without a word for Kinetra belongs to something else and is left alone, whatever its mode. */
export function readDotEnv(folder: string): DotEnv {
	const path = join(folder, ".env");
	const shown = cleanText(path, 300);
	let fd: number | null = null;
	try {
		const isLink = lstatSync(path).isSymbolicLink();
		fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
		const found = fstatSync(fd);
		if (!found.isFile() || found.size > MAX_BYTES) return { state: "absent" };
		const values = parseEnv(readFileSync(fd, "utf8"));
		const token = textOf(values.KINETRA_TOKEN);
		const bridge = textOf(values.KINETRA_BRIDGE);
		const tokenFile = textOf(values.KINETRA_TOKEN_FILE);
		if (token === null && bridge === null && tokenFile === null) return { state: "absent" };
		if (isLink) return { state: "refused", message: `${shown} is a link and is not read. Put the file itself there, with mode 0600.` };
		if (HAS_MODES && (found.mode & 0o077) !== 0) {
			const mode = (found.mode & 0o777).toString(8).padStart(3, "0");
			const after = token === null ? "" : " If somebody may have read it, make a new token too: delete the old one and run kinetra bridge --token";
			return { state: "refused", message: `Others may read or change ${shown} (mode ${mode}), so it is not used. Repair it with: chmod 600 .env${after}` };
		}
		return { state: "ready", credentials: { bridge, tokenFile, token: token === null ? null : new Secret(token) } };
	} catch (error) {
		if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return { state: "absent" };
		return { state: "refused", message: `${shown} cannot be read: ${reasonOf(error)}. Repair it, or move it away.` };
	} finally {
		if (fd !== null) closeSync(fd);
	}
}

function textOf(value: string | undefined): string | null {
	const text = value?.trim() ?? "";
	return text === "" ? null : text;
}
