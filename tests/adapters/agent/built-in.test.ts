import { linkSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtInPolicy } from "../../../src/adapters/agent/built-in.ts";
import { BUILT_IN_POLICIES, builtInFolder } from "../../../src/adapters/agent/built-in-names.ts";
import { EXIT, Failure } from "../../../src/adapters/failure.ts";
import { temporaryFolder, writeTiny } from "../../helpers/policy.ts";

let place: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
	place = temporaryFolder();
});
afterEach(() => place.remove());

describe("the policies that ship with Kinetra", () => {
	it.each(BUILT_IN_POLICIES)("hold a sound %s", (name) => {
		expect(builtInPolicy(name).policy.manifest.name).toBe(name);
	});

	it("are the folders that there are, no more and no less", () => {
		expect(readdirSync(dirname(builtInFolder("ppo"))).sort()).toEqual(BUILT_IN_POLICIES);
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
			/^Kinetra's own policy tiny is damaged: .* has no policy\.onnx.* Install Kinetra again; until then name another agent, such as --agent sma\.$/,
		],
		[
			"is gone",
			(folder) => rmSync(folder, { recursive: true }),
			/^Kinetra's own policy tiny is damaged: .* is not there\. .* Install Kinetra again; until then name another agent, such as --agent sma\.$/,
		],
		[
			"has another name",
			(folder) => {
				rmSync(folder, { recursive: true });
				writeTiny(place.folder, { name: "other" }, "tiny");
			},
			/is damaged: its manifest names it other\. Install Kinetra again; until then name another agent, such as --agent sma\.$/,
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
