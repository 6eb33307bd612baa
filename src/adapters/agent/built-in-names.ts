import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

declare const __KINETRA_VERSION__: string | undefined;

const here = fileURLToPath(new URL(".", import.meta.url));

/** Where the policies that ship with Kinetra lie: `dist/policies` beside the bundled program, `src/policies` beside its sources. */
const POLICIES_FOLDER =
	typeof __KINETRA_VERSION__ === "string" ? join(basename(here) === "chunks" ? dirname(here) : here, "policies") : join(here, "..", "..", "policies");

/**
 * Names of the policies that ship with Kinetra, sorted. They are known without looking, so that one that is gone is told from one that never was, and
 * whatever starts the program may ask.
 */
export const BUILT_IN_POLICIES: readonly string[] = ["dqn", "linear", "ppo", "triad"];

/** Folder of a policy that ships with Kinetra. */
export function builtInFolder(name: string, root = POLICIES_FOLDER): string {
	return join(root, name);
}
