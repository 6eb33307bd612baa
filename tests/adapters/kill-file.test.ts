import { mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Home, homeAt } from "../../src/adapters/home.ts";
import { clearKill, killFile, noteKill, readKill, writeKill } from "../../src/adapters/kill-file.ts";

function freshHome(): Home {
	return homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-kill-")), "home") });
}

function homeWith(put: (path: string) => void): Home {
	const home = freshHome();
	mkdirSync(home.root, { mode: 0o700 });
	put(killFile(home));
	return home;
}

describe("the kill file", () => {
	it("is not there in a home that is new or does not exist, and lifting nothing says so", () => {
		const home = freshHome();
		expect(readKill(home)).toBeNull();
		expect(clearKill(home)).toBe(false);
	});

	it("is written privately, also into a home that does not exist yet, and says what it was told until it is lifted", () => {
		const home = freshHome();
		writeKill(home, { at: 5, reason: "it \u001b[31mburns", flatten: false });
		expect(readKill(home)).toEqual({ at: 5, reason: "it \u{FFFD}burns", flatten: false });
		if (process.platform !== "win32") expect(statSync(killFile(home)).mode & 0o777).toBe(0o600);
		expect(clearKill(home)).toBe(true);
		expect(readKill(home)).toBeNull();
	});

	it("keeps the first kill, unless a later one closes more", () => {
		const home = freshHome();
		writeKill(home, { at: 1, reason: "first", flatten: false });
		writeKill(home, { at: 2, reason: "second", flatten: false });
		expect(readKill(home)).toEqual({ at: 1, reason: "first", flatten: false });
		writeKill(home, { at: 3, reason: "third", flatten: true });
		writeKill(home, { at: 4, reason: "fourth", flatten: false });
		expect(readKill(home)).toEqual({ at: 3, reason: "third", flatten: true });
	});

	it.each<[string, (path: string) => void, RegExp, boolean]>([
		["empty, made with touch", (path) => writeFileSync(path, ""), /^kill file made by hand$/, false],
		["a word by hand", (path) => writeFileSync(path, "flatten\n"), /made by hand: flatten/, true],
		["words by hand", (path) => writeFileSync(path, "do not flatten"), /made by hand: do not flatten/, false],
		["half a line", (path) => writeFileSync(path, '{"format":1,"at":17'), /made by hand/, false],
		["JSON that is no object", (path) => writeFileSync(path, "null"), /made by hand: null/, false],
		["an object without reason", (path) => writeFileSync(path, "{}"), /^kill file$/, false],
		["very long", (path) => writeFileSync(path, "x".repeat(100_000)), /made by hand: x+/, false],
		["readable by everybody", (path) => writeFileSync(path, "stop", { mode: 0o666 }), /made by hand: stop/, false],
		["a folder", (path) => mkdirSync(path), /cannot be read/, false],
		["a link to nowhere", (path) => symlinkSync("/nowhere/at/all", path), /cannot be read/, false],
	])("kills also when it is %s", (_name, put, reason, flatten) => {
		const found = readKill(homeWith(put));
		expect(found).toMatchObject({ at: null, flatten });
		expect(found?.reason).toMatch(reason);
		expect(found?.reason.length).toBeLessThanOrEqual(200);
	});

	it("leaves a record of kills and releases, and none stops over a record that cannot be kept", () => {
		const home = freshHome();
		noteKill(home, { at: 0, what: "kill", reason: "no folder yet" });
		mkdirSync(home.root, { mode: 0o700 });
		noteKill(home, { at: 0, what: "kill --flatten", reason: "a" });
		noteKill(home, { at: 1000, what: "release", reason: "b" });
		const lines = readFileSync(join(home.root, "kills.jsonl"), "utf8").trim().split("\n");
		expect(lines.map((line) => JSON.parse(line))).toEqual([
			{ wall: "1970-01-01T00:00:00.000Z", what: "kill --flatten", reason: "a" },
			{ wall: "1970-01-01T00:00:01.000Z", what: "release", reason: "b" },
		]);
	});
});
