import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeOnnx } from "../../../../src/adapters/agent/onnx/write.ts";
import { findOnnxRuntime } from "../../../../src/adapters/agent/onnxruntime/find.ts";
import { createForward } from "../../../../src/engine/network/forward.ts";
import { type Layer, makeNetwork, type Network } from "../../../../src/engine/network/network.ts";
import { mlp, networks, randomObservation } from "../../../helpers/random-network.ts";

/** What of onnxruntime-node is used here. */
type Runtime = {
	readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
	readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => object;
};
type Session = { run(feeds: object): Promise<Readonly<Record<string, { readonly data: Float32Array }>>>; release(): Promise<void> };

const folder = findOnnxRuntime();
const runtime: Runtime | null = folder === null ? null : createRequire(import.meta.url)(folder);
if (runtime === null) process.stderr.write("parity with ONNX Runtime is not tried: onnxruntime-node is not installed (KINETRA_ONNXRUNTIME names its folder)\n");

/** The largest difference between our outputs and theirs, as a share of the output where that is above 1. */
async function difference(network: Network, observations: readonly Float32Array[]): Promise<number> {
	if (runtime === null) throw new Error("no runtime");
	const options = { graphOptimizationLevel: "disabled", intraOpNumThreads: 1, interOpNumThreads: 1 };
	const session = await runtime.InferenceSession.create(writeOnnx(network, { name: "parity" }), options);
	const forward = createForward(network);
	let worst = 0;
	for (const observation of observations) {
		const theirs = (await session.run({ observation: new runtime.Tensor("float32", observation, [1, network.inputs]) })).output?.data ?? [];
		const ours = forward(observation);
		expect(ours).toHaveLength(theirs.length);
		for (const [index, value] of ours.entries()) {
			const reference = theirs[index] ?? Number.NaN;
			// A comparison that NaN fails: both must be numbers.
			const share = Math.abs(value - reference) / Math.max(1, Math.abs(reference));
			worst = share >= worst ? share : Number.isNaN(share) ? Number.POSITIVE_INFINITY : worst;
		}
	}
	await session.release();
	return worst;
}

function observations(seed: number, count: number): readonly Float32Array[] {
	return Array.from({ length: 10 }, (_, index) => randomObservation(seed * 10 + index, count));
}

const constants = (seed: number): Float32Array => randomObservation(seed, 24);
const OPERATORS: readonly Layer[] = [
	...(["relu", "tanh", "sigmoid", "softmax", "argmax"] as const).map((kind) => ({ kind })),
	{ kind: "affine", scale: constants(1), shift: constants(2) },
	{ kind: "clip", low: -0.5, high: 0.75 },
	{ kind: "layer-norm", epsilon: Math.fround(1e-5), scale: constants(3), bias: constants(4) },
	{ kind: "concat", branches: [[{ kind: "tanh" }], [], [{ kind: "relu" }, { kind: "softmax" }]] },
	...mlp(5, [24, 16]).layers,
];

describe.skipIf(runtime === null)("our forward pass beside ONNX Runtime (skipped where onnxruntime-node is not installed)", () => {
	it.each(OPERATORS.map((layer) => ({ kind: layer.kind, layer })))("computes $kind the same to 1e-6", async ({ layer }) => {
		expect(await difference(makeNetwork(24, [layer]), observations(7, 24))).toBeLessThanOrEqual(1e-6);
	});

	it("computes policies of the usual size the same to 1e-6", async () => {
		for (let seed = 0; seed < 50; seed++)
			expect(await difference(mlp(seed, [24, 64, 64, 4]), observations(seed, 24)), `seed ${seed}`).toBeLessThanOrEqual(1e-6);
	});

	it("computes networks of any make the same, to what Float32 sums of theirs may lose", async () => {
		await fc.assert(
			fc.asyncProperty(networks, fc.nat(10_000), async (network, seed) => {
				// An index jumps where two values are equal but for rounding.
				fc.pre(network.layers.at(-1)?.kind !== "argmax");
				expect(await difference(network, observations(seed, network.inputs))).toBeLessThanOrEqual(1e-5);
			}),
			{ numRuns: 300 },
		);
	});
});
