import { isTriad, type Manifest, type PolicyManifest, TRIAD_ROLES, type TriadManifest } from "../../engine/agents/policy/manifest.ts";
import type { Policy, SinglePolicy, TriadPolicy } from "../../engine/agents/policy/policy.ts";
import { goldenCase } from "../../engine/agents/policy/scaler.ts";
import { createForward } from "../../engine/network/forward.ts";
import { type Network, outputsOf } from "../../engine/network/network.ts";
import { cleanText } from "../clean-text.ts";
import { type Failure, usageFailure } from "../failure.ts";
import { reasonOf } from "../reason.ts";
import { checkManifest } from "./check-manifest.ts";
import { networkOf } from "./onnx/network-of.ts";
import { readOnnx } from "./onnx/read.ts";
import { ModelRefused } from "./onnx/refused.ts";
import { MANIFEST, MODEL, type PolicyFiles, policyHash } from "./policy-files.ts";

/** How far an output may lie from its golden case, as a share of the expected size where that is above 1, else as it is. */
export const GOLDEN_TOLERANCE = 1e-5;

/** A policy out of its files, and the model's bytes where another runtime must compute it. */
export type CheckedPolicy = { readonly policy: Policy; readonly model: Uint8Array | null };

/**
 * Makes a policy of its files: manifest, network, that they fit each other, and the golden cases. `shown`: where the files came from, for messages.
 * Throws a usage `Failure` for the first thing that is wrong.
 */
export function checkPolicy(files: PolicyFiles, shown: string): CheckedPolicy {
	const sha256 = policyHash(files);
	const manifest = readManifest(files, "", shown);
	if (isTriad(manifest)) return { policy: { ...triadOf(manifest, files, shown), sha256 }, model: null };
	const folder = [...files.keys()].find((path) => path.includes("/"));
	if (folder !== undefined) throw refused(shown, "", `holds a folder, ${folder.slice(0, folder.indexOf("/"))}, which only a triad's does. Move it away`);
	const { single, model } = singleOf(manifest, files, "", shown);
	return { policy: { ...single, sha256 }, model: single.network === null ? model : null };
}

/** Compares what a network made of a golden case with what its manifest expects: the sentence that refuses it, or null. */
export function goldenMismatch(index: number, expected: readonly number[], got: readonly number[]): string | null {
	const differs = expected.findIndex((value, place) => !(Math.abs((got[place] as number) - value) <= GOLDEN_TOLERANCE * Math.max(1, Math.abs(value))));
	if (differs < 0 && got.length === expected.length) return null;
	if (differs < 0) return `golden case ${index}: ${expected.length} outputs expected, got ${got.length}. ${MISREAD}`;
	return `golden case ${index}, output ${differs}: expected ${expected[differs]}, got ${got[differs]} (tolerance ${GOLDEN_TOLERANCE}). ${MISREAD}`;
}

const MISREAD =
	"Either the network is not the one that the manifest was written for, or features, scaler or weights are not what they were in training: export both again, together";

function singleOf(manifest: PolicyManifest, files: PolicyFiles, prefix: string, shown: string): { readonly single: SinglePolicy; readonly model: Uint8Array } {
	const model = files.get(`${prefix}${MODEL}`);
	if (model === undefined) throw refused(shown, prefix, `has no ${MODEL}. Put the network beside its ${MANIFEST}`);
	const { network, inputs } = readNetwork(model, `${prefix}${MODEL}`, shown);
	// Of a network that another runtime computes, outputs and golden cases are tried when that opens it.
	const misfit = inputMisfit(manifest, inputs) ?? (network === null ? null : (outputMisfit(manifest, network) ?? firstMismatch(manifest, network)));
	if (misfit !== null) throw refused(shown, `${prefix}${MODEL}`, misfit);
	return { single: { kind: "single", manifest, network }, model };
}

function readNetwork(bytes: Uint8Array, name: string, shown: string): { readonly network: Network | null; readonly inputs: number } {
	try {
		const model = readOnnx(bytes);
		return { network: networkOf(model), inputs: model.input.features };
	} catch (error) {
		// Whatever a crafted file makes of its reader, it is refused.
		throw refused(shown, name, error instanceof ModelRefused ? cleanText(error.message, 600) : reasonOf(error), ": ");
	}
}

function inputMisfit({ observation: { features } }: PolicyManifest, inputs: number): string | null {
	if (inputs === features.length) return null;
	return `takes ${inputs} numbers, but the manifest names ${features.length} features. Name the features that it was trained on, in their order`;
}

