import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { networkOf } from "../../../../src/adapters/agent/onnx/network-of.ts";
import { readOnnx } from "../../../../src/adapters/agent/onnx/read.ts";
import { ModelRefused } from "../../../../src/adapters/agent/onnx/refused.ts";
import { writeOnnx } from "../../../../src/adapters/agent/onnx/write.ts";
import { findOnnxRuntime } from "../../../../src/adapters/agent/onnxruntime/find.ts";
import { type ModelRunner, openOnnxRuntime, RUNTIME_LIMITS } from "../../../../src/adapters/agent/onnxruntime/runner.ts";
import { createForward } from "../../../../src/engine/network/forward.ts";
import { brokenModels, draftModel, modelBytes } from "../../../helpers/broken-models.ts";
import { mlp, randomObservation } from "../../../helpers/random-network.ts";

const network = mlp(1, [4, 8, 3]);
const model = writeOnnx(network, { name: "policy" });
const observation = randomObservation(3, 4);

let open: ModelRunner[] = [];
afterEach(async () => {
	await Promise.all(open.map((runner) => runner.close()));
	open = [];
});

/** A package in the place of onnxruntime-node whose model answers by `run` (its first argument: the observation's data). */
function standIn(run: string, create = ""): string {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), "kinetra-runtime-")));
	writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "onnxruntime-node", main: "index.js" }));
	writeFileSync(
		join(folder, "index.js"),
		`exports.Tensor = class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } };
		const answer = async (x) => { ${run} };
		exports.InferenceSession = { create: async (bytes, options) => { ${create}; return { run: async (feeds, names) => ({ [names[0]]: { data: await answer(feeds.observation.data, options) } }) }; } };`,
	);
	return folder;
}

async function start(folder: string, limits = RUNTIME_LIMITS): Promise<ModelRunner> {
	const runner = await openOnnxRuntime(model, { folder, limits });
	open.push(runner);
	return runner;
}

