import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import packageFile from "../package.json" with { type: "json" };
import { CONTROLS } from "../scripts/controls-coverage.ts";
import { controlsDocument } from "../scripts/controls-document.ts";
import { BRIDGE_WALKS, WALKS } from "../scripts/screen-walks.ts";
import { BRIDGE_OPTIONS } from "../src/args/bridge.ts";
import { COMPARE_OPTIONS } from "../src/args/compare.ts";
import { CONNECTION_OPTIONS } from "../src/args/connection.ts";
import { DATA_OPTIONS } from "../src/args/data.ts";
import { TRAIN_OPTIONS } from "../src/args/train.ts";
import { optionName, RUN_OPTIONS } from "../src/config/options.ts";
import { BREACHES } from "../src/engine/limits/breach.ts";
import { HOLDS } from "../src/engine/limits/entry-hold.ts";
import { RULES } from "../src/engine/rules-table.ts";
import { CHECKS } from "../src/engine/validation/checks.ts";
import { mainScreen } from "../src/ui/screens/main.ts";
import { sessionScreen } from "../src/ui/screens/session.ts";
import { SHELL_BINDINGS } from "../src/ui/shell/bindings.ts";
import { ROOT } from "./helpers/cli.ts";

describe("docs/CONTROLS.md", () => {
	it("is what the tables say", () => {
		const file = readFileSync(new URL("../docs/CONTROLS.md", import.meta.url), "utf8");
		expect(file === controlsDocument(), "stale: run `npm run docs` and commit the result").toBe(true);
	});

	it("lists C01 to C44 once each, in order", () => {
		expect(CONTROLS.map(([id]) => id)).toEqual(Array.from({ length: 44 }, (_, index) => `C${String(index + 1).padStart(2, "0")}`));
	});

	it("has every control that a rule, denial code, hold or breach claims, and says of each that is there in part what is missing", () => {
		const known = new Set(CONTROLS.map(([id]) => id));
		const used = [...Object.values(RULES), ...Object.values(BREACHES), ...Object.values(HOLDS), ...Object.values(CHECKS)].map(({ control }) => control);
		// `state`: the check of the trading state, which any control may have set.
		expect(used.filter((control) => control !== "state" && !known.has(control))).toEqual([]);
		for (const [id, , coverage, how] of CONTROLS) if (coverage === "in part") expect(how.length, id).toBeGreaterThan(20);
	});

	it("shows a few values as the catalogue has them", () => {
		const text = controlsDocument();
		expect(text).toContain("| maxLots | C08 | 1 | 0.1 | 0.01 | lots | 1e-8 to 1000; live at most 1; none in virtual |");
		expect(text).toContain("| STOP_TOO_CLOSE | C12 | 10016 INVALID_STOPS | yes | open, modify |");
		expect(text).toContain("| COOLDOWN | C28 |");
		expect(text).toContain("| DRAWDOWN | C23 | HALTED |");
	});
});

/** Every document that people read, with its text. */
const PAGES: readonly (readonly [string, string])[] = [
	"README.md",
	"CONTRIBUTING.md",
	...readdirSync(join(ROOT, "docs"))
		.filter((name) => name.endsWith(".md"))
		.map((name) => `docs/${name}`),
].map((name) => [name, readFileSync(join(ROOT, name), "utf8")]);
const SCREENS = join(ROOT, "docs/screens");

describe.each(PAGES)("%s", (name, text) => {
	it("shows only pictures that there are, each with words for those who do not see it", () => {
		for (const [, words = "", file = ""] of text.matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)) {
			expect(words.length, file).toBeGreaterThan(10);
			expect(existsSync(join(ROOT, dirname(name), file)), file).toBe(true);
		}
	});

	it("names only files and folders that there are", () => {
		const named = [...text.matchAll(/`((?:src|tests|docs|scripts|bench)\/[\w./-]+)`/g)].map(([, path = ""]) => path);
		expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
	});

	it("names only npm scripts that there are", () => {
		const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script = ""]) => script);
		expect(named.filter((script) => !(script in packageFile.scripts))).toEqual([]);
	});

	it("names only commands and options that there are", () => {
		const known = new Set([
			...Object.keys(RUN_OPTIONS).map(optionName),
			...BRIDGE_OPTIONS,
			...CONNECTION_OPTIONS,
			...DATA_OPTIONS,
			...COMPARE_OPTIONS,
			...TRAIN_OPTIONS,
			"--csv",
			"--reason",
			"--help",
			"--version",
		]);
		for (const [line, command = ""] of text.matchAll(/^(?:\$ )?kinetra( \w[\w-]*)?.*$/gm)) {
			expect(
				["", " run", " sessions", " agents", " compare", " train", " data", " bridge", " status", " test-connection", " doctor", " gates", " kill", " help"],
				line,
			).toContain(command);
			expect((line.match(/ --[a-z-]+/g) ?? []).map((option) => option.trim()).filter((option) => !known.has(option))).toEqual([]);
		}
	});
});

describe("README.md", () => {
	const text = new Map(PAGES).get("README.md") ?? "";

	it("names only keys that work there", () => {
		const bound = new Set([...SHELL_BINDINGS, ...sessionScreen.bindings].flatMap(({ keys }) => keys));
		const digits = new Set(mainScreen.menu?.map(({ key }) => key));
		const named = [...text.matchAll(/^\| ((?:`[^`]+` ?)+) \|/gm)].flatMap(([, cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, key = ""]) => key));
		expect(named.length).toBeGreaterThan(10);
		expect(named.filter((key) => !bound.has(key) && !digits.has(key))).toEqual([]);
	});

	it("is short enough to be read", () => {
		expect(text.split("\n").length).toBeLessThanOrEqual(200);
	});
});

describe("docs/screens", () => {
	it("has the pictures that the walks take, all of them small, and stays out of the package", () => {
		const shots = [...WALKS, ...BRIDGE_WALKS].flatMap(({ steps }) => steps.flatMap(({ shot }) => shot ?? [])).map((shot) => `${shot}.png`);
		expect(readdirSync(SCREENS).sort(), "run `npm run screenshots`").toEqual(shots.sort());
		const bytes = shots.reduce((sum, shot) => sum + statSync(join(SCREENS, shot)).size, 0);
		expect(bytes).toBeLessThan(600_000);
		expect(packageFile.files).toEqual(["dist", "docs/*.md", "docs/examples", "README.md", "LICENSE"]);
	});
});
