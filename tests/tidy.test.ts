import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = new URL("..", import.meta.url).pathname;

function filesBelow(folder: string): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}

function codeOf(file: string): string {
	return readFileSync(join(ROOT, file), "utf8")
		.replace(/\/\*[\s\S]*?\*\//g, (block) => block.replace(/[^\n]/g, " "))
		.replace(/(^|\s)\/\/.*$/gm, "");
}

/** What the pure engine must not contain, and what to use instead; the message is what a violator reads. */
const ENGINE_BANS: readonly (readonly [RegExp, string])[] = [
	[/\bDate\b/, "time arrives in the event (`at`)"],
	[/\bMath\.random\b/, "chance comes from a seeded generator in the state (engine/random.ts)"],
	[/\basync\b|\bawait\b|\bPromise\b/, "the engine is synchronous; waiting is an adapter's job"],
	[/\bsetTimeout\b|\bsetInterval\b|\bperformance\b/, "timers are clock rows of the feed"],
	[/\bprocess\.|\bconsole\./, "output leaves the engine as effects"],
	[/from "node:/, "IO belongs in src/adapters"],
	[/from "(\.\.\/)+(adapters|ui|commands)\//, "the engine imports nothing from outside itself"],
	[/from "(\.\.\/)+(main|args|session|perform|publish)\.ts"/, "the engine imports nothing from outside itself"],
];

const MAX_LINES = 250;
/** Files that may be longer, each with its reason. */
const LONGER: Readonly<Record<string, string>> = {};

describe("tidy", () => {
	it.each(filesBelow("src/engine"))("%s is pure", (file) => {
		const code = codeOf(file);
		for (const [pattern, instead] of ENGINE_BANS) expect(pattern.exec(code)?.[0] ?? null, `${file}: ${instead}`).toBeNull();
	});

	it.each(filesBelow("src/adapters"))("%s imports no screen and no wiring", (file) => {
		expect(/from "(\.\.\/)+(ui|commands|session|main|args)/.exec(codeOf(file))).toBeNull();
	});

	it.each(filesBelow("src"))("%s is one noun of at most 250 lines, without default exports or enums", (file) => {
		const text = readFileSync(join(ROOT, file), "utf8");
		if (!(file in LONGER)) expect(text.split("\n").length, `${file}: split it, or give the reason in LONGER`).toBeLessThanOrEqual(MAX_LINES + 1);
		expect(/\bexport default\b|\benum \w+ \{/.exec(codeOf(file))?.[0] ?? null).toBeNull();
	});

	it("has no circle of files that import each other at run time", () => {
		const imports = new Map(filesBelow("src").map((file) => [file, valueImports(file)]));
		const done = new Set<string>();
		const visit = (file: string, path: readonly string[]): void => {
			expect(path.includes(file) ? [...path, file].join(" -> ") : null, "let one of them ask (a field of the state) and step.ts act").toBeNull();
			if (done.has(file)) return;
			for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
			done.add(file);
		};
		for (const file of imports.keys()) visit(file, []);
	});
});

/** The files that `file` needs at run time: imports of types alone do not count. */
function valueImports(file: string): string[] {
	const found = codeOf(file).matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)from\s+"(\.[^"]+)"/gm);
	return [...found].filter(([, names = ""]) => !/^\{(\s*type [^,]+,?)+\s*\}\s*$/.test(names)).map(([, , path = ""]) => join(dirname(file), path));
}
