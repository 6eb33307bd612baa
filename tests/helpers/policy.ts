import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MadePolicy, writePolicyFolder, writeTriadFolder } from "../../src/adapters/agent/policy-folder.ts";
import type { PolicyManifest, Provenance, TriadManifest } from "../../src/engine/agents/policy/manifest.ts";
import { goldenCase } from "../../src/engine/agents/policy/scaler.ts";
import { createForward } from "../../src/engine/network/forward.ts";
import { makeNetwork, type Network } from "../../src/engine/network/network.ts";

export const TINY_FEATURES = ["velocityAtr", "momentum", "positionSide"] as const;

/** Where the tiny policy comes from: by hand. */
export const BY_HAND: Provenance = {
	algorithm: "by-hand",
	command: null,
	seed: null,
	steps: null,
	trainedWith: "a test",
	trainedOn: null,
	data: [],
	verdict: null,
	outOfSample: [],
};

/** Three features in, hold/buy/sell/close out: buys a rising market, sells a falling one, and leaves a position that the momentum is against. */
export function tinyNetwork(): Network {
	const rows = [
		[0, 0, 0],
		[1, 2, -1],
		[-1, -2, 1],
		[0, 0, 0],
	];
	return makeNetwork(3, [
		{ kind: "dense", inputs: 3, outputs: 4, weights: Float32Array.from(rows.flat()), bias: Float32Array.from([0.4, 0, 0, -1]) },
		{ kind: "tanh" },
	]);
}

/** A sound policy with two golden cases; `changes` are laid over its manifest. */
export function tinyPolicy(changes: Partial<PolicyManifest> = {}, network = tinyNetwork()): MadePolicy {
	const scaler = { mean: [0, 0, 0], scale: [1, 0.5, 1], clip: 5 };
	const forward = createForward(network);
	const golden = [
		[0.5, 0.2, 0],
		[-2, -0.4, 1],
	].map((observation) => goldenCase(observation, scaler, forward));
	return {
		network,
		manifest: {
			format: 1,
			name: "tiny",
			line: "buys what rises and sells what falls",
			timeframe: null,
			symbols: null,
			warmupBars: 20,
			output: { kind: "action-logits", actions: ["hold", "buy", "sell", "close"] },
			observation: { version: "obs-1", features: [...TINY_FEATURES] },
			scaler,
			distribution: [[-20, -8, -4, -0.5, 0, 0.5, 4, 8, 20], [-1, -0.9, -0.7, -0.2, 0, 0.2, 0.7, 0.9, 1], null],
			sizing: { riskShare: 0.5, stopAtr: 2, targetAtr: 3 },
			provenance: BY_HAND,
			golden,
			...changes,
		},
	};
}

/** Writes the tiny policy into a new folder below `parent` and returns its path. */
export function writeTiny(parent: string, changes: Partial<PolicyManifest> = {}, name = "tiny"): string {
	const folder = join(parent, name);
	const { manifest, network } = tinyPolicy(changes);
	writePolicyFolder(folder, manifest, network);
	return folder;
}

/** Writes a triad of three tiny policies into a new folder below `parent` and returns its path. */
export function writeTinyTriad(parent: string, changes: Partial<TriadManifest> = {}): string {
	const folder = join(parent, "three");
	const manifest: TriadManifest = {
		format: 1,
		name: "three",
		line: "three tiny policies and their arbiter",
		timeframe: null,
		symbols: null,
		warmupBars: 20,
		triad: { incumbent: "incumbent", competitor: "competitor", researcher: "researcher" },
		provenance: BY_HAND,
		...changes,
	};
	const member = (name: string): MadePolicy => tinyPolicy({ name });
	writeTriadFolder(folder, manifest, { incumbent: member("old"), competitor: member("new"), researcher: member("odd") });
	return folder;
}

/** A folder of its own for a test, and what removes it. */
export function temporaryFolder(): { readonly folder: string; remove(): void } {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-policy-"));
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
