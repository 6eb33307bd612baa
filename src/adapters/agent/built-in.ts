import type { LoadedPolicy } from "./policy-folder.ts";

/** Names of the policies that ship with Kinetra, sorted; none of them is read. */
export function builtInPolicyNames(): readonly string[] {
	return [];
}

/** Every policy that ships with Kinetra, read and checked as one of the user's. Throws a `Failure` when the installation is damaged. */
export function builtInPolicies(): readonly LoadedPolicy[] {
	return [];
}
