import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

// The Python tests of the bridge program and of the stand-in terminal, each case as a test of its own. The program under test is the one
// file that a trader saves, joined here from the modules.

const FOLDER = fileURLToPath(new URL("python/", import.meta.url));
const JOINER = fileURLToPath(new URL("../../../scripts/bridge-file.mjs", import.meta.url));
const RUNNER = join(FOLDER, "run.py");
const NEEDED = "import sys, websockets.version as w; sys.exit(0 if sys.version_info >= (3, 9) and int(w.version.split('.')[0]) >= 10 else 1)";
const CANDIDATES = [process.env.KINETRA_PYTHON, "/usr/bin/python3", "python3", "python"].filter((name) => name !== undefined && name !== "");
const REASON = "no Python 3.9 or newer that can import websockets 10 or newer (Debian: apt-get install python3-websockets; or set KINETRA_PYTHON)";

type Listed = { readonly id: string; readonly broken?: string };
type Outcome = { readonly id: string; readonly outcome: "ok" | "failed" | "skipped"; readonly text: string };

const python = CANDIDATES.find((name) => spawnSync(name ?? "", ["-c", NEEDED], { stdio: "ignore" }).status === 0);
const folder = mkdtempSync(join(tmpdir(), "kinetra-python-"));
const environment = { ...process.env, KINETRA_BRIDGE_FILE: join(folder, "kinetra_bridge.py"), PYTHONDONTWRITEBYTECODE: "1", PYTHONWARNINGS: "ignore" };

/** JSON lines of the runner; what is not JSON (a crash) is kept as text by the caller. */
function lines<T>(text: string): T[] {
	return text
		.split("\n")
		.filter((line) => line.startsWith("{"))
		.map((line) => JSON.parse(line));
}

function list(program: string): Listed[] {
	execFileSync(process.execPath, [JOINER, environment.KINETRA_BRIDGE_FILE]);
	const { stdout, stderr, status } = spawnSync(program, [RUNNER, "list"], { env: environment, encoding: "utf8" });
	if (status !== 0) throw new Error(`the Python tests cannot be listed:\n${stderr}`);
	return lines(stdout);
}

/** A bridge mostly waits: a few cases a process, several processes at a time. Cases without a bridge are quick and stay together. */
function shardsOf(ids: readonly string[]): string[][] {
	const shards: string[][] = [];
	for (const id of ids) {
		const last = shards.at(-1);
		const most = /^test_bridge_(?!parts)/.test(id) ? 3 : 400;
		if (last === undefined || last.length >= most || last[0]?.split(".")[0] !== id.split(".")[0]) shards.push([id]);
		else last.push(id);
	}
	return shards;
}

/** Runs all cases; gives the results of each case's process. */
function runAll(program: string, shards: readonly string[][]): Map<string, Promise<Map<string, Outcome>>> {
	let free = Math.max(4, Math.min(8, 3 * availableParallelism()));
	const waiting: (() => void)[] = [];
	const enter = () => (free > 0 ? Promise.resolve(void free--) : new Promise<void>((resolve) => waiting.push(resolve)));
	const leave = () => {
		const next = waiting.shift();
		if (next === undefined) free++;
		else next();
	};
	return new Map(
		shards.flatMap((shard) => {
			const results = enter()
				.then(() => run(program, shard))
				.finally(leave);
			return shard.map((id) => [id, results] as const);
		}),
	);
}

function run(program: string, ids: readonly string[]): Promise<Map<string, Outcome>> {
	return new Promise((resolve) => {
		const child = spawn(program, [RUNNER, "run", ...ids], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
		let out = "";
		let trouble = "";
		child.stdout.setEncoding("utf8").on("data", (text) => {
			out += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text) => {
			trouble += text;
		});
		child.on("close", (code) => {
			const found = new Map(lines<Outcome>(out).map((outcome) => [outcome.id, outcome]));
			for (const outcome of found.values()) if (!ids.includes(outcome.id)) trouble += outcome.text;
			found.set("", { id: "", outcome: "failed", text: `the case never ended (exit ${code}):\n${trouble}` });
			resolve(found);
		});
	});
}

describe("Python: bridge and stand-in terminal", () => {
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	if (python === undefined) {
		const files = readdirSync(FOLDER).filter((name) => /^test_.*\.py$/.test(name));
		const cases = files.flatMap((file) =>
			[...readFileSync(join(FOLDER, file), "utf8").matchAll(/^\s+(?:async )?def (test_\w+)/gm)].map(([, name]) => `${file} ${name}`),
		);
		process.stderr.write(`\nSKIPPED: ${cases.length} Python tests of the bridge: ${REASON}\n`);
		it.skip.each(cases)(`%s: skipped, ${REASON}`, () => {});
		return;
	}
	const listed = list(python);
	const sound = listed.filter(({ broken }) => broken === undefined).map(({ id }) => id);
	const results = runAll(python, shardsOf(sound));
	it("has cases", () => expect(listed.length).toBeGreaterThan(60));
	it.each(listed)("$id", { timeout: 300_000 }, async ({ id, broken }) => {
		expect(broken).toBeUndefined();
		const found = await results.get(id);
		const outcome = found?.get(id) ?? found?.get("");
		expect(outcome?.outcome, outcome?.text).toBe("ok");
	});
});
