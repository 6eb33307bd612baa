import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { GOLDEN_TOLERANCE } from "../../../src/adapters/agent/check-policy.ts";
import { policyManifestSchema, triadManifestSchema } from "../../../src/adapters/agent/manifest-schema.ts";
import { MODEL_LIMITS } from "../../../src/adapters/agent/onnx/limits.ts";
import { writeOnnx } from "../../../src/adapters/agent/onnx/write.ts";
import { readPolicyFolder } from "../../../src/adapters/agent/policy-folder.ts";
import { QUANTILE_LEVELS } from "../../../src/engine/agents/policy/manifest.ts";
import { POLICY_PARAMETERS } from "../../../src/engine/agents/policy/policy.ts";
import { ROOT } from "../../helpers/cli.ts";
import { TINY_FEATURES, temporaryFolder, tinyNetwork } from "../../helpers/policy.ts";

const TEXT = readFileSync(join(ROOT, "docs/WRITING_AGENTS.md"), "utf8");

/** Every field of a schema with the path to it: `scaler.mean`, `golden.observation`. */
function fieldsOf(schema: unknown, path: string): string[] {
	if (schema instanceof z.ZodObject)
		return Object.entries(schema.shape).flatMap(([key, inner]) => {
			const field = path === "" ? key : `${path}.${key}`;
			return [field, ...fieldsOf(inner, field)];
		});
	if (schema instanceof z.ZodArray) return fieldsOf(schema.element, path);
	if (schema instanceof z.ZodNullable) return fieldsOf(schema.unwrap(), path);
	if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => fieldsOf(option, path));
	return [];
}

/** The fields of the tables, in order. */
function documented(): string[] {
	return [...TEXT.slice(TEXT.indexOf("## Policies"), TEXT.indexOf("## Programs")).matchAll(/^\| `([a-zA-Z0-9.]+)` \|/gm)].map(([, field = ""]) => field);
}

describe("docs/WRITING_AGENTS.md", () => {
	it("explains every field of a manifest, once, and none that there is not", () => {
		const fields = new Set([...fieldsOf(policyManifestSchema, ""), ...fieldsOf(triadManifestSchema, "")]);
		expect(fields.size).toBeGreaterThan(50);
		expect(documented().sort()).toEqual([...fields].sort());
	});

	it("gives the numbers that the code has", () => {
		expect(TEXT).toContain(`the quantiles at ${QUANTILE_LEVELS.slice(0, -1).join(", ")} and 1`);
		expect(TEXT).toContain(`at most ${MODEL_LIMITS.bytes / 1024 / 1024} MiB`);
		expect(TEXT).toContain(`must lie within ${GOLDEN_TOLERANCE.toFixed(5)} of the expected one`);
		const [margin] = POLICY_PARAMETERS;
		expect(TEXT).toContain(`more than \`agent.${margin?.key}\``);
		expect(TEXT).toContain(`The margin is ${margin?.value} unless you say otherwise`);
	});

	it("lists messages that there are", () => {
		const table = TEXT.slice(TEXT.indexOf("### When it is refused"), TEXT.indexOf("## Programs"));
		const phrases = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, phrase = ""]) => phrase));
		// Of a message with values in it the words before the first one.
		const words = phrases.map((phrase) => phrase.replace(/ ?(\d|FIELD|EURUSD|M15).*$/, "").replace(/^manifest\.json: ?$/, "manifest.json"));
		const folders = ["src/adapters/agent", "src/adapters/agent/onnxruntime", "src/config"];
		const sources = folders.flatMap((folder) =>
			readdirSync(join(ROOT, folder))
				.filter((name) => name.endsWith(".ts"))
				.map((name) => readFileSync(join(ROOT, folder, name), "utf8")),
		);
		expect(words.length).toBeGreaterThan(18);
		const code = sources
			.join("\n")
			.replace(/\$\{MANIFEST\}/g, "manifest.json")
			.replace(/\$\{MODEL\}/g, "policy.onnx");
		expect(words.filter((phrase) => !code.includes(phrase))).toEqual([]);
	});

	it("shows a script whose manifests are taken", () => {
		const place = temporaryFolder();
		try {
			const folder = join(place.folder, "exported");
			mkdirSync(folder);
			// What torch would do, the tiny network written out in Python.
			const program = [
				"import json, math, random, sys",
				`sys.path.insert(0, ${JSON.stringify(join(ROOT, "docs/examples"))})`,
				"sys.dont_write_bytecode = True",
				"from export_policy import manifest_of",
				"random.seed(1)",
				"rows = [[random.gauss(0, 2), random.uniform(-1, 1), random.choice([-1, 0, 1])] for _ in range(500)]",
				"def answer(x):",
				"    return [math.tanh(v) for v in (0.4, x[0] + 2 * x[1] - x[2], -x[0] - 2 * x[1] + x[2], -1)]",
				`about = dict(name="mine", line="a test", features=${JSON.stringify(TINY_FEATURES)}, output={"kind": "action-logits", "actions": ["hold", "buy", "sell", "close"]})`,
				'print(json.dumps(manifest_of(rows, answer, scaler={"mean": [0.1, 0, 0], "scale": [2, 0.5, 1], "clip": 10}, **about), allow_nan=False))',
			].join("\n");
			writeFileSync(join(folder, "manifest.json"), execFileSync("python3", ["-c", program], { encoding: "utf8" }));
			writeFileSync(join(folder, "policy.onnx"), writeOnnx(tinyNetwork(), { name: "mine" }));
			const { policy } = readPolicyFolder(folder);
			if (policy.kind !== "single") throw new Error("a triad");
			expect(policy.manifest.golden).toHaveLength(16);
			const [distribution, , judged] = policy.manifest.distribution;
			expect(judged).toBeNull();
			expect(distribution?.[4]).toBeCloseTo(0, 0);
		} finally {
			place.remove();
		}
	});
});
