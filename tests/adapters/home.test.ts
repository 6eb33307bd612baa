import { chmodSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { homeAt, prepareHome, readPrivateFile, writePrivateFile } from "../../src/adapters/home.ts";

const umask = process.umask();
afterEach(() => {
	process.umask(umask);
});

function fresh(): string {
	return mkdtempSync(join(tmpdir(), "kinetra-home-"));
}

function modeOf(path: string): number {
	return statSync(path).mode & 0o777;
}

describe("the home", () => {
	it("is KINETRA_HOME, or the platform's data folder", () => {
		expect(homeAt({ KINETRA_HOME: "/x/y" }).sessions).toBe("/x/y/sessions");
		expect(homeAt({ KINETRA_HOME: "  " }).root).toMatch(/kinetra/i);
		expect(homeAt({}).root).toMatch(/kinetra/i);
	});

	it.each([[0o000], [0o022], [0o077]])("is made with folders 0700 and files 0600 under umask %i", (mask) => {
		process.umask(mask);
		const home = homeAt({ KINETRA_HOME: join(fresh(), "deep", "home") });
		prepareHome(home);
		writePrivateFile(join(home.runs, "a.json"), "{}");
		expect([home.root, home.sessions, home.agents, home.runs].map(modeOf)).toEqual([0o700, 0o700, 0o700, 0o700]);
		expect(modeOf(join(home.runs, "a.json"))).toBe(0o600);
	});

	it("closes an empty folder that others may enter, for it was made for us", () => {
		const root = fresh();
		chmodSync(root, 0o755);
		prepareHome(homeAt({ KINETRA_HOME: root }));
		expect(modeOf(root)).toBe(0o700);
	});

	it("refuses a used folder that others may enter, and says how to repair it", () => {
		const root = fresh();
		const home = homeAt({ KINETRA_HOME: root });
		prepareHome(home);
		chmodSync(root, 0o750);
		expect(() => prepareHome(home)).toThrow(`(mode 750), so what is in it cannot be trusted or kept private. Repair it with: chmod 700 ${root}`);
		chmodSync(root, 0o700);
		chmodSync(home.agents, 0o701);
		expect(() => prepareHome(home)).toThrow(`chmod 700 ${home.agents}`);
	});

	it("refuses a file in its place", () => {
		const root = join(fresh(), "file");
		writeFileSync(root, "");
		expect(() => prepareHome(homeAt({ KINETRA_HOME: root }))).toThrow(/cannot be used: a part of the path is a file, not a folder \(ENOTDIR\)/);
		expect(() => prepareHome(homeAt({ KINETRA_HOME: join(root, "below") }))).toThrow(/a part of the path is a file, not a folder \(ENOTDIR\).*KINETRA_HOME=/);
	});
});

it.runIf(process.platform === "linux")("a home where no folder can be made is refused at once", () => {
	expect(() => prepareHome(homeAt({ KINETRA_HOME: "/proc/kinetra" }))).toThrow(/no such file or folder \(ENOENT\).*name another folder with KINETRA_HOME=/);
	expect(() => prepareHome(homeAt({ KINETRA_HOME: "/dev/null/kinetra" }))).toThrow(/a part of the path is a file/);
});

describe("a private file", () => {
	it("is replaced in one step and leaves nothing else behind", () => {
		const folder = fresh();
		const path = join(folder, "a.json");
		writePrivateFile(path, "one");
		writePrivateFile(path, "two é");
		expect(readPrivateFile(path)).toBe("two é");
		expect(readdirSync(folder)).toEqual(["a.json"]);
	});

	it("keeps the old content and no leftovers when it cannot be written", () => {
		const folder = fresh();
		mkdirSync(join(folder, "taken"));
		expect(() => writePrivateFile(join(folder, "taken"), "x")).toThrow();
		expect(readdirSync(folder)).toEqual(["taken"]);
	});

	it("that is missing is null", () => {
		expect(readPrivateFile(join(fresh(), "none"))).toBeNull();
	});

	it.each<[string, (path: string, folder: string) => void, RegExp]>([
		["readable by others", (path) => chmodSync(path, 0o644), /mode 644\)\. If nobody did, repair it with: chmod 600/],
		["writable by the group", (path) => chmodSync(path, 0o620), /mode 620/],
		["with a second name", (path, folder) => linkSync(path, join(folder, "other")), /second name \(hard link\)/],
	])("%s is refused", (_, spoil, message) => {
		const folder = fresh();
		const path = join(folder, "a.json");
		writePrivateFile(path, "{}");
		spoil(path, folder);
		expect(() => readPrivateFile(path)).toThrow(message);
		expect(readFileSync(path, "utf8")).toBe("{}");
	});

	it("behind a symbolic link, or a folder, is refused", () => {
		const folder = fresh();
		writePrivateFile(join(folder, "real"), "{}");
		symlinkSync(join(folder, "real"), join(folder, "link"));
		expect(() => readPrivateFile(join(folder, "link"))).toThrow(/is a symbolic link/);
		expect(() => readPrivateFile(folder)).toThrow(/is not an ordinary file/);
	});
});
