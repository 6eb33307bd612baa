import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkOf } from "../../../../src/adapters/agent/onnx/network-of.ts";
import { readOnnx } from "../../../../src/adapters/agent/onnx/read.ts";
import { ModelRefused } from "../../../../src/adapters/agent/onnx/refused.ts";
import { checkNetwork } from "../../../../src/engine/network/network.ts";
import { brokenModels, draftModel, modelBytes } from "../../../helpers/broken-models.ts";

/** What comes of bytes: null = a sound model; else the message. Anything thrown but `ModelRefused` fails the test. */
function refusal(bytes: Uint8Array): string | null {
	try {
		const network = networkOf(readOnnx(bytes));
		if (network !== null) checkNetwork(network);
		return null;
	} catch (error) {
		if (!(error instanceof ModelRefused)) throw error;
		return error.message;
	}
}

describe("broken models", () => {
	it("takes the model that they are all made from", () => {
		expect(refusal(modelBytes(draftModel()))).toBeNull();
	});

	it.each(brokenModels())("refuses $name and says so", ({ bytes, says }) => {
		const message = refusal(bytes);
		expect(message).toMatch(says);
		expect(message).toMatch(/^The model/);
		expect(message?.length).toBeLessThan(400);
	});

	it("refuses a model that is cut off at any byte", () => {
		const bytes = modelBytes(draftModel());
		const taken = Array.from({ length: bytes.length }, (_, length) => length).filter((length) => refusal(bytes.subarray(0, length)) === null);
		expect(taken).toEqual([]);
	});

	it("never does anything but refuse or take what has been changed at random", () => {
		const sound = modelBytes(draftModel());
		const change = fc.record({ at: fc.nat(sound.length - 1), to: fc.integer({ min: 0, max: 255 }) });
		fc.assert(
			fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
				const bytes = Uint8Array.from(sound);
				for (const { at, to } of changes) bytes[at] = to;
				const message = refusal(bytes);
				expect(message === null || message.length < 400).toBe(true);
			}),
			{ numRuns: 3_000 },
		);
	});

	it("never does anything but refuse bytes of any kind", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				expect(refusal(bytes)).not.toBeNull();
			}),
			{ numRuns: 3_000 },
		);
	});
});
