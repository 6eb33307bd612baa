import { join } from "node:path";
import { build } from "esbuild";
import { ROOT, runNode } from "./process.ts";
import type { Drawing } from "./ui-drawing.ts";

export type { Drawing };

/** The drawing measured in a process of its own, built as users run it: React's development build would tell of itself. */
export async function measureDrawing(folder: string, columns: number, rows: number): Promise<Drawing> {
	const outfile = join(folder, "drawing.mjs");
	await build({
		absWorkingDir: ROOT,
		entryPoints: ["bench/ui-drawing.ts"],
		outfile,
		bundle: true,
		format: "esm",
		platform: "node",
		target: "node20.12",
		jsx: "automatic",
		alias: { "react-devtools-core": "./scripts/no-devtools.mjs" },
		define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"', __KINETRA_VERSION__: '"bench"', __KINETRA_GUIDE__: '""' },
		banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
		logLevel: "warning",
	});
	const taken = await runNode(["--expose-gc", outfile, String(columns), String(rows)]);
	if (taken.exitCode !== 0) throw new Error(taken.stderr);
	return JSON.parse(taken.stdout) as Drawing;
}
