// Trains the policies that ship with Kinetra, with the commands and seeds below, into src/policies. About a quarter of an hour on two cores:
//   npm run policies -- [--steps N] [NAME ...]
// --steps shortens every training (for trials: what ships is trained with the steps of the table). The same Node major and processor architecture give
// the same bytes (docs/TRAINING.md).
import "./package-version.ts";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPolicyFolder, writeTriadFolder } from "../src/adapters/agent/policy-folder.ts";
import { parseArgs } from "../src/args.ts";
import { prepareGround } from "../src/commands/train/data.ts";
import { outOfSampleOf, type Report, reportOn } from "../src/commands/train/report.ts";
import { train } from "../src/commands/train.ts";
import { TRIAD_ROLES, type TriadManifest, type TriadRole } from "../src/engine/agents/policy/manifest.ts";
import type { SinglePolicy } from "../src/engine/agents/policy/policy.ts";
import { createPool } from "../src/pool/pool.ts";
import { createTerminal } from "../src/terminal.ts";
import { VERSION } from "../src/version.ts";

type Algorithm = "ppo" | "dqn" | "linear";
type Recipe = { readonly agent: Algorithm; readonly steps: number; readonly seed: number };

const SINGLES: Readonly<Record<string, Recipe>> = {
	ppo: { agent: "ppo", steps: 3_000_000, seed: 11 },
	dqn: { agent: "dqn", steps: 400_000, seed: 12 },
	linear: { agent: "linear", steps: 300_000, seed: 13 },
};
/** Members that learned by different ways, so that they err in different ways. */
const TRIAD: Readonly<Record<TriadRole, Recipe>> = {
	incumbent: { agent: "ppo", steps: 500_000, seed: 21 },
	competitor: { agent: "dqn", steps: 300_000, seed: 22 },
	researcher: { agent: "linear", steps: 200_000, seed: 23 },
};
const WORKERS = 2;

const POLICIES = new URL("../src/policies/", import.meta.url).pathname;
const terminal = createTerminal();
const words = process.argv.slice(2);
const at = words.indexOf("--steps");
const shortened = at < 0 ? null : Number(words.splice(at, 2)[1]);
const wanted = words.length > 0 ? words : [...Object.keys(SINGLES), "triad"];

mkdirSync(POLICIES, { recursive: true });
for (const name of wanted) {
	const out = join(POLICIES, name);
	const recipe = SINGLES[name];
	if (recipe === undefined && name !== "triad") throw new Error(`there is no policy ${name}; there are ${Object.keys(SINGLES).join(", ")}, triad`);
	rmSync(out, { recursive: true, force: true });
	rmSync(`${out}.checkpoint`, { recursive: true, force: true });
	if (recipe !== undefined) await trainInto(out, name, recipe);
	else await trainTriad(out);
}

async function trainInto(out: string, name: string, { agent, steps, seed }: Recipe): Promise<void> {
	const options = { agent, steps: Math.min(steps, shortened ?? steps), seed, workers: WORKERS, name, out };
	const request = parseArgs(["train", ...Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)])], VERSION);
	if (request.command !== "train") throw new Error("not a training");
	const code = await train(request, terminal);
	if (code !== 0) process.exit(code);
}

async function trainTriad(out: string): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-triad-"));
	try {
		const members = {} as Record<TriadRole, SinglePolicy & { readonly network: NonNullable<SinglePolicy["network"]> }>;
		for (const role of TRIAD_ROLES) {
			await trainInto(join(folder, role), `triad-${role}`, TRIAD[role]);
			const { policy } = readPolicyFolder(join(folder, role));
			if (policy.kind !== "single" || policy.network === null) throw new Error(`${role} is no policy of one network`);
			members[role] = { ...policy, network: policy.network };
		}
		writeTriadFolder(join(folder, "draft"), triadManifest(members, null), members);
		const { test } = await prepareGround({ paths: [], symbol: null, timeframe: null });
		const pool = createPool({ workers: WORKERS });
		const report = await reportOn(readPolicyFolder(join(folder, "draft")), test, pool, new AbortController().signal, () => {});
		await pool.close();
		terminal.print(report.verdict);
		writeTriadFolder(out, triadManifest(members, report), members);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function triadManifest(members: Readonly<Record<TriadRole, SinglePolicy>>, report: Report | null): TriadManifest {
	const { incumbent, competitor, researcher } = members;
	const steps = TRIAD_ROLES.reduce((sum, role) => sum + (members[role].manifest.provenance.steps ?? 0), 0);
	return {
		format: 1,
		name: "triad",
		line: "three policies with roles and an arbiter, trained on the synthetic market (EURUSD)",
		timeframe: null,
		symbols: null,
		warmupBars: Math.max(incumbent.manifest.warmupBars, competitor.manifest.warmupBars, researcher.manifest.warmupBars),
		triad: { incumbent: "incumbent", competitor: "competitor", researcher: "researcher" },
		provenance: {
			algorithm: "triad of ppo, dqn and linear",
			command: shortened === null ? "npx tsx scripts/train-policies.ts triad" : `npx tsx scripts/train-policies.ts --steps ${shortened} triad`,
			seed: null,
			steps,
			trainedWith: `kinetra ${VERSION}`,
			trainedOn: null,
			data: incumbent.manifest.provenance.data,
			verdict: report?.verdict ?? null,
			outOfSample: report === null ? [] : outOfSampleOf(report),
		},
	};
}
