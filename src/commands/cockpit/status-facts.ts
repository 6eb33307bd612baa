import { accessSync, constants, existsSync, lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import { listSessionIds, sessionFolder } from "../../adapters/archive/sessions.ts";
import { cleanText } from "../../adapters/clean-text.ts";
import { Failure } from "../../adapters/failure.ts";
import { freeBytes, type Home } from "../../adapters/home.ts";
import { reasonOf } from "../../adapters/reason.ts";
import { VERSION } from "../../version.ts";
import { type SessionFacts, sessionFacts } from "../session-facts.ts";
import { type BridgeFacts, bridgeFacts, type CredentialFacts } from "./bridge-facts.ts";
import { countExports } from "./folder.ts";

/** What is known of the system without connecting anywhere: the facts of `kinetra status`, of the status bar and of the status screen. */
export type StatusFacts = {
	readonly version: string;
	readonly home: HomeFacts;
	readonly data: DataFacts;
	readonly bridge: BridgeFacts;
	readonly credentials: CredentialFacts;
	/** The newest session; null when there is none yet, a text when the sessions cannot be read. */
	readonly lastSession: SessionFacts | { readonly unreadable: string } | null;
};

export type HomeFacts = {
	readonly root: string;
	/** False before the first session, which makes it. */
	readonly exists: boolean;
	/** POSIX mode, such as `700`; null where there is none. */
	readonly mode: string | null;
	/** Why a session could not be kept here, or null. */
	readonly problem: string | null;
	/** Bytes left on its disk; null where the system does not say. */
	readonly freeBytes: number | null;
};

/** MT5 exports in the data folder. */
export type DataFacts = {
	readonly state: "ready" | "partly ready" | "not split" | "not prepared" | "unreadable";
	readonly folder: string;
	readonly train: number;
	readonly test: number;
	/** Exports beside the two folders. */
	readonly loose: number;
	readonly problem: string | null;
};

/** Looks at home, data folder, sessions and the way to the bridge. Never rejects: what cannot be read is a fact. */
export async function statusFacts(home: Home, env: Record<string, string | undefined> = process.env): Promise<StatusFacts> {
	return {
		version: VERSION,
		home: homeFacts(home),
		data: await dataFacts(home),
		...bridgeFacts(home, env),
		lastSession: lastSession(home),
	};
}

/** Where training and test data lie below the data folder. */
export function dataFolders(home: Home): readonly string[] {
	return [home.data, join(home.data, "train"), join(home.data, "test")];
}

async function dataFacts(home: Home): Promise<DataFacts> {
	const folder = home.data;
	try {
		const [loose = 0, train = 0, test = 0] = (await Promise.all(dataFolders(home).map(countExports))).map((count) => count ?? 0);
		const state = train > 0 && test > 0 ? "ready" : train + test > 0 ? "partly ready" : loose > 0 ? "not split" : "not prepared";
		return { state, folder, train, test, loose, problem: null };
	} catch (error) {
		return { state: "unreadable", folder, train: 0, test: 0, loose: 0, problem: `${cleanText(folder, 300)} cannot be read: ${reasonOf(error)}` };
	}
}

function homeFacts(home: Home): HomeFacts {
	const { root } = home;
	const exists = existsSync(root);
	const nearest = existing(root);
	const facts = { root, exists, mode: null, freeBytes: freeBytes(nearest) };
	try {
		const found = lstatSync(nearest);
		const mode = exists && process.platform !== "win32" ? (found.mode & 0o777).toString(8).padStart(3, "0") : null;
		if (!found.isDirectory()) return { ...facts, problem: `${cleanText(nearest, 300)} is not a folder. Choose another one with KINETRA_HOME` };
		accessSync(nearest, constants.W_OK | constants.X_OK);
		const isLoose = mode !== null && (found.mode & 0o077) !== 0;
		return { ...facts, mode, problem: isLoose ? `Others may look into it (mode ${mode}), so no session starts. Repair it with: chmod 700` : null };
	} catch (error) {
		return { ...facts, problem: `${cleanText(nearest, 300)} cannot be written: ${reasonOf(error)}. Make it writable, or choose another one with KINETRA_HOME` };
	}
}

/** The folder itself, or the nearest one above it that exists. */
function existing(path: string): string {
	const parent = dirname(path);
	return existsSync(path) || parent === path ? path : existing(parent);
}

/** A damaged last session must not take the status away: it is said in its place. */
function lastSession(home: Home): StatusFacts["lastSession"] {
	try {
		const id = listSessionIds(home).at(-1);
		return id === undefined ? null : sessionFacts(sessionFolder(home, id));
	} catch (error) {
		return { unreadable: error instanceof Failure ? cleanText(error.message, 400) : reasonOf(error) };
	}
}
