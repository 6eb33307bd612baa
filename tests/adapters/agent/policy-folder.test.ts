import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeOnnx } from "../../../src/adapters/agent/onnx/write.ts";
import { readPolicyFolder, writePolicyFolder } from "../../../src/adapters/agent/policy-folder.ts";
import { EXIT, Failure } from "../../../src/adapters/failure.ts";
import { createMind } from "../../../src/engine/agents/policy/mind.ts";
import { emptyObservation, fieldIndex } from "../../../src/engine/market/observation.ts";
import { makeNetwork, type Network } from "../../../src/engine/network/network.ts";
import { brokenModels } from "../../helpers/broken-models.ts";
import { temporaryFolder, tinyNetwork, tinyPolicy, writeTiny, writeTinyTriad } from "../../helpers/policy.ts";

let place: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
	place = temporaryFolder();
});
afterEach(() => place.remove());

function failureOf(work: () => unknown): Failure {
	try {
		work();
	} catch (error) {
		if (error instanceof Failure) return error;
		throw error;
	}
	throw new Error("nothing was thrown");
}

function messageOf(folder: string): string {
	const failure = failureOf(() => readPolicyFolder(folder));
	expect(failure.exitCode).toBe(EXIT.usage);
	return failure.message;
}

/** Changes the manifest of a written folder as a person with an editor would. */
function edit(folder: string, change: (manifest: Record<string, unknown>) => void): void {
	const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
	change(manifest);
	writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
}

function replaceNetwork(folder: string, network: Network): void {
	writeFileSync(join(folder, "policy.onnx"), writeOnnx(network, { name: "other" }));
}

const dense = (inputs: number, outputs: number): Network =>
	makeNetwork(inputs, [
		{
			kind: "dense",
			inputs,
			outputs,
			weights: Float32Array.from({ length: inputs * outputs }, (_, index) => (index % 7) / 10),
			bias: new Float32Array(outputs),
		},
	]);

