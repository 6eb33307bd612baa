import { lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { codeOf } from "../reason.ts";

declare const __KINETRA_VERSION__: string | undefined;

const here = fileURLToPath(new URL(".", import.meta.url));

/** Where the policies that ship with Kinetra lie: `dist/policies` beside the bundled program, `src/policies` beside its sources. */
const POLICIES_FOLDER =
	typeof __KINETRA_VERSION__ === "string" ? join(basename(here) === "chunks" ? dirname(here) : here, "policies") : join(here, "..", "..", "policies");

/** Names of the policies that ship with Kinetra, sorted. None of them is read: whatever starts the program may ask. */
export function builtInPolicyNames(root = POLICIES_FOLDER): readonly string[] {
	try {
		return readdirSync(root)
			.filter((name) => /^[a-z][a-z0-9-]{0,31}$/.test(name) && lstatSync(join(root, name)).isDirectory())
			.sort();
	} catch (error) {
		if (codeOf(error) === "ENOENT") return [];
		throw error;
	}
}

/** Folder of a policy that ships with Kinetra. */
export function builtInFolder(name: string, root = POLICIES_FOLDER): string {
	return join(root, name);
}
