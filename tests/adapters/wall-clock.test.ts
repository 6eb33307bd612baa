import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { wallClock } from "../../src/adapters/clock/wall.ts";

const NOON = Date.UTC(2025, 2, 4, 12);
const HOUR = 3_600_000;

describe("the machine's clock", () => {
	let steady = 0;
	beforeEach(() => {
		vi.useFakeTimers({ now: NOON, toFake: ["Date"] });
		steady = 0;
		vi.spyOn(performance, "now").mockImplementation(() => steady);
	});
	afterEach(() => {
		vi.restoreAllMocks();
		vi.useRealTimers();
	});
	/** `ms` pass; the clock on the wall is put to where it should be then, plus `put`. */
	function pass(ms: number, put = 0): void {
		steady += ms;
		vi.setSystemTime(Date.now() + ms + put);
	}

	it("follows the wall, over a night asleep too", () => {
		const { nowMs } = wallClock();
		expect(nowMs()).toBe(NOON);
		pass(25);
		expect(nowMs()).toBe(NOON + 25);
		pass(0, 8 * HOUR);
		expect(nowMs()).toBe(NOON + 25 + 8 * HOUR);
	});

	it("put back by an hour neither goes back nor stands still: a session waits for it, and a stale quote is told by it", () => {
		const { nowMs } = wallClock();
		pass(40.4, -HOUR);
		expect(nowMs()).toBe(NOON + 40);
		pass(100);
		expect(nowMs()).toBe(NOON + 140);
		pass(0, -1);
		expect(nowMs()).toBe(NOON + 140);
	});
});
