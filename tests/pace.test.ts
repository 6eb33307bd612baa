import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPacer, isSpeed, keepPace, type Pace, type Pacer, paceOf } from "../src/pace.ts";

const QUARTER = 900_000;

/** Bars of fifteen minutes that run as the pacer allows, on a wall clock moved by the test. */
function drive(pace: Pace, phase: "warmup" | "trading" | "ending" = "trading") {
	const pacer: Pacer = createPacer(pace);
	let wall = 0;
	let at: number | null = null;
	let next = 0;
	return {
		pacer,
		/** Moves the wall clock in steps of 25 ms and runs what is allowed; the number of rows that ran. */
		pass(wallMs: number): number {
			let ran = 0;
			for (let left = wallMs; left >= 0; left -= 25) {
				// A row runs without a look as in the loop of session.ts.
				const isFree = (): boolean => next <= pacer.allowedAt && !(pacer.untilTrading && phase === "trading");
				while (isFree() || keepPace(pacer, pace, { phase, at, nextAt: next }, wall) === 0) {
					at = next;
					next += QUARTER;
					if (++ran > 10_000) return ran;
				}
				if (left >= 25) wall += 25;
			}
			return ran;
		},
		at: () => at,
	};
}

describe("the pace of a session", () => {
	it("waits for the market: at 900 x a bar of fifteen minutes takes a second", () => {
		const { pass } = drive(paceOf(900));
		expect(pass(0)).toBe(1);
		expect(pass(950)).toBe(0);
		expect(pass(50)).toBe(1);
		expect(pass(10_000)).toBe(10);
	});

	it("does not jump when the speed changes, and does not start the wait again", () => {
		const pace = paceOf(900);
		const { pass } = drive(pace);
		pass(0);
		// Half of the wait is over; at a tenth of the speed the other half takes ten times as long.
		expect(pass(500)).toBe(0);
		pace.speed = 90;
		expect(pass(4900)).toBe(0);
		expect(pass(150)).toBe(1);
		for (let press = 0; press < 50; press++) {
			pace.speed = press % 2 === 0 ? 900 : 90;
			expect(pass(0)).toBe(0);
		}
	});

	it("makes no burst when a fast session is slowed down, nor after the machine has slept", () => {
		const pace = paceOf(1_000_000);
		const { pass } = drive(pace);
		pass(1000);
		pace.speed = 1;
		expect(pass(1000)).toBeLessThanOrEqual(1);
		const awake = drive(paceOf(900));
		awake.pass(0);
		expect(awake.pass(100)).toBe(0);
		// One look after eight hours: what ran meanwhile is not caught up.
		const slept = createPacer(paceOf(900));
		keepPace(slept, paceOf(900), { phase: "trading", at: 0, nextAt: QUARTER }, 0);
		keepPace(slept, paceOf(900), { phase: "trading", at: 0, nextAt: QUARTER }, 8 * 3_600_000);
		expect(slept.allowedAt).toBeLessThanOrEqual(QUARTER + 900 * 1000);
	});

	it("goes back from full speed to where the session is", () => {
		const pace = paceOf("max");
		const { pass, at } = drive(pace);
		expect(pass(0)).toBeGreaterThan(10_000);
		const before = at() ?? 0;
		const pacer = createPacer(paceOf(900));
		pacer.speed = "max";
		expect(keepPace(pacer, paceOf(900), { phase: "trading", at: before, nextAt: before + QUARTER }, 5)).toBe(25);
		expect(pacer.allowedAt).toBe(before);
	});

	it("a held replay runs nothing, a seek runs up to its time and stays held", () => {
		const pace = { ...paceOf(900), held: true };
		const { pass, at } = drive(pace);
		expect(pass(60_000)).toBe(0);
		pace.seekTo = 10 * QUARTER;
		expect(pass(25)).toBe(10);
		expect([at(), pace.seekTo, pass(60_000)]).toEqual([9 * QUARTER, null, 0]);
		pace.held = false;
		expect(pass(950)).toBe(0);
		expect(pass(100)).toBe(1);
	});

	it.each([["warmup"], ["ending"]] as const)("waits for nobody in the phase %s", (phase) => {
		const { pass } = drive(paceOf(0.1), phase);
		expect(pass(0)).toBeGreaterThan(10_000);
	});

	it("asks for a look as soon as trading begins", () => {
		const pace = paceOf(60);
		const pacer = createPacer(pace);
		expect(pacer).toMatchObject({ allowedAt: Number.POSITIVE_INFINITY, untilTrading: true });
		keepPace(pacer, pace, { phase: "warmup", at: 0, nextAt: QUARTER }, 0);
		expect(pacer.untilTrading).toBe(true);
		keepPace(pacer, pace, { phase: "trading", at: QUARTER, nextAt: 2 * QUARTER }, 0);
		expect(pacer).toMatchObject({ allowedAt: QUARTER, untilTrading: false });
	});

	it("waits for nobody in an end that begins while the market is ahead: the next bar may be minutes away", () => {
		const pace = paceOf(0.1);
		const pacer = createPacer(pace);
		keepPace(pacer, pace, { phase: "trading", at: 0, nextAt: QUARTER }, 0);
		expect(pacer.allowedAt).toBe(0);
		expect(keepPace(pacer, pace, { phase: "ending", at: 0, nextAt: QUARTER }, 25)).toBe(0);
		expect(pacer.allowedAt).toBe(Number.POSITIVE_INFINITY);
	});

	it("keeps what has been waited for when the wall clock goes back", () => {
		const pace = paceOf(900);
		const pacer = createPacer(pace);
		for (const wall of [0, 900, 100]) keepPace(pacer, pace, { phase: "trading", at: 0, nextAt: QUARTER }, wall);
		expect(pacer.allowedAt).toBe(0.9 * QUARTER);
		expect(keepPace(pacer, pace, { phase: "trading", at: 0, nextAt: QUARTER }, 200)).toBe(0);
	});

	it.each([
		["max", true],
		[0.1, true],
		[1_000_000, true],
		[0, false],
		[-60, false],
		[Number.NaN, false],
		[Number.POSITIVE_INFINITY, false],
		["60", false],
		[null, false],
	])("%s is a speed: %s", (asked, is) => expect(isSpeed(asked)).toBe(is));

	it("never lets the market run faster than asked for, whatever the speeds and the looks are", () => {
		const looks = fc.array(fc.record({ wallMs: fc.integer({ min: 0, max: 2000 }), speed: fc.integer({ min: 1, max: 1000 }) }), { maxLength: 60 });
		fc.assert(
			fc.property(looks, (steps) => {
				const pace = paceOf(1);
				const pacer = createPacer(pace);
				let wall = 0;
				let at = 0;
				let allowed = 0;
				let speed = 1;
				keepPace(pacer, pace, { phase: "trading", at, nextAt: 1000 }, wall);
				for (const step of steps) {
					wall += step.wallMs;
					// The time that has passed was passed at the speed before.
					allowed += step.wallMs * speed;
					pace.speed = step.speed;
					speed = step.speed;
					const next = at + 1000;
					const wait = keepPace(pacer, pace, { phase: "trading", at, nextAt: next }, wall);
					expect(wait === 0).toBe(next <= pacer.allowedAt);
					if (wait === 0) at = next;
					expect(at).toBeLessThanOrEqual(allowed);
				}
			}),
		);
	});
});