describe("a policy's folder", () => {
	it("is read as it was written, and written the same every time, whatever the order of the manifest's fields", () => {
		const { manifest, network } = tinyPolicy();
		const folder = writeTiny(place.folder);
		const { policy, model } = readPolicyFolder(folder);
		expect(policy).toMatchObject({ kind: "single", manifest: JSON.parse(JSON.stringify(manifest)) });
		expect(model).toBeNull();
		if (policy.kind === "single") expect(policy.network?.layers).toEqual(network.layers);
		const again = join(place.folder, "deep", "again");
		writePolicyFolder(again, Object.fromEntries(Object.entries(manifest).reverse()) as typeof manifest, tinyNetwork());
		expect(readPolicyFolder(again).policy.sha256).toBe(policy.sha256);
		expect(readdirSync(again).sort()).toEqual(["manifest.json", "policy.onnx"]);
		expect(readdirSync(join(place.folder, "deep"))).toEqual(["again"]);
	});

	it("is the same policy when the file is named, its manifest beside it", () => {
		const folder = writeTiny(place.folder);
		const { sha256 } = readPolicyFolder(folder).policy;
		renameSync(join(folder, "policy.onnx"), join(folder, "best.onnx"));
		renameSync(join(folder, "manifest.json"), join(folder, "best.json"));
		expect(readPolicyFolder(join(folder, "best.onnx")).policy.sha256).toBe(sha256);
	});

	it.each([
		["the whole manifest", () => `${"[".repeat(300_000)}${"]".repeat(300_000)}`],
		["a field", (text: string) => text.replace('"tiny"', `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`)],
	])("is refused in words, not in a crash, when %s is nested without end", (_, change) => {
		const folder = writeTiny(place.folder);
		const file = join(folder, "manifest.json");
		writeFileSync(file, change(readFileSync(file, "utf8")));
		expect(messageOf(folder)).toMatch(/manifest\.json: (?:the whole|name) = \(nested too deep to be shown\)/);
	});

	it.each<readonly [string, (folder: string) => void, RegExp]>([
		["no manifest", (folder) => rmSync(join(folder, "manifest.json")), /tiny has no manifest\.json\. Write one/],
		["no network", (folder) => rmSync(join(folder, "policy.onnx")), /tiny has no policy\.onnx\. Put the network beside its manifest\.json\.$/],
		["a manifest that is no JSON", (folder) => writeFileSync(join(folder, "manifest.json"), "{format: 1}"), /manifest\.json is not JSON in UTF-8: /],
		["a manifest in another encoding", (folder) => writeFileSync(join(folder, "manifest.json"), Buffer.from([0xff, 0xfe, 0x7b])), /not JSON in UTF-8/],
		[
			"a wrong manifest",
			(folder) => edit(folder, (manifest) => Object.assign(manifest, { warmupBars: "many" })),
			/manifest\.json: warmupBars = "many" must be a whole number/,
		],
		[
			"a value that writes on the screen",
			(folder) => edit(folder, (manifest) => Object.assign(manifest, { name: "\u001b[2J" })),
			/manifest\.json: name = "\\u001b\[2J" must be/,
		],
		["a network that is none", (folder) => writeFileSync(join(folder, "policy.onnx"), "<html>404</html>"), /policy\.onnx: /],
		["a network of more features", (folder) => replaceNetwork(folder, dense(5, 4)), /policy\.onnx takes 5 numbers, but the manifest names 3 features/],
		["a network of fewer outputs", (folder) => replaceNetwork(folder, dense(3, 3)), /policy\.onnx gives 3 numbers, but the manifest names 4 actions/],
		[
			"another network of the same size",
			(folder) => replaceNetwork(folder, dense(3, 4)),
			/golden case 0, output 0: expected 0\.37\d+, got .* \(tolerance 0\.00001\)/,
		],
		[
			"a network that chooses among fewer actions",
			(folder) => replaceNetwork(folder, makeNetwork(3, [...dense(3, 3).layers, { kind: "argmax" }])),
			/policy\.onnx chooses among 3, but the manifest names 4 actions/,
		],
		[
			"a network that ends in ArgMax, whose golden cases have values",
			(folder) => replaceNetwork(folder, makeNetwork(3, [...dense(3, 4).layers, { kind: "argmax" }])),
			/golden case 0/,
		],
		[
			"values where the golden cases have a choice",
			(folder) => edit(folder, (manifest) => Object.assign(manifest, { golden: [{ observation: [0.5, 0.2, 0], output: [1] }] })),
			/golden case 0/,
		],
		[
			"a choice where an exposure is wanted",
			(folder) => {
				replaceNetwork(folder, makeNetwork(3, [...dense(3, 4).layers, { kind: "argmax" }]));
				edit(folder, (manifest) =>
					Object.assign(manifest, { output: { kind: "continuous", deadband: 0.1 }, golden: [{ observation: [0.5, 0.2, 0], output: [1] }] }),
				);
			},
			/ends in ArgMax, but a continuous policy tells an exposure/,
		],
		[
			"features in another order",
			(folder) =>
				edit(folder, (manifest) =>
					Object.assign(manifest, {
						observation: { version: "obs-1", features: ["momentum", "velocityAtr", "positionSide"] },
						distribution: [[-1, -0.9, -0.7, -0.2, 0, 0.2, 0.7, 0.9, 1], [-20, -8, -4, -0.5, 0, 0.5, 4, 8, 20], null],
						scaler: { mean: [0, 0, 0], scale: [0.5, 1, 1], clip: 5 },
					}),
				),
			/golden case 0, output 1: expected/,
		],
		[
			"another scaler",
			(folder) => edit(folder, (manifest) => Object.assign(manifest, { scaler: { mean: [0, 0, 0.5], scale: [1, 0.5, 1], clip: 5 } })),
			/golden case 0, output 1/,
		],
		[
			"a golden output just beyond the tolerance",
			(folder) => edit(folder, ({ golden }) => void ((golden as { output: number[] }[])[1] as { output: number[] }).output.splice(3, 1, -0.76161)),
			/golden case 1, output 3: expected -0\.76161, got -0\.7615/,
		],
		[
			"a folder inside",
			(folder) => mkdirSync(join(folder, "backup")) ?? writeFileSync(join(folder, "backup", "manifest.json"), "{}"),
			/holds a folder, backup, which only a triad's does/,
		],
	])("with %s is refused, and says so", (_what, spoil, expected) => {
		const folder = writeTiny(place.folder);
		spoil(folder);
		expect(messageOf(folder)).toMatch(expected);
	});

	it.each(brokenModels().map((broken) => [broken.name, broken] as const))("with a model that has %s is refused as that is", (_name, { bytes, says }) => {
		const folder = writeTiny(place.folder);
		writeFileSync(join(folder, "policy.onnx"), bytes);
		const message = messageOf(folder);
		expect(message).toMatch(/^Policy .*tiny.*policy\.onnx[: ]/);
		// A file that is empty or too large is refused as it is read.
		if (!/is empty|is too large/.test(message)) expect(message).toMatch(says);
	});

	it("may tell its choice alone, by ArgMax", () => {
		const network = makeNetwork(3, [...tinyNetwork().layers, { kind: "argmax" }]);
		const { manifest } = tinyPolicy({}, network);
		expect(manifest.golden.map(({ output }) => output)).toEqual([[1], [2]]);
		const folder = join(place.folder, "chooses");
		writePolicyFolder(folder, manifest, network);
		const { policy } = readPolicyFolder(folder);
		if (policy.kind !== "single") return expect.unreachable();
		const observation = emptyObservation();
		const mind = createMind(policy, { outsideMargin: 0.25 });
		observation[fieldIndex("momentum")] = 0.2;
		observation[fieldIndex("velocityAtr")] = 0.5;
		expect(mind(observation)).toMatchObject({ action: "buy", shares: null });
	});

	it("is refused when its outputs are not finite", () => {
		const huge = makeNetwork(3, [{ kind: "dense", inputs: 3, outputs: 4, weights: new Float32Array(12).fill(3e38), bias: new Float32Array(4).fill(3e38) }]);
		const folder = writeTiny(place.folder);
		replaceNetwork(folder, huge);
		expect(messageOf(folder)).toMatch(/golden case 0, output 0: expected .*, got Infinity/);
	});

	it("with any byte changed has another hash or is refused", () => {
		const folder = writeTiny(place.folder);
		const { sha256 } = readPolicyFolder(folder).policy;
		const files = ["manifest.json", "policy.onnx"].map((name) => ({ path: join(folder, name), bytes: readFileSync(join(folder, name)) }));
		fc.assert(
			fc.property(fc.constantFrom(...files), fc.nat(), fc.integer({ min: 1, max: 255 }), ({ path, bytes }, at, by) => {
				const changed = Buffer.from(bytes);
				const index = at % changed.length;
				changed[index] = (changed[index] as number) ^ by;
				writeFileSync(path, changed);
				let now = "refused";
				try {
					now = readPolicyFolder(folder).policy.sha256;
				} catch (error) {
					// Nothing but a clear refusal may come of it.
					if (!(error instanceof Failure)) throw error;
				}
				writeFileSync(path, bytes);
				expect(now).not.toBe(sha256);
			}),
			{ numRuns: 300 },
		);
		expect(readPolicyFolder(folder).policy.sha256).toBe(sha256);
	});

	it("is used as it was hashed, whatever becomes of its files afterwards", () => {
		const folder = writeTiny(place.folder);
		const loaded = readPolicyFolder(folder);
		const before = structuredClone(loaded);
		replaceNetwork(folder, dense(3, 4));
		rmSync(join(folder, "manifest.json"));
		expect(loaded).toEqual(before);
	});
});

