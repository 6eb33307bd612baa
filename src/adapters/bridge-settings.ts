import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { credentials } from "./dot-env.ts";
import { dataFailure, usageFailure } from "./failure.ts";
import { type Home, makePrivateFolder, readPrivateFile, writePrivateFile } from "./home.ts";
import { parseBridgeUrl } from "./mt5/link/address.ts";
import type { BridgeAddress } from "./mt5/link/client-type.ts";
import { readToken } from "./mt5/token-file.ts";
import { Secret } from "./secret.ts";

/** Where the bridge is and where its token is, before anything is read or asked. */
export type BridgeSettings = {
	/** Checked: `ws://` only to this machine. */
	readonly url: string;
	readonly from: "option" | "environment" | "remembered" | "default";
	/** Path of the token file; null = the token itself was given in KINETRA_TOKEN. */
	readonly tokenPath: string | null;
	/** The token of KINETRA_TOKEN; null = it is in the file. */
	readonly token: Secret | null;
};

/** What the command line says of the bridge; null or absent = nothing. */
export type AskedBridge = { readonly bridge?: string | null; readonly tokenFile?: string | null };

/** The last `test-connection` of this home. `ok`: nothing failed. */
export type LastTest = { readonly at: number; readonly ok: boolean; readonly url: string };

export const DEFAULT_BRIDGE = "ws://127.0.0.1:8765";

/**
 * Where the bridge is: `--bridge`, else KINETRA_BRIDGE, else the address remembered in the home, else ws://127.0.0.1:8765; and its token: `--token-file`,
 * else KINETRA_TOKEN, else KINETRA_TOKEN_FILE (both also from a `.env` of the current folder), else `bridge/token` of the home. Reads no token file. Throws a
 * `Failure`: exit 2 for an address that is none, exit 3 for a `.env` that others can read.
 */
export function bridgeSettings(home: Home, env: Record<string, string | undefined>, asked: AskedBridge = {}): BridgeSettings {
	const known = credentials(env, process.cwd());
	const [text, from] = addressOf(home, asked.bridge ?? null, known.bridge);
	const url = parseBridgeUrl(text);
	if (asked.tokenFile === "") throw usageFailure("--token-file: the file name is empty.");
	if (asked.tokenFile != null) return { url, from, tokenPath: resolve(asked.tokenFile), token: null };
	if (known.token !== null) return { url, from, tokenPath: null, token: known.token };
	return { url, from, tokenPath: known.tokenFile === null ? ownTokenPath(home) : resolve(known.tokenFile), token: null };
}

/** The address with its token. Throws a `Failure` (exit 3) when the token file is missing or others can read it. */
export function bridgeAddress({ url, tokenPath, token }: BridgeSettings): BridgeAddress {
	if (token === null) return { url, token: tokenPath === null ? new Secret("") : readToken(tokenPath) };
	if (!TOKEN.test(token.reveal()))
		throw dataFailure("KINETRA_TOKEN holds no token: it must be 32 to 4096 printable characters without spaces. Make one with: kinetra bridge --token");
	return { url, token };
}

/** Whether a bridge was ever set up or named: without a token and without a word of an address there is none that could trade. */
export function isBridgeKnown(home: Home, { from, tokenPath }: BridgeSettings): boolean {
	return from !== "default" || tokenPath === null || tokenPath !== ownTokenPath(home) || existsSync(tokenPath);
}

/** The token file that `kinetra bridge --token` makes. */
export function ownTokenPath(home: Home): string {
	return join(home.root, "bridge", "token");
}

/** Remembers an address for all later commands. Throws a usage `Failure` for one that is none, system errors when it cannot be kept. */
export function rememberBridge(home: Home, url: string): void {
	store(home, { ...stored(home), url: parseBridgeUrl(url) });
}

/** The last test of the connection, or null when there was none (or what was noted of it cannot be read). */
export function lastTest(home: Home): LastTest | null {
	return stored(home).lastTest;
}

/** Notes a test. A note that cannot be kept is no reason to fail: it is a convenience. */
export function noteTest(home: Home, test: LastTest): void {
	try {
		store(home, { ...stored(home), lastTest: test });
	} catch {
		// The status bar then goes on saying what it said.
	}
}

/** As the bridge demands of the text in a token file (token-file.ts). */
const TOKEN = /^[\x21-\x7e]{32,4096}$/;

type Stored = { readonly url: string | null; readonly lastTest: LastTest | null };

function addressOf(home: Home, option: string | null, environment: string | null): readonly [string, BridgeSettings["from"]] {
	if (option !== null) return [option, "option"];
	if (environment !== null) return [environment, "environment"];
	const { url } = stored(home);
	return url === null ? [DEFAULT_BRIDGE, "default"] : [url, "remembered"];
}

function pathOf(home: Home): string {
	return join(home.root, "bridge", "settings.json");
}

/** What was remembered. A file that is damaged or that others can write counts as nothing: the default address is this machine's own. */
function stored(home: Home): Stored {
	try {
		const value: unknown = JSON.parse(readPrivateFile(pathOf(home)) ?? "null");
		if (typeof value !== "object" || value === null) return { url: null, lastTest: null };
		const { url, lastTest } = value as { url?: unknown; lastTest?: unknown };
		return { url: typeof url === "string" ? parseBridgeUrl(url) : null, lastTest: testOf(lastTest) };
	} catch {
		return { url: null, lastTest: null };
	}
}

function testOf(value: unknown): LastTest | null {
	if (typeof value !== "object" || value === null) return null;
	const { at, ok, url } = value as { at?: unknown; ok?: unknown; url?: unknown };
	if (typeof at !== "number" || !Number.isSafeInteger(at) || typeof ok !== "boolean" || typeof url !== "string") return null;
	return { at, ok, url: parseBridgeUrl(url) };
}

function store(home: Home, value: Stored): void {
	makePrivateFolder(join(home.root, "bridge"));
	writePrivateFile(pathOf(home), `${JSON.stringify({ format: 1, ...value }, null, "\t")}\n`);
}
