import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { homeAt } from "../../src/adapters/home.ts";
import { wrongWords } from "../../src/adapters/wrong-words.ts";

describe("the file of wrong words", () => {
	const newHome = () => homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-words-")), "home") });

	it("keeps count and lock, readable by its owner alone", () => {
		const home = newHome();
		expect(wrongWords(home).read()).toEqual({ count: 0, lockedUntilMs: null });
		wrongWords(home).write(2, 5);
		expect(wrongWords(home).read()).toEqual({ count: 2, lockedUntilMs: 5 });
		expect(statSync(join(home.root, "wrong-words.json")).mode & 0o777).toBe(0o600);
		expect(readFileSync(join(home.root, "wrong-words.json"), "utf8")).not.toMatch(/DEMO|LIVE/);
	});

	it.each(["", "nonsense", "null", "{}", '{"count":-1,"lockedUntilMs":null}', '{"count":0,"lockedUntilMs":"soon"}', '{"count":1e400,"lockedUntilMs":null}'])(
		"counts as two wrong words when it holds %j",
		(text) => {
			const home = newHome();
			wrongWords(home).write(0, null);
			writeFileSync(join(home.root, "wrong-words.json"), text);
			expect(wrongWords(home).read()).toEqual({ count: 2, lockedUntilMs: null });
		},
	);

	it("counts as two wrong words when others could have changed it", () => {
		const home = newHome();
		wrongWords(home).write(0, null);
		chmodSync(join(home.root, "wrong-words.json"), 0o666);
		expect(wrongWords(home).read().count).toBe(2);
	});
});
