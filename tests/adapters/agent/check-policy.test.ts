import { describe, expect, it } from "vitest";
import { checkPolicy, GOLDEN_TOLERANCE, goldenMismatch } from "../../../src/adapters/agent/check-policy.ts";
import { manifestText } from "../../../src/adapters/agent/manifest-text.ts";
import { writeOnnx } from "../../../src/adapters/agent/onnx/write.ts";
import type { TriadManifest } from "../../../src/engine/agents/policy/manifest.ts";
import { makeNetwork } from "../../../src/engine/network/network.ts";
import { draftModel, modelBytes } from "../../helpers/broken-models.ts";
import { BY_HAND, tinyNetwork, tinyPolicy } from "../../helpers/policy.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const model = writeOnnx(tinyNetwork(), { name: "tiny" });
const manifest = bytesOf(manifestText(tinyPolicy().manifest));

describe("a golden case", () => {
	const T = GOLDEN_TOLERANCE;
	it.each<readonly [string, readonly number[], readonly number[], string | null]>([
		["the same", [0.5, -2], [0.5, -2], null],
		["as far off as allowed", [0.5], [0.5 + 0.99 * T], null],
		["farther", [0.5], [0.5 + 1.01 * T], "golden case 7, output 0: expected 0.5"],
		["farther below", [0.5], [0.5 - 1.01 * T], "golden case 7, output 0: expected 0.5"],
		["as far off around nothing", [0], [0.99 * T], null],
		["farther around nothing", [0], [1.01 * T], "expected 0, got"],
		["a share of what is large", [-1000], [-1000 - 990 * T], null],
		["a larger share", [-1000], [-1000 + 1010 * T], "expected -1000, got"],
		["the second", [1, 2], [1, 3], "output 1: expected 2, got 3"],
		["no number", [0.5], [Number.NaN], "expected 0.5, got NaN"],
		["infinity where the largest number belongs", [3.4028234663852886e38], [Number.POSITIVE_INFINITY], "got Infinity"],
		["one too few", [1, 2], [1], "expected 2, got undefined"],
		["one too many", [1], [1, 2], "1 outputs expected, got 2"],
		["nothing at all", [1], [], "expected 1, got undefined"],
	])("%s", (_what, expected, got, says) => {
		const problem = goldenMismatch(7, expected, got);
		if (says === null) expect(problem).toBeNull();
		else expect(problem).toContain(says);
	});

	it("that comes out as no number refuses the policy", () => {
		// Infinity less infinity, whatever comes in.
		const big = new Float32Array(12).fill(3e38);
		const network = makeNetwork(3, [
			{ kind: "dense", inputs: 3, outputs: 4, weights: big, bias: new Float32Array(4).fill(3e38) },
			{ kind: "layer-norm", epsilon: 1e-5, scale: new Float32Array(4).fill(1), bias: new Float32Array(4) },
		]);
		const files = new Map([
			["manifest.json", manifest],
			["policy.onnx", writeOnnx(network, { name: "tiny" })],
		]);
		expect(() => checkPolicy(files, "./tiny")).toThrow(/golden case 0, output 0: expected .*, got NaN/);
	});
});

describe("a triad's files", () => {
	const triad: TriadManifest = {
		format: 1,
		name: "three",
		line: "three",
		timeframe: null,
		symbols: null,
		warmupBars: 20,
		triad: { incumbent: "a", competitor: "b", researcher: "c" },
		provenance: BY_HAND,
	};
	const files = new Map<string, Uint8Array>([["manifest.json", bytesOf(manifestText(triad))]]);
	for (const folder of ["a", "b", "c"]) files.set(`${folder}/manifest.json`, manifest).set(`${folder}/policy.onnx`, model);

	it("are a policy", () => {
		expect(checkPolicy(files, "./three").policy.kind).toBe("triad");
	});

	it("are none with a network of nobody, which would be hashed and never run", () => {
		expect(() => checkPolicy(new Map([...files, ["policy.onnx", model]]), "./three")).toThrow("policy.onnx does not belong to a triad");
	});

	it("are none with a network that only another runtime computes: nobody would ask it", () => {
		const draft = draftModel(3, 4);
		for (const node of (draft.graph.node as { op_type: string }[]).slice(1, 2)) node.op_type = "Sin";
		expect(() => checkPolicy(new Map([...files, ["b/policy.onnx", modelBytes(draft)]]), "./three")).toThrow(
			"b/policy.onnx is a network that Kinetra does not compute itself",
		);
	});

	it.each(["a", "b", "c"])("are none without the manifest or the network of %s", (folder) => {
		for (const name of ["manifest.json", "policy.onnx"]) {
			const some = new Map(files);
			some.delete(`${folder}/${name}`);
			expect(() => checkPolicy(some, "./three")).toThrow(`${folder} has no ${name}`);
		}
	});
});

describe("a policy's hash", () => {
	it("changes with every file's name and bytes, and not with the order that they were read in", () => {
		const hashOf = (entries: readonly (readonly [string, Uint8Array])[]): string => checkPolicy(new Map(entries), "./tiny").policy.sha256;
		const [one, other] = [["manifest.json", manifest] as const, ["policy.onnx", model] as const];
		const usual = hashOf([one, other]);
		expect(hashOf([other, one])).toBe(usual);
		expect(new Set([usual, hashOf([one, other, ["README.md", bytesOf("a")]]), hashOf([one, other, ["README.md", bytesOf("b")]])]).size).toBe(3);
	});
});
