import { cleanText } from "../clean-text.ts";
import { dataFailure, Failure } from "../failure.ts";
import { builtInFolder } from "./built-in-names.ts";
import { type LoadedPolicy, readPolicyFolder } from "./policy-folder.ts";

/** One policy that ships with Kinetra, read and checked as one of the user's. Throws a `Failure` (exit 3) when the installation is damaged. */
export function builtInPolicy(name: string, root?: string): LoadedPolicy {
	try {
		// Package managers save space by giving installed files a second name.
		const loaded = readPolicyFolder(builtInFolder(name, root), { hardLinks: "allow" });
		const said = loaded.policy.manifest.name;
		if (said === name) return loaded;
		throw dataFailure(`its manifest names it ${said}.`);
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		const problem = `Kinetra's own policy ${cleanText(name, 40)} is damaged: ${error.message}`;
		throw dataFailure(`${problem} Install Kinetra again; until then name another agent, such as --agent sma.`);
	}
}