describe("openOnnxRuntime", () => {
	it("hands observations over and answers back, one after the other", async () => {
		const runner = await start(standIn("return Float32Array.from(x, (value) => value * 2)"));
		expect(await runner.run(observation)).toEqual(observation.map((value) => value * 2));
		expect(await runner.run(Float32Array.of(1, 2, 3, 4))).toEqual(Float32Array.of(2, 4, 6, 8));
	});

	it("takes whole numbers of 64 bits, as ArgMax leaves them", async () => {
		const runner = await start(standIn("return BigInt64Array.of(2n)"));
		expect(await runner.run(observation)).toEqual(Float32Array.of(2));
	});

	it.each<[name: string, run: string, says: RegExp]>([
		["answers with what is no number", "return Float32Array.of(1, NaN)", /answered NaN as number 2/],
		["answers with infinity", "return Float32Array.of(-Infinity)", /-Infinity as number 1/],
		["throws", "throw new Error('bad \\u001b[31m shape')", /^bad .* shape$/u],
		["answers with too much", "return new Float32Array(5000)", /5000 numbers/],
		["answers with nothing", "return undefined", /undefined/],
	])("rejects when the model %s, and goes on", async (_, run, says) => {
		const runner = await start(standIn(`if (x[0] === 1) return Float32Array.of(7); ${run}`));
		await expect(runner.run(observation)).rejects.toThrow(says);
		expect(await runner.run(Float32Array.of(1, 0, 0, 0))).toEqual(Float32Array.of(7));
	});

	it("rejects, now and later, when the process dies", async () => {
		const runner = await start(standIn("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})"));
		await expect(runner.run(observation)).rejects.toThrow(/SIGKILL/);
		await expect(runner.run(observation)).rejects.toThrow(/SIGKILL/);
	});

	it("ends a process that hangs, even in code that never comes back", async () => {
		const runner = await start(standIn("for (;;);"), { ...RUNTIME_LIMITS, runMs: 300 });
		await expect(runner.run(observation)).rejects.toThrow("did not answer within 300 ms");
		await runner.close();
		await expect(runner.run(observation)).rejects.toThrow("did not answer within 300 ms");
	});

	it.runIf(process.platform === "linux")("ends a process that takes more memory than it may", async () => {
		const greedy = "globalThis.kept = []; for (;;) { kept.push(Buffer.alloc(16e6, 1)); await new Promise((resolve) => setTimeout(resolve, 5)); }";
		const runner = await start(standIn(greedy), { ...RUNTIME_LIMITS, runMs: 60_000, memoryMb: 300 });
		await expect(runner.run(observation)).rejects.toThrow(/MB; at most 300 MB/);
	});

	it("answers one question at a time", async () => {
		const runner = await start(standIn("await new Promise((resolve) => setImmediate(resolve)); return Float32Array.of(1)"));
		const first = runner.run(observation);
		await expect(runner.run(observation)).rejects.toThrow("has not answered the question before");
		expect(await first).toEqual(Float32Array.of(1));
	});

	it("refuses observations of another length before it asks", async () => {
		const runner = await start(standIn("return Float32Array.of(1)"));
		await expect(runner.run(Float32Array.of(1))).rejects.toThrow("reads 4 values, not 1");
	});

	it("gives the process nothing of the environment that could be secret", async () => {
		process.env.KINETRA_TEST_SECRET = "1";
		const runner = await start(standIn("return Float32Array.of(Object.keys(process.env).filter((name) => name.startsWith('KINETRA')).length)"));
		expect(await runner.run(observation)).toEqual(Float32Array.of(0));
		delete process.env.KINETRA_TEST_SECRET;
	});

	it("says how to install it where there is none", async () => {
		await expect(openOnnxRuntime(model, { folder: null })).rejects.toMatchObject({
			exitCode: 3,
			message: expect.stringMatching(/npm install.*KINETRA_ONNXRUNTIME/),
		});
	});

	it.each<[name: string, create: string, says: RegExp]>([
		["throws", "throw new Error('no such operator: Erf')", /could not be loaded.*no such operator: Erf/],
		["never loads", "for (;;);", /did not answer within 500 ms/],
	])("rejects when the runtime %s", async (_, create, says) => {
		const limits = { ...RUNTIME_LIMITS, loadMs: create.startsWith("for") ? 500 : RUNTIME_LIMITS.loadMs };
		await expect(openOnnxRuntime(model, { folder: standIn("", create), limits })).rejects.toMatchObject({ exitCode: 3, message: expect.stringMatching(says) });
	});

	it("starts nothing for a model that must not be used", async () => {
		const [broken] = brokenModels().filter(({ name }) => name === "external data");
		await expect(openOnnxRuntime(broken?.bytes ?? new Uint8Array(0), { folder: standIn("return x") })).rejects.toBeInstanceOf(ModelRefused);
	});

	it.skipIf(findOnnxRuntime() === null)("runs the real one, where it is installed", async () => {
		const runner = await start(findOnnxRuntime() ?? "");
		const [theirs, ours] = [await runner.run(observation), createForward(network)(observation)];
		for (const [index, value] of theirs.entries()) expect(value).toBeCloseTo(ours[index] ?? Number.NaN, 5);
	});

	it.skipIf(findOnnxRuntime() === null)("runs a graph that Kinetra does not compute on the real one", async () => {
		const draft = draftModel();
		Object.assign(draft.graph.node[1] ?? {}, { op_type: "Softsign" });
		const bytes = modelBytes(draft);
		expect(networkOf(readOnnx(bytes))).toBeNull();
		const runner = await openOnnxRuntime(bytes);
		open.push(runner);
		const answer = await runner.run(observation);
		expect(answer).toHaveLength(4);
		expect(await runner.run(observation)).toEqual(answer);
		Object.assign(draft.graph.node[1] ?? {}, { op_type: "NoSuchOperator" });
		await expect(openOnnxRuntime(modelBytes(draft))).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining("NoSuchOperator") });
	});
});

describe("findOnnxRuntime", () => {
	it("takes the folder that is named, and no other then", () => {
		const folder = standIn("return x");
		expect(findOnnxRuntime({ KINETRA_ONNXRUNTIME: folder })).toBe(folder);
		expect(findOnnxRuntime({ KINETRA_ONNXRUNTIME: join(folder, "nowhere") })).toBeNull();
		expect(findOnnxRuntime({ KINETRA_ONNXRUNTIME: "onnxruntime-node" })).toBeNull();
	});
});
