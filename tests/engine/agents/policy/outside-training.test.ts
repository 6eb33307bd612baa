import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOutsideCheck } from "../../../../src/engine/agents/policy/outside-training.ts";
import { tinyPolicy } from "../../../helpers/policy.ts";
import { viewOf } from "../../../helpers/policy-view.ts";

/** Features velocityAtr, momentum, positionSide; the last is not judged. */
const { manifest } = tinyPolicy({ distribution: [[-2, -2, -2, -1, 0, 1, 6, 6, 6], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5], null] });
const INSIDE = { velocityAtr: 0, momentum: 0.5, positionSide: 0 };

function found(fields: Readonly<Record<string, number>>, margin = 0.25): string {
	const note = createOutsideCheck(manifest, margin)(viewOf({ fields: { ...INSIDE, ...fields } }).observation);
	return note === null ? "inside" : `${note.feature} ${note.value} not in ${note.low}..${note.high}, ${note.others} others`;
}

describe("the outside check", () => {
	// The range in training is 8: a quarter of it is 2.
	it.each([
		["in the middle", {}, 0.25, "inside"],
		["at the upper bound", { velocityAtr: 8 }, 0.25, "inside"],
		["at the lower bound", { velocityAtr: -4 }, 0.25, "inside"],
		["just above", { velocityAtr: 8.001 }, 0.25, "velocityAtr 8.001 not in -4..8, 0 others"],
		["just below", { velocityAtr: -4.001 }, 0.25, "velocityAtr -4.001 not in -4..8, 0 others"],
		["without a margin", { velocityAtr: 6.1 }, 0, "velocityAtr 6.1 not in -2..6, 0 others"],
		["with a wide one", { velocityAtr: 20 }, 10, "inside"],
		["a feature that never changed in training", { momentum: 0.51 }, 10, "momentum 0.51 not in 0.5..0.5, 0 others"],
		["two: the farther one is told", { velocityAtr: 10, momentum: 0.6 }, 0.25, "momentum 0.6 not in 0.5..0.5, 1 others"],
		["what is not judged", { positionSide: 1 }, 0, "inside"],
		["what the policy does not read", { spreadAtr: 19 }, 0, "inside"],
	])("%s", (_what, fields, margin, wanted) => {
		expect(found(fields, margin)).toBe(wanted);
	});

	it("judges by the lowest and highest of training, not by the quantiles next to them, and tells the first of two as far", () => {
		const { manifest: wide } = tinyPolicy({ distribution: [[-9, -2, -2, -1, 0, 1, 2, 2, 7], [-0.9, -0.5, -0.2, 0, 0, 0, 0.2, 0.5, 0.7], null] });
		const check = createOutsideCheck(wide, 0);
		const at = (velocityAtr: number, momentum: number) => check(viewOf({ fields: { velocityAtr, momentum } }).observation);
		expect([at(-9, -0.9), at(7, 0.7)]).toEqual([null, null]);
		expect(at(-9.5, 0)).toMatchObject({ feature: "velocityAtr", low: -9, high: 7 });
		expect(at(7.5, 0)).toMatchObject({ feature: "velocityAtr", low: -9, high: 7 });
		expect(at(Number.NaN, Number.NaN)).toMatchObject({ feature: "velocityAtr", others: 1 });
	});

	it("takes what is no number for outside", () => {
		expect(found({ velocityAtr: Number.NaN })).toMatch(/^velocityAtr NaN/);
	});

	it("never calls what was in training outside, and a wider margin never makes more outside", () => {
		fc.assert(
			fc.property(
				fc.double({ min: -20, max: 20, noNaN: true }),
				fc.double({ min: 0, max: 5, noNaN: true }),
				fc.double({ min: 0, max: 5, noNaN: true }),
				(value, a, b) => {
					if (value >= -2 && value <= 6) expect(found({ velocityAtr: value }, a)).toBe("inside");
					if (found({ velocityAtr: value }, Math.min(a, b)) === "inside") expect(found({ velocityAtr: value }, Math.max(a, b))).toBe("inside");
				},
			),
		);
	});
});
