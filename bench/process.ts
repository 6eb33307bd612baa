import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What a finished child process took. */
export type Taken = {
	readonly stdout: string;
	readonly stderr: string;
	readonly exitCode: number | null;
	/** From spawning to its end, and to its first output (null without any), wall clock. */
	readonly seconds: number;
	readonly firstOutputMs: number | null;
	/** Processor time of all its threads. */
	readonly cpuSeconds: number;
	readonly peakMb: number;
};

/** Put before the program: tells at its end, on descriptor 3, what it took. Nothing runs before that. */
const PROBE = `import{writeSync}from"node:fs";process.on("exit",()=>{const u=process.resourceUsage();writeSync(3,JSON.stringify([u.userCPUTime+u.systemCPUTime,u.maxRSS]))})`;

/** Runs `node args` to its end. */
export function runNode(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Taken> {
	return new Promise((resolve, reject) => {
		const started = performance.now();
		const child = spawn(process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(PROBE)}`, ...args], {
			cwd: ROOT,
			env: { ...process.env, ...env },
			stdio: ["ignore", "pipe", "pipe", "pipe"],
		});
		const texts = ["", "", ""];
		let firstOutputMs: number | null = null;
		[child.stdout, child.stderr, child.stdio[3]].forEach((stream, index) => {
			stream?.on("data", (chunk: Buffer) => {
				if (index === 0) firstOutputMs ??= performance.now() - started;
				texts[index] += chunk.toString();
			});
		});
		child.on("error", reject);
		child.on("close", (exitCode) => {
			const seconds = (performance.now() - started) / 1000;
			const [stdout = "", stderr = "", probe = ""] = texts;
			const [cpuUs = Number.NaN, maxRssKb = Number.NaN] = probe === "" ? [] : (JSON.parse(probe) as number[]);
			resolve({ stdout, stderr, exitCode, seconds, firstOutputMs, cpuSeconds: cpuUs / 1e6, peakMb: maxRssKb / 1024 });
		});
	});
}

/** Builds what users run, into dist/ or the folder given, and returns its file; throws what the build said when it fails. */
export async function buildProgram(folder = join(ROOT, "dist")): Promise<string> {
	const built = await runNode(["scripts/build.mjs", folder]);
	if (built.exitCode !== 0) throw new Error(built.stderr);
	return join(folder, "kinetra.mjs");
}
