import { readFileSync, writeFileSync } from "node:fs";
import { controlsDocument } from "./controls-document.ts";

// Writes docs/CONTROLS.md from the engine's tables; with --check it only tells, by exit code 1, whether the file is stale.
const target = new URL("../docs/CONTROLS.md", import.meta.url);
const wanted = controlsDocument();

if (!process.argv.includes("--check")) writeFileSync(target, wanted);
else if (current() !== wanted) {
	process.stderr.write("docs/CONTROLS.md is stale: run `npm run docs` and commit the result\n");
	process.exitCode = 1;
}

function current(): string | null {
	try {
		return readFileSync(target, "utf8");
	} catch {
		return null;
	}
}
