import { chmodSync, mkdirSync, mkdtempSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Home, homeAt } from "../../../src/adapters/home.ts";
import { loadPreferences, NO_PREFERENCES, storePreferences } from "../../../src/commands/cockpit/preferences.ts";

const yes = (): boolean => true;

function newHome(): Home {
	return homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-pref-")), "home") });
}

function withFile(text: string): Home {
	const home = newHome();
	mkdirSync(home.root, { mode: 0o700 });
	writeFileSync(join(home.root, "preferences.json"), text, { mode: 0o600 });
	return home;
}

describe("preferences", () => {
	it("are nothing before the first start, and nothing is made for them", () => {
		const home = newHome();
		expect(loadPreferences(home, yes)).toEqual({ preferences: NO_PREFERENCES, problem: null });
		expect(() => statSync(home.root)).toThrow(/ENOENT/);
	});

	it("come back as they were stored, hostile names and all", () => {
		const home = newHome();
		const text = fc.string({ unit: "binary", maxLength: 60 });
		fc.assert(
			fc.property(fc.dictionary(fc.constantFrom("symbol", "file", "seed"), text, { noNullPrototype: true }), fc.option(text), (choices, folder) => {
				const preferences = { choices, stageChoices: { demo: choices, live: {} }, folder };
				expect(storePreferences(home, preferences)).toBeNull();
				expect(loadPreferences(home, yes)).toEqual({ preferences, problem: null });
			}),
			{ numRuns: 50 },
		);
	});

	it("are private, and leave nothing beside them", () => {
		const home = newHome();
		storePreferences(home, NO_PREFERENCES);
		expect(readdirSync(home.root)).toEqual(["preferences.json"]);
		expect((statSync(home.root).mode & 0o777).toString(8)).toBe("700");
		expect((statSync(join(home.root, "preferences.json")).mode & 0o777).toString(8)).toBe("600");
	});

	it.each([
		["empty", ""],
		["cut off", '{"format":1,"choices":{"se'],
		["no object", "[]"],
		["null", "null"],
		["of another format", '{"format":2,"choices":{},"folder":null}'],
		["choices that are a list", '{"format":1,"choices":["x"],"folder":null}'],
		["a number for a choice", '{"format":1,"choices":{"seed":7},"folder":null}'],
		["no folder", '{"format":1,"choices":{}}'],
		["choices of one stage that are a text", '{"format":1,"choices":{},"stageChoices":{"demo":"x","live":{}},"folder":null}'],
		["choices of one stage only", '{"format":1,"choices":{},"stageChoices":{"demo":{}},"folder":null}'],
		["a folder that is a number", '{"format":1,"choices":{},"folder":1}'],
		["a text longer than anybody types", `{"format":1,"choices":{"seed":"${"7".repeat(5000)}"},"folder":null}`],
	])("that are damaged (%s) are not used, and it is said", (_, text) => {
		const { preferences, problem } = loadPreferences(withFile(text), yes);
		expect(preferences).toEqual(NO_PREFERENCES);
		expect(problem).toMatch(/^The last choices are not used: .*preferences\.json is damaged\./);
	});

	it("that others may change are not used", () => {
		const home = withFile('{"format":1,"choices":{"seed":"7"},"folder":null}');
		chmodSync(join(home.root, "preferences.json"), 0o666);
		expect(loadPreferences(home, yes)).toMatchObject({ preferences: NO_PREFERENCES, problem: expect.stringMatching(/mode 666.*chmod 600/) });
	});

	it("that are a link are not used", () => {
		const home = newHome();
		mkdirSync(home.root, { mode: 0o700 });
		symlinkSync("/dev/zero", join(home.root, "preferences.json"));
		expect(loadPreferences(home, yes)).toMatchObject({ preferences: NO_PREFERENCES, problem: expect.stringMatching(/symbolic link/) });
	});

	it("lose single choices that do not fit any more, by name and cleaned", () => {
		const home = withFile(JSON.stringify({ format: 1, choices: { seed: "7", agent: "gone", "\u001b]0;x\u0007": "1" }, folder: "/data" }));
		const { preferences, problem } = loadPreferences(home, (key, text) => key === "seed" && text === "7");
		expect(preferences).toEqual({ choices: { seed: "7" }, stageChoices: { demo: {}, live: {} }, folder: "/data" });
		expect(problem).toBe("Last choices that do not fit any more were left out: agent, �.");
	});

	it("that cannot be written say why", () => {
		const home = homeAt({ KINETRA_HOME: "/dev/null/home" });
		expect(storePreferences(home, NO_PREFERENCES)).toMatch(/^The choices could not be kept in \/dev\/null\/home\/preferences\.json: .*\(ENOTDIR\)/);
	});
});
