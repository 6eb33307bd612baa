import { execFileSync } from "node:child_process";
import { appendFileSync, renameSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPolicyFolder } from "../../../src/adapters/agent/policy-folder.ts";
import { Failure } from "../../../src/adapters/failure.ts";
import { temporaryFolder, writeTiny } from "../../helpers/policy.ts";

/** What somebody does to the files between our own steps: after a file was looked at, and after it was opened. */
const { hooks } = vi.hoisted(() => ({ hooks: { looked: (_path: string): void => {}, opened: (): void => {} } }));

vi.mock("node:fs", async (original) => {
	const fs = await original<typeof import("node:fs")>();
	return {
		...fs,
		lstatSync: (path: string, options?: object) => {
			const found = fs.lstatSync(path, options);
			hooks.looked(path);
			return found;
		},
		fstatSync: (fd: number) => {
			const found = fs.fstatSync(fd);
			hooks.opened();
			return found;
		},
	};
});

let place: ReturnType<typeof temporaryFolder>;
let model: string;
let folder: string;

beforeEach(() => {
	place = temporaryFolder();
	folder = writeTiny(place.folder);
	model = join(folder, "policy.onnx");
});
afterEach(() => {
	hooks.looked = () => {};
	hooks.opened = () => {};
	place.remove();
});

function once(work: () => void): () => void {
	let isDone = false;
	return () => {
		if (isDone) return;
		isDone = true;
		work();
	};
}

/** Does `work` once, right after the model's file was looked at. */
function afterTheLook(work: () => void): void {
	const act = once(work);
	hooks.looked = (path) => {
		if (basename(path) === "policy.onnx") act();
	};
}

describe("a policy's file that is swapped while it is read (S-17)", () => {
	it("for a link is not followed", () => {
		afterTheLook(() => {
			renameSync(model, join(place.folder, "elsewhere.onnx"));
			symlinkSync(join(place.folder, "elsewhere.onnx"), model);
		});
		expect(() => readPolicyFolder(folder)).toThrow(/policy\.onnx cannot be read/);
	});

	it.skipIf(process.platform === "win32")("for a pipe is refused without waiting for anybody to write", () => {
		afterTheLook(() => {
			rmSync(model);
			execFileSync("sh", ["-c", `mkfifo "${model}"`]);
		});
		expect(() => readPolicyFolder(folder)).toThrow(/policy\.onnx is not an ordinary file/);
	});

	it("for a huge one is refused by its size when it is open", () => {
		afterTheLook(() => truncateSync(model, 2 ** 40));
		expect(() => readPolicyFolder(folder)).toThrow(/policy\.onnx is too large \(1099511627776 bytes/);
	});

	it("with its whole folder that goes away is refused in words", () => {
		const act = once(() => rmSync(folder, { recursive: true }));
		hooks.looked = (path) => {
			if (path === folder) act();
		};
		const refusal = (): unknown => readPolicyFolder(folder);
		expect(refusal).toThrow(Failure);
		expect(refusal).toThrow(/tiny is not there/);
	});

	it.each<[string, () => void]>([
		["grows", () => appendFileSync(model, "x")],
		["shrinks", () => truncateSync(model, 10)],
	])("that %s is refused", (_what, change) => {
		// The manifest comes first.
		let files = 0;
		hooks.opened = () => {
			if (++files === 2) change();
		};
		expect(() => readPolicyFolder(folder)).toThrow(/policy\.onnx changed while it was read/);
	});

	it("behind our back after it was read does not matter: what was hashed is what is used", () => {
		const before = readPolicyFolder(folder);
		let files = 0;
		hooks.opened = () => {
			// The model has been read when nothing more is opened; the manifest, which was read before it, is swapped then.
			if (++files === 2) appendFileSync(join(folder, "manifest.json"), "broken");
		};
		expect(readPolicyFolder(folder).policy).toEqual(before.policy);
	});
});
