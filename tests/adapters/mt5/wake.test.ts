import { describe, expect, it, vi } from "vitest";
import { createWake } from "../../../src/adapters/mt5/wake.ts";

describe("wake", () => {
	it("is remembered once when nobody waits", async () => {
		vi.useFakeTimers();
		try {
			const wake = createWake();
			wake.wake();
			wake.wake();
			await wake.wait(Number.POSITIVE_INFINITY);
			let isOver = false;
			const second = wake.wait(1000).then(() => {
				isOver = true;
			});
			await vi.advanceTimersByTimeAsync(999);
			expect(isOver).toBe(false);
			await vi.advanceTimersByTimeAsync(1);
			await second;
		} finally {
			vi.useRealTimers();
		}
	});

	it("ends every wait, and leaves no timer behind", async () => {
		vi.useFakeTimers();
		try {
			const wake = createWake();
			const waits = [wake.wait(1e12), wake.wait(60_000)];
			expect(vi.getTimerCount()).toBe(2);
			wake.wake();
			await Promise.all(waits);
			expect(vi.getTimerCount()).toBe(0);
			const next = wake.wait(5);
			expect(vi.getTimerCount()).toBe(1);
			await vi.advanceTimersByTimeAsync(5);
			await next;
		} finally {
			vi.useRealTimers();
		}
	});

	it.each([Number.NaN, -5, 0])("waits no longer than asked: %d", async (ms) => {
		await createWake().wait(ms);
	});
});
