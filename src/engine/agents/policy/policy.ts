import type { Network } from "../../network/network.ts";
import type { AgentParameter } from "../agent.ts";
import type { PolicyManifest, TriadManifest, TriadRole } from "./manifest.ts";

/** One checked policy: its manifest, and the network as far as Kinetra computes it itself (null: another runtime does). */
export type SinglePolicy = { readonly kind: "single"; readonly manifest: PolicyManifest; readonly network: Network | null };

/** Three policies with roles and their arbiter. Members are always computed by Kinetra itself. */
export type TriadPolicy = { readonly kind: "triad"; readonly manifest: TriadManifest; readonly members: Readonly<Record<TriadRole, SinglePolicy>> };

/** A policy as loaded: every file checked, golden cases replayed, `sha256` over every byte of its folder (adapters/agent/policy-folder.ts). */
export type Policy = (SinglePolicy | TriadPolicy) & { readonly sha256: string };

/** What may be set of every policy: `--set agent.KEY=VALUE`. */
export const POLICY_PARAMETERS: readonly AgentParameter[] = [
	{
		key: "outsideMargin",
		value: 0.25,
		min: 0,
		max: 10,
		line: "how far beyond its range in training a feature may lie, as a share of that range; further out means hold",
	},
];
