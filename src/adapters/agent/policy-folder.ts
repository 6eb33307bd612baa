import type { PolicyManifest, TriadManifest, TriadRole } from "../../engine/agents/policy/manifest.ts";
import type { Policy } from "../../engine/agents/policy/policy.ts";
import type { Network } from "../../engine/network/network.ts";

/** A policy read into memory: checked, its golden cases replayed as far as Kinetra computes it. */
export type LoadedPolicy = {
	readonly policy: Policy;
	/** The bytes of policy.onnx, for another runtime; null when Kinetra computes the network itself. */
	readonly model: Uint8Array | null;
	/** Real path of what was read. */
	readonly folder: string;
	/** Every file by its path inside the folder (`manifest.json`, `incumbent/policy.onnx`): the bytes that `policy.sha256` is of. */
	readonly files: ReadonlyMap<string, Uint8Array>;
};

/** Reads a policy's folder, or an `.onnx` file with its manifest beside it. Throws a usage `Failure` that says what is wrong with it. */
export function readPolicyFolder(path: string): LoadedPolicy {
	throw new Error(`not yet: ${path}`);
}

/** Writes a policy's folder, the same bytes for the same manifest and network; nothing may be there yet. Throws a `Failure`. */
export function writePolicyFolder(path: string, manifest: PolicyManifest, network: Network): void {
	throw new Error(`not yet: ${path} ${manifest.name} ${network.inputs}`);
}

/** Writes a triad's folder with its members in folders of their roles. Throws as `writePolicyFolder`. */
export function writeTriadFolder(
	path: string,
	manifest: TriadManifest,
	members: Readonly<Record<TriadRole, { readonly manifest: PolicyManifest; readonly network: Network }>>,
): void {
	throw new Error(`not yet: ${path} ${manifest.name} ${Object.keys(members).length}`);
}
