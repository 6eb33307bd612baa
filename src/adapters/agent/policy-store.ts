import type { Policy } from "../../engine/agents/policy/policy.ts";
import type { Home } from "../home.ts";
import type { LoadedPolicy } from "./policy-folder.ts";

/** Keeps a copy of a policy in the home, under its hash, so that its sessions can be replayed whatever becomes of the user's folder. Throws a `Failure` (exit 3). */
export function keepPolicy(home: Home, loaded: Pick<LoadedPolicy, "policy" | "files">): void {
	throw new Error(`not yet: ${home.root} ${loaded.policy.sha256}`);
}

/** The policy of that hash out of the home's store, verified. Throws a `Failure` (exit 3) when it is missing or was changed. */
export function storedPolicy(home: Home, sha256: string): Policy {
	throw new Error(`not yet: ${home.root} ${sha256}`);
}
