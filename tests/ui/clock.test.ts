import { afterEach, describe, expect, it, vi } from "vitest";
import { startClock } from "../../src/ui/clock.ts";
import { createCockpitStore, notify } from "../../src/ui/store.ts";

afterEach(() => {
	vi.useRealTimers();
});

describe("startClock", () => {
	it("shows every full second, lets notices go when their time is over, and stops", () => {
		vi.useFakeTimers({ now: 1_700_000_000_250 });
		const store = createCockpitStore();
		const stop = startClock(store, () => Date.now());
		expect(store.getState().wallMs).toBe(1_700_000_000_250);
		vi.advanceTimersByTime(750);
		expect(store.getState().wallMs).toBe(1_700_000_001_000);
		notify(store, "Done.", "good");
		vi.advanceTimersByTime(5_000);
		expect(store.getState().notice?.text).toBe("Done.");
		vi.advanceTimersByTime(1_000);
		expect(store.getState().notice).toBeNull();
		stop();
		vi.advanceTimersByTime(5_000);
		expect(store.getState().wallMs).toBe(1_700_000_007_000);
	});

	it("keeps a long message for as long as it takes to read", () => {
		vi.useFakeTimers({ now: 0 });
		const store = createCockpitStore();
		const stop = startClock(store, () => Date.now());
		notify(store, "x".repeat(300), "bad");
		vi.advanceTimersByTime(14_000);
		expect(store.getState().notice).not.toBeNull();
		vi.advanceTimersByTime(1_000);
		expect(store.getState().notice).toBeNull();
		stop();
	});
});
