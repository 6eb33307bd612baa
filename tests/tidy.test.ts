import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
});
