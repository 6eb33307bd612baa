import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtInPolicies, builtInPolicy } from "../../../src/adapters/agent/built-in.ts";
import { builtInPolicyNames } from "../../../src/adapters/agent/built-in-names.ts";
import { EXIT, Failure } from "../../../src/adapters/failure.ts";
import { temporaryFolder, writeTiny } from "../../helpers/policy.ts";

let place: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
	place = temporaryFolder();
});
afterEach(() => place.remove());

describe("the policies that ship with Kinetra", () => {
	it("are all sound, and called as their folders are", () => {
		expect(builtInPolicies().map(({ policy }) => policy.manifest.name)).toEqual(builtInPolicyNames());
	});

	it("are the folders with a policy's name, none where there is no such folder", () => {
		writeTiny(place.folder);
		writeTiny(place.folder, { name: "again" }, "again");
		writeFileSync(join(place.folder, "readme"), "x");
		mkdirSync(join(place.folder, "Not-One"));
		expect(builtInPolicyNames(place.folder)).toEqual(["again", "tiny"]);
		expect(builtInPolicies(place.folder).map(({ policy }) => policy.manifest.name)).toEqual(["again", "tiny"]);
		expect(builtInPolicyNames(join(place.folder, "nowhere"))).toEqual([]);
	});

	it("may be hard links, as package managers make them", () => {
		const folder = writeTiny(place.folder);
		linkSync(join(folder, "policy.onnx"), join(place.folder, "other"));
		expect(builtInPolicy("tiny", place.folder).policy.manifest.name).toBe("tiny");
	});

	it.each<readonly [string, (folder: string) => void, RegExp]>([
		[
			"is gone in part",
			(folder) => rmSync(join(folder, "policy.onnx")),
			/^Kinetra's own policy tiny is damaged: .* has no policy\.onnx.* Install Kinetra again\.$/,
		],
		[
			"has another name",
			(folder) => {
				rmSync(folder, { recursive: true });
				writeTiny(place.folder, { name: "other" }, "tiny");
			},
			/is damaged: its manifest names it other\. Install Kinetra again\.$/,
		],
	])("are refused as damage of the installation when one %s", (_what, spoil, expected) => {
		spoil(writeTiny(place.folder));
		try {
			builtInPolicy("tiny", place.folder);
			expect.unreachable();
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			expect(error.exitCode).toBe(EXIT.data);
			expect(error.message).toMatch(expected);
		}
	});
});
