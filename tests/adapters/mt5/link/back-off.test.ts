import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBackOff } from "../../../../src/adapters/mt5/link/back-off.ts";

describe("the pauses between tries", () => {
	it("begin with half a second and stay between that and 30 s, whatever chance gives", () => {
		fc.assert(
			fc.property(fc.array(fc.double({ min: 0, max: 0.999_999, noNaN: true }), { minLength: 1, maxLength: 60 }), (chances) => {
				let at = 0;
				const backOff = createBackOff(() => chances[at++ % chances.length] ?? 0);
				expect(backOff.next()).toBe(500);
				for (let n = 0; n < 50; n++) {
					const pause = backOff.next();
					expect(pause).toBeGreaterThanOrEqual(500);
					expect(pause).toBeLessThanOrEqual(30_000);
				}
			}),
		);
	});

	it("grow to the longest when nobody answers", () => {
		const backOff = createBackOff(() => 0.9);
		const pauses = Array.from({ length: 12 }, () => backOff.next());
		expect(pauses.slice(-3)).toEqual([30_000, 30_000, 30_000]);
		expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
	});

	it("do not begin anew for a link that comes and goes, only for one that held", () => {
		const backOff = createBackOff(() => 0.9);
		for (let n = 0; n < 12; n++) {
			backOff.next();
			backOff.wasUp(200);
		}
		expect(backOff.next()).toBe(30_000);
		backOff.wasUp(9_999);
		expect(backOff.next()).toBe(30_000);
		backOff.wasUp(10_000);
		expect(backOff.next()).toBe(500);
	});

	it("differ between two cockpits that lost the same bridge", () => {
		const one = createBackOff(() => 0.2);
		const two = createBackOff(() => 0.8);
		one.next();
		two.next();
		expect(one.next()).not.toBe(two.next());
	});
});
