import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PolicyFiles, policyHash, readPolicyFiles } from "../../../src/adapters/agent/policy-files.ts";
import { EXIT, Failure } from "../../../src/adapters/failure.ts";
import { temporaryFolder } from "../../helpers/policy.ts";

let place: ReturnType<typeof temporaryFolder>;
let folder: string;

beforeEach(() => {
	place = temporaryFolder();
	folder = join(place.folder, "mine");
	mkdirSync(folder);
	writeFileSync(join(folder, "manifest.json"), "{}");
	writeFileSync(join(folder, "policy.onnx"), "network");
});
afterEach(() => place.remove());

function messageOf(path: string): string {
	try {
		readPolicyFiles(path, { hardLinks: "refuse" });
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		expect(error.exitCode).toBe(EXIT.usage);
		expect(error.message).toMatch(/\.$|\)$/);
		return error.message;
	}
	return "read";
}

const hex = (text: string): string => hash("sha256", text, "hex");
const POSIX = process.platform !== "win32";

describe("the files of a policy", () => {
	it("are read whole, and known by a hash that sha256sum gives too", () => {
		writeFileSync(join(folder, "README.md"), "for people");
		const { files } = readPolicyFiles(`${folder}/`, { hardLinks: "refuse" });
		expect([...files.keys()].sort()).toEqual(["README.md", "manifest.json", "policy.onnx"]);
		const lines = `${hex("for people")}  README.md\n${hex("{}")}  manifest.json\n${hex("network")}  policy.onnx\n`;
		expect(policyHash(files)).toBe(hex(lines));
		if (process.platform !== "linux") return;
		const shell = execFileSync("sh", ["-c", "LC_ALL=C sha256sum * | sha256sum"], { cwd: folder, encoding: "utf8" });
		expect(shell.slice(0, 64)).toBe(policyHash(files));
	});

	it("have the same hash in a folder, and as a file with its manifest beside it", () => {
		const whole = policyHash(readPolicyFiles(folder, { hardLinks: "refuse" }).files);
		const alone = join(place.folder, "alone");
		mkdirSync(alone);
		writeFileSync(join(alone, "Best 3.onnx"), "network");
		writeFileSync(join(alone, "manifest.json"), "{}");
		writeFileSync(join(alone, "notes.txt"), "nothing of the policy");
		expect(policyHash(readPolicyFiles(join(alone, "Best 3.onnx"), { hardLinks: "refuse" }).files)).toBe(whole);
		writeFileSync(join(alone, "Best 3.json"), "{ }");
		expect(policyHash(readPolicyFiles(join(alone, "Best 3.onnx"), { hardLinks: "refuse" }).files)).not.toBe(whole);
	});

	it.each<readonly [string, () => void, RegExp]>([
		["is not there", () => rmSync(folder, { recursive: true }), /is not there\. Check the path\.$/],
		[
			"holds something else",
			() => writeFileSync(join(folder, "policy.onnx.data"), "weights"),
			/policy\.onnx\.data does not belong to a policy.*without external data/,
		],
		["holds a hidden file", () => writeFileSync(join(folder, ".DS_Store"), "x"), /\.DS_Store does not belong/],
		["holds a file called as every object's own", () => writeFileSync(join(folder, "constructor"), "x"), /constructor does not belong/],
		["has an empty file", () => truncateSync(join(folder, "policy.onnx")), /policy\.onnx is empty\.$/],
		["has a huge manifest", () => truncateSync(join(folder, "manifest.json"), 1_048_577), /manifest\.json is too large \(1048577 bytes; at most 1048576\)\.$/],
		["has a huge network", () => truncateSync(join(folder, "policy.onnx"), 1e9), /policy\.onnx is too large \(1000000000 bytes/],
		["holds folders inside folders", () => mkdirSync(join(folder, "a", "b"), { recursive: true }), /b does not belong/],
		["holds four folders", () => ["a", "b", "c", "d"].map((name) => mkdirSync(join(folder, name))), /holds more than 3 folders/],
	])("are refused when the folder %s", (_what, spoil, expected) => {
		spoil();
		expect(messageOf(folder)).toMatch(expected);
	});

	it.runIf(POSIX).each<readonly [string, () => string, RegExp]>([
		[
			"a link to a folder",
			() => {
				symlinkSync(folder, join(place.folder, "link"));
				return join(place.folder, "link");
			},
			/link is a symbolic link\. Name the folder or file itself\.$/,
		],
		[
			"a link to a folder, with a slash behind it",
			() => {
				symlinkSync(folder, join(place.folder, "link"));
				return `${join(place.folder, "link")}/`;
			},
			/link is a symbolic link/,
		],
		[
			"a network that is a link",
			() => {
				rmSync(join(folder, "policy.onnx"));
				symlinkSync("/etc/hostname", join(folder, "policy.onnx"));
				return folder;
			},
			/policy\.onnx is a symbolic link\. Put the file itself there\.$/,
		],
		[
			"a member that is a link",
			() => {
				symlinkSync(place.folder, join(folder, "member"));
				return folder;
			},
			/member does not belong/,
		],
		[
			"a network with a second name",
			() => {
				linkSync(join(folder, "policy.onnx"), join(place.folder, "other"));
				return folder;
			},
			/policy\.onnx has a second name \(hard link\)/,
		],
		[
			"a pipe",
			() => {
				rmSync(join(folder, "policy.onnx"));
				execFileSync("sh", ["-c", "mkfifo policy.onnx"], { cwd: folder });
				return folder;
			},
			/policy\.onnx is not an ordinary file\.$/,
		],
		["a device", () => "/dev/zero", /neither a folder nor an ordinary file/],
		[
			"a manifest that is a folder",
			() => {
				rmSync(join(folder, "manifest.json"));
				mkdirSync(join(folder, "manifest.json"));
				return folder;
			},
			/manifest\.json is not an ordinary file/,
		],
		[
			"an .onnx file without a manifest",
			() => {
				rmSync(join(folder, "manifest.json"));
				return join(folder, "policy.onnx");
			},
			/has no manifest: there is neither policy\.json nor manifest\.json beside it/,
		],
		["another file", () => join(folder, "manifest.json"), /is a file, but no \.onnx file/],
		["a path with a null character", () => "a\0b/", /cannot be used/],
	])("are refused for %s", (_what, make, expected) => {
		expect(messageOf(make())).toMatch(expected);
	});

	it.runIf(POSIX && process.getuid?.() !== 0)("are refused when they may not be read", () => {
		chmodSync(join(folder, "policy.onnx"), 0);
		expect(messageOf(folder)).toMatch(/policy\.onnx cannot be read: permission denied \(EACCES\)\.$/);
	});

	it("may have a second name where a package manager put them", () => {
		linkSync(join(folder, "policy.onnx"), join(place.folder, "other"));
		expect(readPolicyFiles(folder, { hardLinks: "allow" }).files.size).toBe(2);
	});

	it("have another hash when any byte, any name or the number of them differs, and the same in any order", () => {
		const names = fc.constantFrom("manifest.json", "policy.onnx", "README.md", "a/manifest.json", "a/policy.onnx", "b/policy.onnx");
		const files = fc.uniqueArray(fc.tuple(names, fc.uint8Array({ maxLength: 40 })), { selector: ([name]) => name, minLength: 1 });
		const filesOf = (rows: readonly (readonly [string, Uint8Array])[]): PolicyFiles => new Map(rows);
		const shown = (some: PolicyFiles): string => JSON.stringify([...some].map(([name, bytes]) => [name, [...bytes]]).sort());
		fc.assert(
			fc.property(files, files, (one, other) => {
				const [a, b] = [filesOf(one), filesOf(other)];
				expect(policyHash(a) === policyHash(b)).toBe(shown(a) === shown(b));
				expect(policyHash(filesOf([...one].reverse()))).toBe(policyHash(a));
				const renamed = filesOf(one.map(([name, bytes], index) => [index === 0 ? `${name}x` : name, bytes]));
				expect(policyHash(renamed)).not.toBe(policyHash(a));
			}),
		);
	});
});
