import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Policy } from "../../engine/agents/policy/policy.ts";
import { cleanText } from "../clean-text.ts";
import { dataFailure, Failure } from "../failure.ts";
import { type Home, makePrivateFolder, prepareHome, requirePrivateFolder } from "../home.ts";
import { reasonOf } from "../reason.ts";
import { checkPolicy } from "./check-policy.ts";
import { policyHash, readPolicyFiles } from "./policy-files.ts";
import { type LoadedPolicy, placeWhole } from "./policy-folder.ts";

/**
 * Keeps a copy of a policy in the home, under its hash, so that its sessions can be replayed whatever becomes of the user's folder. One that is there
 * already is verified. Throws a `Failure` (exit 3).
 */
export function keepPolicy(home: Home, { policy, files }: Pick<LoadedPolicy, "policy" | "files">): void {
	prepareHome(home);
	const shelf = shelfOf(home);
	const place = join(shelf, policy.sha256);
	if (isThere(place)) {
		requireSame(place, policy.sha256);
		return;
	}
	try {
		makePrivateFolder(shelf);
		requirePrivateFolder(shelf);
		placeWhole(files, place, 0o700, 0o600);
	} catch (error) {
		if (error instanceof Failure) throw error;
		// Another session may have been faster with the same policy.
		if (isThere(place)) requireSame(place, policy.sha256);
		else throw dataFailure(`The policy cannot be kept in ${cleanText(shelf, 300)}: ${reasonOf(error)}. Without its copy the session could not be replayed.`);
	}
}

/** The policy of that hash out of the home's store: verified, checked, its golden cases replayed. Throws a `Failure` (exit 3) when it is missing or was changed. */
export function storedPolicy(home: Home, sha256: string): Policy {
	if (!/^[0-9a-f]{64}$/.test(sha256))
		throw dataFailure(`"${cleanText(sha256, 80)}" is no SHA-256, so no policy can be found by it. The session's configuration was changed.`);
	const place = join(shelfOf(home), sha256);
	if (!isThere(place)) {
		throw dataFailure(
			`The policy of this session is not in Kinetra's folder any more: ${cleanText(place, 300)} is missing. Copy the policy's folder there, the one with SHA-256 ${sha256}.`,
		);
	}
	const files = requireSame(place, sha256);
	try {
		return checkPolicy(files, place).policy;
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		throw dataFailure(`${error.message} It is what the session used: replay it with the version of Kinetra that ran it.`);
	}
}

/**
 * SHA-256s of the policies that sessions have used here, the one kept last first, at most `most`. Nothing is read of them. Throws system errors when the
 * folder cannot be read; none when there is no folder.
 */
export function keptPolicies(home: Home, most: number): readonly string[] {
	const shelf = shelfOf(home);
	if (!isThere(shelf)) return [];
	return readdirSync(shelf)
		.filter((name) => /^[0-9a-f]{64}$/.test(name))
		.map((name) => ({ name, keptMs: lstatSync(join(shelf, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
		.sort((a, b) => b.keptMs - a.keptMs || (a.name < b.name ? -1 : 1))
		.slice(0, most)
		.map(({ name }) => name);
}

/** Where the policy of that hash is kept: a folder that `--agent` takes. */
export function keptPlace(home: Home, sha256: string): string {
	return join(shelfOf(home), sha256);
}

function requireSame(place: string, sha256: string): LoadedPolicy["files"] {
	let now: string;
	try {
		const { files } = readPolicyFiles(place, { hardLinks: "refuse" });
		now = policyHash(files);
		if (now === sha256) return files;
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		throw dataFailure(
			`Kinetra's copy of a policy cannot be used. ${error.message} Remove the copy, ${cleanText(place, 300)}, and put the policy's folder in its place.`,
		);
	}
	throw dataFailure(
		`Kinetra's copy of a policy was changed: the SHA-256 of ${cleanText(place, 300)} is ${now}. Remove the copy and put the policy's folder in its place.`,
	);
}

function shelfOf(home: Home): string {
	return join(home.root, "policies");
}

function isThere(place: string): boolean {
	try {
		return lstatSync(place, { throwIfNoEntry: false }) !== undefined;
	} catch {
		// What stands in the way is said when something is written there.
		return false;
	}
}
