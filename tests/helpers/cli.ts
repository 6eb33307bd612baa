import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a finished command left. */
export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Builds the program into a folder of its own, so that the tests run what is in the tree and not an older build. */
export function buildProgram(): string {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-build-"));
	const built = spawnSync(process.execPath, [join(ROOT, "scripts/build.mjs"), folder], { encoding: "utf8" });
	if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
	return join(folder, "kinetra.mjs");
}

/** A path for a home that does not exist yet. */
export function newHome(): string {
	return join(mkdtempSync(join(tmpdir(), "kinetra-e2e-")), "home");
}

/** The environment of a plain user: nothing of the test runner's colours or of another home. */
export function environment(home: string): NodeJS.ProcessEnv {
	const { FORCE_COLOR: _colour, NO_COLOR: _plain, KINETRA_DEBUG: _debug, ...rest } = process.env;
	return { ...rest, KINETRA_HOME: home };
}

/** Runs a program to its end; `onOutput` may end it early. */
export function runProgram(
	program: string,
	args: readonly string[],
	home: string,
	onOutput: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Finished> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { env: environment(home), stdio: ["ignore", "pipe", "pipe"] });
		let stdout = "";
		let stderr = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			stdout += text;
			onOutput(stdout, (signal) => child.kill(signal));
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			stderr += text;
		});
		child.on("error", reject);
		child.on("close", (code) => resolve({ code, stdout, stderr }));
	});
}

/** A bars export: `count` minutes of a wave whose period is 2 pi times `wave` minutes. */
export function barsFile(name: string, count: number, change: (line: string, index: number) => string = (line) => line, wave = 40): string {
	const folder = dirname(newHome());
	const lines = Array.from({ length: count }, (_, index) => {
		const at = new Date(Date.UTC(2024, 0, 2, 10) + index * 60_000).toISOString();
		const price = (at2: number): string => (1.1 + 0.002 * Math.sin(at2 / wave)).toFixed(5);
		const [open, close] = [price(index), price(index + 1)];
		const [low, high] = [open, close].sort();
		return change(`${at.slice(0, 10).replaceAll("-", ".")}\t${at.slice(11, 19)}\t${open}\t${high}\t${low}\t${close}\t20\t0\t8`, index);
	});
	const path = join(folder, name);
	writeFileSync(path, `<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n${lines.join("\n")}\n`);
	return path;
}
