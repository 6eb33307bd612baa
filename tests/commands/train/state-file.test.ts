import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readState, writeState } from "../../../src/commands/train/state-file.ts";
import { trainingFolder } from "../../helpers/training.ts";

const folder = trainingFolder();
const STATE = { a: 1.1, list: [1, null, "ü"], deep: { weights: Float32Array.of(1.5, -0, 3e-40, 3.4e38), none: new Float32Array(0) }, more: Float32Array.of(7) };

describe("state file", () => {
	it("gives back what was written, to the bit", () => {
		const path = join(folder, "whole");
		writeState(path, STATE);
		expect(readState(path)).toEqual(STATE);
		expect(Object.is((readState(path) as typeof STATE).deep.weights[1], -0)).toBe(true);
	});

	it("is the same file for the same state", () => {
		writeState(join(folder, "one"), STATE);
		writeState(join(folder, "two"), STATE);
		expect(readFileSync(join(folder, "one")).equals(readFileSync(join(folder, "two")))).toBe(true);
	});

	it("refuses a file that is damaged at any place, cut, or something else", () => {
		const path = join(folder, "damaged");
		writeState(path, STATE);
		const bytes = readFileSync(path);
		for (let at = 0; at < bytes.length; at++) {
			const broken = Buffer.from(bytes);
			broken[at] = (broken[at] as number) ^ 1;
			writeFileSync(path, broken);
			expect(() => readState(path), `byte ${at}`).toThrow(/checkpoint .* cannot be/);
		}
		for (const cut of [0, 10, 100, bytes.length - 1]) {
			writeFileSync(path, bytes.subarray(0, cut));
			expect(() => readState(path), `cut at ${cut}`).toThrow(/cannot be/);
		}
	});

	it("says where nothing can be written or read", () => {
		expect(() => writeState(join(folder, "not", "there"), STATE)).toThrow(/cannot be written: .*--resume/s);
		expect(() => readState(join(folder, "nothing"))).toThrow(/cannot be read/);
	});
});
