import { cleanText } from "../clean-text.ts";
import { dataFailure, Failure } from "../failure.ts";
import { builtInFolder, builtInPolicyNames } from "./built-in-names.ts";
import { type LoadedPolicy, readPolicyFolder } from "./policy-folder.ts";

/** Every policy that ships with Kinetra, by name, read and checked as one of the user's. Throws as `builtInPolicy`. */
export function builtInPolicies(root?: string): readonly LoadedPolicy[] {
	return builtInPolicyNames(root).map((name) => builtInPolicy(name, root));
}

/** One policy that ships with Kinetra. Throws a `Failure` (exit 3) when the installation is damaged. */
export function builtInPolicy(name: string, root?: string): LoadedPolicy {
	try {
		// Package managers save space by giving installed files a second name.
		const loaded = readPolicyFolder(builtInFolder(name, root), { hardLinks: "allow" });
		const said = loaded.policy.manifest.name;
		if (said === name) return loaded;
		throw dataFailure(`its manifest names it ${said}.`);
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		throw dataFailure(`Kinetra's own policy ${cleanText(name, 40)} is damaged: ${error.message} Install Kinetra again.`);
	}
}
