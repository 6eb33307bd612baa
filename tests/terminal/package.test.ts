import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { environment, newHome, ROOT } from "../helpers/cli.ts";

/** Runs npm without asking the network for anything. */
function npm(folder: string, ...args: string[]): string {
	const result = spawnSync("npm", [...args, "--offline", "--no-audit", "--no-fund"], {
		cwd: folder,
		encoding: "utf8",
		env: environment(newHome()),
		shell: process.platform === "win32",
	});
	if (result.status !== 0) throw new Error(`npm ${args.join(" ")}:\n${result.stdout}${result.stderr}`);
	return result.stdout;
}

it("installs from its tarball into an empty folder, without downloads, and runs a session there", () => {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-package-"));
	npm(ROOT, "pack", "--silent", "--pack-destination", folder);
	const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "none";
	writeFileSync(join(folder, "package.json"), '{"private":true}');
	npm(folder, "install", join(folder, tarball));
	const installed = join(folder, "node_modules", "kinetra");
	const about = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as { version: string; license: string; dependencies?: unknown };
	expect([about.license, about.dependencies]).toEqual(["MIT", undefined]);
	for (const name of ["README.md", "LICENSE", "dist/kinetra.mjs", "dist/THIRD-PARTY-LICENSES.txt", "docs"])
		expect(existsSync(join(installed, name)), name).toBe(true);
	// The guide links to them, and they run where they lie.
	for (const name of ["agent.mjs", "agent_sb3.py", "export_policy.py"]) expect(existsSync(join(installed, "docs", "examples", name)), name).toBe(true);
	// What trainings left on the way, and sources, are nobody's business.
	const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
	expect(files.filter((name) => /checkpoint|\.tsx?$|\.map$|^docs.screens/.test(name))).toEqual([]);
	expect(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["kinetra"]);

	const program = join(folder, "node_modules", ".bin", "kinetra");
	const run = (...args: string[]): ReturnType<typeof spawnSync> =>
		spawnSync(program, args, { cwd: folder, encoding: "utf8", env: environment(newHome()), shell: process.platform === "win32" });
	expect(run("--version")).toMatchObject({ status: 0, stdout: `${about.version}\n` });
	const example = `process:node ${join("node_modules", "kinetra", "docs", "examples", "agent.mjs")}`;
	const byExample = run("run", "--seed", "1", "--duration", "10", "--agent", example);
	expect(byExample.stdout).toContain("Ended: duration");
	expect(run("run", "--seed", "1", "--duration", "10")).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining("Ended: duration") });

	// Policies travel with it, threads find their files, and what is trained there runs there.
	const known = JSON.parse(String(run("agents", "list", "--json").stdout)) as readonly { readonly id: string; readonly problem: string | null }[];
	expect(known.filter(({ id, problem }) => ["ppo", "dqn", "linear", "triad"].includes(id) && problem === null)).toHaveLength(4);
	const compared = run("compare", "--agents", "triad,sma", "--seeds", "2", "--duration", "30", "--workers", "2", "--json");
	expect(JSON.parse(String(compared.stdout))).toMatchObject({ complete: true, failed: [] });
	expect(run("data", "prepare", ".")).toMatchObject({ stderr: expect.stringContaining("there is no .csv") });
	expect(run("train", "--agent", "linear", "--steps", "1000", "--workers", "2", "--out", "mine")).toMatchObject({ status: 0, stderr: "" });
	expect(run("run", "--seed", "1", "--duration", "10", "--agent", "./mine")).toMatchObject({ status: 0, stdout: expect.stringContaining("Ended: duration") });
});
