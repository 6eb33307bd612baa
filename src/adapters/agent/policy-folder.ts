import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Manifest, type PolicyManifest, TRIAD_ROLES, type TriadManifest, type TriadRole } from "../../engine/agents/policy/manifest.ts";
import type { Policy } from "../../engine/agents/policy/policy.ts";
import type { Network } from "../../engine/network/network.ts";
import { cleanText } from "../clean-text.ts";
import { dataFailure, Failure } from "../failure.ts";
import { reasonOf } from "../reason.ts";
import { checkManifest } from "./check-manifest.ts";
import { checkPolicy } from "./check-policy.ts";
import { manifestText } from "./manifest-text.ts";
import { writeOnnx } from "./onnx/write.ts";
import { MANIFEST, MODEL, type PolicyFiles, readPolicyFiles, type Strictness } from "./policy-files.ts";

/** A policy read into memory: checked, its golden cases replayed as far as Kinetra computes it. */
export type LoadedPolicy = {
	readonly policy: Policy;
	/** The bytes of policy.onnx, for another runtime; null when Kinetra computes the network itself. */
	readonly model: Uint8Array | null;
	/** Real path of the folder that it was read from. */
	readonly folder: string;
	/** Every file by its path inside the folder: the bytes that `policy.sha256` is of. */
	readonly files: PolicyFiles;
};

/**
 * Reads a policy's folder, or an `.onnx` file with its manifest beside it (`my-policy.json`, else `manifest.json`; the hash is that of a folder of
 * the two). Nothing is looked at twice: what was hashed is what is checked and used. Throws a usage `Failure` that says what is wrong with it.
 */
export function readPolicyFolder(path: string, strictness: Strictness = { hardLinks: "refuse" }): LoadedPolicy {
	const { folder, files } = readPolicyFiles(path, strictness);
	return { ...checkPolicy(files, path), folder, files };
}

/** A policy with one network, as a trainer has it. */
export type MadePolicy = { readonly manifest: PolicyManifest; readonly network: Network };

/**
 * Writes a policy's folder: the same bytes for the same manifest and network. It is checked as if it were read, golden cases included, before anything
 * is written, and appears whole or not at all. Throws a `Failure`: exit 2 when it is not a sound policy, exit 3 when something is there already or
 * nothing can be written.
 */
export function writePolicyFolder(path: string, manifest: PolicyManifest, network: Network): void {
	writeChecked(path, filesOf({ manifest, network }, ""));
}

/** Writes a triad's folder, its members in the folders that its manifest names. Throws as `writePolicyFolder`. */
export function writeTriadFolder(path: string, manifest: TriadManifest, members: Readonly<Record<TriadRole, MadePolicy>>): void {
	const files = TRIAD_ROLES.flatMap((role) => [...filesOf(members[role], `${manifest.triad[role]}/`)]);
	writeChecked(path, new Map([...files, [MANIFEST, bytesOf(manifest)]]));
}

function filesOf({ manifest, network }: MadePolicy, prefix: string): PolicyFiles {
	return new Map([
		[`${prefix}${MANIFEST}`, bytesOf(manifest)],
		[`${prefix}${MODEL}`, writeOnnx(network, { name: manifest.name })],
	]);
}

/** In the order of the schema, whatever order the maker's fields were in; what is not sound is left to the check. */
function bytesOf(manifest: Manifest): Uint8Array {
	const checked = checkManifest(manifest);
	return new TextEncoder().encode(manifestText("manifest" in checked ? checked.manifest : manifest));
}

function writeChecked(path: string, files: PolicyFiles): void {
	checkPolicy(files, path);
	const place = resolve(path);
	try {
		if (existsSync(place) && readdirSync(place).length > 0)
			throw dataFailure(`${cleanText(path, 200)} is there already. Name another folder, or move it away.`);
		mkdirSync(dirname(place), { recursive: true });
		if (existsSync(place)) rmdirSync(place);
		placeWhole(files, place, 0o755, 0o644);
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw dataFailure(`The policy cannot be written to ${cleanText(path, 200)}: ${reasonOf(error)}.`);
	}
}

/** Writes files into a new folder beside `place` and gives it that name when all of them are on the disk. Throws system errors, its leftovers removed. */
export function placeWhole(files: PolicyFiles, place: string, folderMode: number, fileMode: number): void {
	const temporary = join(dirname(place), `.${basename(place).slice(0, 40)}.${randomBytes(6).toString("hex")}`);
	try {
		mkdirSync(temporary, { mode: folderMode });
		for (const [path, bytes] of files) {
			mkdirSync(dirname(join(temporary, path)), { recursive: true, mode: folderMode });
			writeFileSync(join(temporary, path), bytes, { mode: fileMode, flag: "wx", flush: true });
		}
		renameSync(temporary, place);
	} catch (error) {
		rmSync(temporary, { recursive: true, force: true });
		throw error;
	}
}