describe("writing a policy's folder", () => {
	it("refuses what is not sound, and leaves nothing", () => {
		const { manifest, network } = tinyPolicy();
		const folder = join(place.folder, "new");
		const wrong = { ...manifest, golden: [{ observation: [0, 0, 0], output: [1, 0, 0, 0] }] };
		expect(failureOf(() => writePolicyFolder(folder, wrong, network)).message).toMatch(/golden case 0, output 0: expected 1/);
		expect(failureOf(() => writePolicyFolder(folder, { ...manifest, warmupBars: 0 }, network)).message).toMatch(/warmupBars = 0/);
		expect(readdirSync(place.folder)).toEqual([]);
	});

	it("replaces nothing, but takes an empty folder", () => {
		const { manifest, network } = tinyPolicy();
		const folder = join(place.folder, "new");
		mkdirSync(folder);
		writePolicyFolder(folder, manifest, network);
		const failure = failureOf(() => writePolicyFolder(folder, manifest, network));
		expect(failure.exitCode).toBe(EXIT.data);
		expect(failure.message).toMatch(/new is there already\. Name another folder, or move it away\.$/);
		writeFileSync(join(place.folder, "file"), "x");
		expect(failureOf(() => writePolicyFolder(join(place.folder, "file", "new"), manifest, network)).message).toMatch(/cannot be written to/);
	});
});

