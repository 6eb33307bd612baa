// One decision of a 24-64-64-4 network: ours, beside a plain loop and, where it is installed, ONNX Runtime. Run: npm run bench:policy -- [rounds]
// (KINETRA_ONNXRUNTIME=/full/path/to/node_modules/onnxruntime-node for the third row; docs/PERFORMANCE.md)
import { createRequire } from "node:module";
import { networkOf } from "../src/adapters/agent/onnx/network-of.ts";
import { readOnnx } from "../src/adapters/agent/onnx/read.ts";
import { writeOnnx } from "../src/adapters/agent/onnx/write.ts";
import { findOnnxRuntime } from "../src/adapters/agent/onnxruntime/find.ts";
import { openOnnxRuntime } from "../src/adapters/agent/onnxruntime/runner.ts";
import { createForward } from "../src/engine/network/forward.ts";
import { type Layer, makeNetwork, type Network } from "../src/engine/network/network.ts";
import { fork, normal } from "../src/engine/random.ts";
import { figure, median, table } from "./figures.ts";

const SIZES = [24, 64, 64, 4];
const CALLS = 20_000;
/** A message to another process and back takes far longer than the network. */
const CALLS_OUTSIDE = 1_000;

type Way = { readonly name: string; readonly calls: number; readonly run: (observation: Float32Array) => unknown };

await main(Number(process.argv[2] ?? 7));

async function main(rounds: number): Promise<void> {
	const network = policy();
	const model = writeOnnx(network, { name: "bench" });
	const back = networkOf(readOnnx(model));
	if (back === null) throw new Error("the network was not read back");
	const close: (() => Promise<unknown>)[] = [];
	const ways: Way[] = [
		{ name: "Kinetra", calls: CALLS, run: createForward(back) },
		{ name: "a plain loop over arrays of arrays", calls: CALLS, run: plainLoop(network) },
		...(await runtimeWays(model, close)),
	];
	const observation = Float32Array.from({ length: SIZES[0] ?? 0 }, (_, index) => Math.sin(index));
	const micros = ways.map((): number[] => []);
	for (const way of ways) await measure(way, observation);
	for (let round = 0; round < rounds; round++) for (const [index, way] of ways.entries()) micros[index]?.push(await measure(way, observation));
	const medians = micros.map(median);
	const ours = medians[0] ?? Number.NaN;
	const rows = ways.map(({ name }, index) => [name, figure(medians[index] ?? Number.NaN), figure((medians[index] ?? Number.NaN) / ours)]);
	process.stdout.write(`${table([["24-64-64-4, one observation", "us a decision", "times ours"], ...rows])}\n`);
	if (ways.length === 2) process.stdout.write("onnxruntime-node is not installed: set KINETRA_ONNXRUNTIME to its folder for its rows.\n");
	const named = Object.fromEntries(ways.map(({ name }, index) => [name, medians[index]]));
	process.stdout.write(`${JSON.stringify({ bench: "policy", multiplyAdds: network.multiplyAdds, microseconds: named })}\n`);
	for (const end of close) await end();
}

/** Microseconds a call. */
async function measure({ calls, run }: Way, observation: Float32Array): Promise<number> {
	const begun = performance.now();
	for (let call = 0; call < calls; call++) {
		const result = run(observation);
		// Our own ways answer at once: waiting for them would measure the queue of promises.
		if (result instanceof Promise) await result;
	}
	return ((performance.now() - begun) * 1_000) / calls;
}

function policy(): Network {
	const chance = fork(1, "bench");
	const layers = SIZES.slice(1).flatMap((outputs, place): Layer[] => {
		const inputs = SIZES[place] ?? 0;
		const weights = Float32Array.from({ length: inputs * outputs }, () => normal(chance) / Math.sqrt(inputs));
		const dense: Layer = { kind: "dense", inputs, outputs, weights, bias: new Float32Array(outputs) };
		return place === SIZES.length - 2 ? [dense] : [dense, { kind: "tanh" }];
	});
	return makeNetwork(SIZES[0] ?? 0, layers);
}

/** As one writes it down first: arrays of arrays, a new array a layer. */
function plainLoop({ layers }: Network): Way["run"] {
	const rows = layers.map((layer) =>
		layer.kind === "dense" ? Array.from({ length: layer.outputs }, (_, o) => [...layer.weights.subarray(o * layer.inputs, (o + 1) * layer.inputs)]) : null,
	);
	return (observation) => {
		let values = [...observation];
		for (const table of rows)
			values = table === null ? values.map(Math.tanh) : table.map((row) => row.reduce((sum, weight, i) => sum + weight * (values[i] ?? 0), 0));
		return values;
	};
}

type Runtime = {
	readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<{ run(feeds: object): Promise<unknown>; release(): Promise<void> }> };
	readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => object;
};

/** The runtime itself, and as Kinetra uses it: in a process of its own. */
async function runtimeWays(model: Uint8Array, close: (() => Promise<unknown>)[]): Promise<readonly Way[]> {
	const folder = findOnnxRuntime();
	if (folder === null) return [];
	const { InferenceSession, Tensor }: Runtime = createRequire(import.meta.url)(folder);
	const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
	const runner = await openOnnxRuntime(model);
	close.push(
		() => session.release(),
		() => runner.close(),
	);
	return [
		{ name: "onnxruntime-node, in this process", calls: CALLS_OUTSIDE, run: (x) => session.run({ observation: new Tensor("float32", x, [1, x.length]) }) },
		{ name: "onnxruntime-node, as Kinetra runs it", calls: CALLS_OUTSIDE, run: (x) => runner.run(x) },
	];
}