function outputMisfit({ output }: PolicyManifest, network: Network): string | null {
	const outputs = output.kind === "continuous" ? 1 : output.actions.length;
	const isChoice = network.layers.at(-1)?.kind === "argmax";
	if (isChoice && output.kind === "continuous") return "ends in ArgMax, but a continuous policy tells an exposure. Export the value itself";
	const given = isChoice ? widthAfter(network.inputs, network.layers.slice(0, -1)) : network.outputs;
	if (given === outputs) return null;
	const meant = output.kind === "continuous" ? "a continuous policy has 1" : `the manifest names ${outputs} actions`;
	return `${isChoice ? `chooses among ${given}` : `gives ${given} numbers`}, but ${meant}. Correct "output" in the manifest, or export the right network`;
}

function widthAfter(inputs: number, layers: Network["layers"]): number {
	return layers.reduce((width, layer) => outputsOf(layer, width), inputs);
}

function firstMismatch({ golden, scaler }: PolicyManifest, network: Network): string | null {
	const forward = createForward(network);
	for (const [index, { observation, output }] of golden.entries()) {
		const problem = goldenMismatch(index, output, goldenCase(observation, scaler, forward).output);
		if (problem !== null) return `is not what the manifest says: ${problem}`;
	}
	return null;
}

function triadOf(manifest: TriadManifest, files: PolicyFiles, shown: string): TriadPolicy {
	if (files.has(MODEL)) throw refused(shown, MODEL, "does not belong to a triad, whose networks are in the folders of its members. Move it away");
	const wanted = TRIAD_ROLES.map((role) => manifest.triad[role]);
	const stray = [...files.keys()].map((path) => path.split("/")).find(([folder = "", name]) => name !== undefined && !wanted.includes(folder));
	if (stray !== undefined) throw refused(shown, "", `holds a folder, ${stray[0]}, that its manifest does not name. Move it away`);
	const member = (role: (typeof TRIAD_ROLES)[number]): SinglePolicy => memberOf(manifest, `${manifest.triad[role]}/`, files, shown);
	return { kind: "triad", manifest, members: { incumbent: member("incumbent"), competitor: member("competitor"), researcher: member("researcher") } };
}

function memberOf(triad: TriadManifest, prefix: string, files: PolicyFiles, shown: string): SinglePolicy {
	const manifest = readManifest(files, prefix, shown);
	if (isTriad(manifest)) throw refused(shown, `${prefix}${MANIFEST}`, "is a triad's: a member is one policy");
	const { single } = singleOf(manifest, files, prefix, shown);
	if (single.network === null)
		throw refused(shown, `${prefix}${MODEL}`, "is a network that Kinetra does not compute itself, and the members of a triad must be. Use plain layers");
	const problem = memberMisfit(triad, manifest);
	if (problem !== null) throw refused(shown, `${prefix}${MANIFEST}`, problem);
	return single;
}

/** A member must be at home wherever its triad is. */
function memberMisfit(triad: TriadManifest, member: PolicyManifest): string | null {
	if (member.timeframe !== null && member.timeframe !== triad.timeframe) return `is for ${member.timeframe} only, so the triad's timeframe must be the same`;
	const { symbols } = member;
	if (symbols !== null && (triad.symbols === null || triad.symbols.some((symbol) => !symbols.includes(symbol))))
		return `is for ${symbols.join(", ")} only, so the triad's symbols must be among them`;
	return member.warmupBars <= triad.warmupBars ? null : `needs ${member.warmupBars} bars of warm-up, so the triad's warmupBars must be at least that`;
}

function readManifest(files: PolicyFiles, prefix: string, shown: string): Manifest {
	const bytes = files.get(`${prefix}${MANIFEST}`);
	if (bytes === undefined) throw refused(shown, prefix, `has no ${MANIFEST}. Write one (docs/WRITING_AGENTS.md says what it must hold)`);
	const name = `${prefix}${MANIFEST}`;
	let parsed: unknown;
	try {
		parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch (error) {
		throw refused(shown, name, `is not JSON in UTF-8: ${reasonOf(error)}`);
	}
	const checked = checkManifest(parsed);
	if ("manifest" in checked) return checked.manifest;
	const { field, value, problem } = checked.fault;
	const found = value === undefined ? "" : ` = ${shownValue(value)}`;
	throw refused(shown, name, `${cleanText(field, 100)}${found} ${cleanText(problem, 600)}`, ": ");
}

/** Lists within lists can be parsed deeper than they can be written. */
function shownValue(value: unknown): string {
	try {
		return cleanText(JSON.stringify(value) ?? "", 80);
	} catch {
		return "(nested too deep to be shown)";
	}
}

function refused(shown: string, name: string, problem: string, between = " "): Failure {
	const place = name === "" ? cleanText(shown, 200) : `${cleanText(shown, 200)}: ${cleanText(name.replace(/\/$/, ""), 100)}`;
	return usageFailure(`Policy ${place}${between}${sentence(problem)}`);
}

function sentence(text: string): string {
	return /[.?!]$/.test(text) ? text : `${text}.`;
}