describe("a triad's folder", () => {
	it("is read with its three members", () => {
		const { policy, files, model } = readPolicyFolder(writeTinyTriad(place.folder));
		if (policy.kind !== "triad") throw new Error("no triad");
		expect(Object.values(policy.members).map(({ manifest, network }) => [manifest.name, network?.inputs])).toEqual([
			["old", 3],
			["new", 3],
			["odd", 3],
		]);
		expect(files.size).toBe(7);
		expect(model).toBeNull();
	});

	it.each<readonly [string, (folder: string) => void, RegExp]>([
		["a member less", (folder) => rmSync(join(folder, "researcher"), { recursive: true }), /three: researcher has no manifest\.json/],
		["a member without its network", (folder) => rmSync(join(folder, "competitor", "policy.onnx")), /three: competitor has no policy\.onnx/],
		["a network of its own", (folder) => replaceNetwork(folder, tinyNetwork()), /policy\.onnx does not belong to a triad/],
		[
			"another folder named",
			(folder) => edit(folder, ({ triad }) => Object.assign(triad as object, { researcher: "somewhere" })),
			/holds a folder, researcher, that its manifest does not name/,
		],
		[
			"a broken member",
			(folder) => replaceNetwork(join(folder, "incumbent"), dense(3, 4)),
			/incumbent\/policy\.onnx is not what the manifest says: golden case 0/,
		],
		[
			"a member of members",
			(folder) => writeFileSync(join(folder, "incumbent", "manifest.json"), readFileSync(join(folder, "manifest.json"))),
			/incumbent\/manifest\.json is a triad's: a member is one policy/,
		],
		[
			"a member for one timeframe",
			(folder) => edit(join(folder, "incumbent"), (manifest) => Object.assign(manifest, { timeframe: "M5" })),
			/is for M5 only, so the triad's timeframe must be the same/,
		],
		[
			"a member for one symbol",
			(folder) => edit(join(folder, "incumbent"), (manifest) => Object.assign(manifest, { symbols: ["EURUSD"] })),
			/is for EURUSD only, so the triad's symbols must be among them/,
		],
		[
			"a member that warms up longer",
			(folder) => edit(join(folder, "incumbent"), (manifest) => Object.assign(manifest, { warmupBars: 21 })),
			/needs 21 bars of warm-up/,
		],
	])("with %s is refused, and says so", (_what, spoil, expected) => {
		const folder = writeTinyTriad(place.folder);
		spoil(folder);
		expect(messageOf(folder)).toMatch(expected);
	});

	it("has another hash when a member changes", () => {
		const folder = writeTinyTriad(place.folder);
		const { sha256 } = readPolicyFolder(folder).policy;
		edit(join(folder, "researcher"), (manifest) => Object.assign(manifest, { line: "another" }));
		expect(readPolicyFolder(folder).policy.sha256).not.toBe(sha256);
	});
});
