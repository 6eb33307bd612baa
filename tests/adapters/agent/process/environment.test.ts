import { chmodSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentOfProgram } from "../../../../src/adapters/agent/process/environment.ts";
import { findProgram } from "../../../../src/adapters/agent/process/find-program.ts";

describe("the environment of a program", () => {
	it.each(["PATH", "Path", "HOME", "LC_ALL", "PYTHONPATH", "CONDA_PREFIX", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "SystemRoot", "TZ"])("has %s", (name) => {
		expect(environmentOfProgram({ [name]: "value" })).toEqual({ [name]: "value", PYTHONUNBUFFERED: "1", PYTHONIOENCODING: "utf-8" });
	});

	it.each([
		["a variable of Kinetra", "KINETRA_HOME", "x"],
		["one in other letters", "Kinetra_Bridge", "x"],
		["what nobody knows to be harmless", "DATABASE_URL", "x"],
		["a token of something that is known", "NODE_AUTH_TOKEN", "x"],
		["a password", "PYTHON_PASSWORD", "x"],
		["a key", "CONDA_API_KEY", "x"],
		["an address with a login", "UV_INDEX_URL", "https://me:secret@host/simple"],
		["an agent that hands out keys", "SSH_AUTH_SOCK", "/tmp/socket"],
	])("does not have %s", (_what, name, value) => {
		expect(Object.keys(environmentOfProgram({ [name]: value }))).not.toContain(name);
	});

	it("writes each line at once, whatever is set", () => {
		expect(environmentOfProgram({ PYTHONUNBUFFERED: "" })).toMatchObject({ PYTHONUNBUFFERED: "1" });
	});
});

describe("where a program is found", () => {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), "kinetra-find-")));
	const made = (...names: string[]): void => {
		for (const name of names) {
			writeFileSync(join(folder, name), "");
			chmodSync(join(folder, name), 0o755);
		}
	};
	made("agent", "tool.exe", "batch.cmd", "bare");
	writeFileSync(join(folder, "text"), "");
	mkdirSync(join(folder, "folder"));
	const env = { PATH: ["relative", "/nowhere", folder].join(delimiter) };

	it.skipIf(process.platform === "win32").each<[string, string, NodeJS.Platform, string | null]>([
		["by its name", "agent", "linux", "agent"],
		["by its path", "./agent", "linux", "agent"],
		["not when it may not be run", "text", "linux", null],
		["not when it is a folder", "./folder", "linux", null],
		["not without its ending", "tool", "linux", null],
		["without its ending on Windows", "tool", "win32", "tool.exe"],
		["with its ending on Windows", "tool.exe", "win32", "tool.exe"],
		["not as a batch file on Windows, which only a shell starts", "batch", "win32", null],
		["nor when it is named in full", "batch.cmd", "win32", null],
		["not without any ending on Windows", "./bare", "win32", null],
	])("%s", (_how, word, platform, found) => {
		if (found === null) expect(() => findProgram(word, env, folder, platform)).toThrow(platform === "win32" ? /name the \.exe/ : /is no program|no program/);
		else expect(findProgram(word, env, folder, platform)).toBe(join(folder, found));
	});

	it("not in a folder of PATH that depends on where Kinetra is started", () => {
		const before = process.cwd();
		process.chdir(join(folder, ".."));
		try {
			expect(() => findProgram("agent", { PATH: folder.slice(folder.lastIndexOf("/") + 1) }, folder)).toThrow(/is on the PATH/);
		} finally {
			process.chdir(before);
		}
	});
});
