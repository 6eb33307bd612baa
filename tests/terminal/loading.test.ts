import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { buildProgram, environment, newHome } from "../helpers/cli.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

const PACKAGES = ["zod", "protobufjs", "tinypool", "ink"] as const;

/** The code that a command had loaded when it ended, in all its threads. */
function loadedBy(args: readonly string[]): string {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-loaded-"));
	const run = spawnSync(process.execPath, [program, ...args], { encoding: "utf8", env: { ...environment(newHome()), NODE_V8_COVERAGE: folder } });
	expect([run.status, run.stderr]).toEqual([0, ""]);
	const urls = readdirSync(folder).flatMap((name) => {
		const { result } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { readonly result: readonly { readonly url: string }[] };
		return result.map(({ url }) => url);
	});
	const files = [...new Set(urls)].filter((url) => url.startsWith("file:") && url.endsWith(".mjs"));
	expect(files.length).toBeGreaterThan(1);
	return files.map((url) => readFileSync(fileURLToPath(url), "utf8")).join("\n");
}

it.each<[string, readonly string[], readonly (typeof PACKAGES)[number][]]>([
	["the version", ["--version"], []],
	["the sessions there are", ["sessions", "list"], []],
	["a session of a rule", ["run", "--headless", "--agent", "sma", "--seed", "1", "--duration", "5", "--speed", "max"], []],
	["the agents, whose policies are read", ["agents"], ["zod", "protobufjs"]],
	["a session of a policy", ["run", "--headless", "--agent", "ppo", "--seed", "1", "--duration", "5", "--speed", "max"], ["zod", "protobufjs"]],
	["a comparison of rules", ["compare", "--agents", "sma,berserker", "--seeds", "2", "--duration", "30", "--workers", "1"], ["tinypool"]],
])("loads what it needs and no more: %s", async (_, args, needed) => {
	const code = loadedBy(args);
	expect(PACKAGES.filter((name) => code.includes(`// node_modules/${name}/`))).toEqual(needed);
	// All languages of its messages would be half a megabyte; ours are its English ones.
	expect(code).not.toContain("// node_modules/zod/v4/locales/de.js");
});
