import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogEntry, Weight } from "../../src/engine/log.ts";
import { createLogQueue } from "../../src/thread/log-queue.ts";
import { LOG_KEPT } from "../../src/ui/session-view.ts";

function entry(at: number, weight: Weight): LogEntry {
	return { at, kind: "order", weight, event: "", price: null, lots: null, result: null, reason: "", control: null, trade: null, mark: null };
}

describe("log entries on their way to the screen", () => {
	it("are all there while they fit, once", () => {
		const queue = createLogQueue();
		for (let at = 0; at < LOG_KEPT; at++) queue.add(entry(at, "info"));
		const { log, lost } = queue.take();
		expect([log.length, lost, log[0]?.at]).toEqual([LOG_KEPT, 0, 0]);
		expect(queue.take()).toEqual({ log: [], lost: 0 });
		expect(queue.isEmpty()).toBe(true);
	});

	it("lose what is only read when somebody looks before they lose an alarm, and count it", () => {
		const queue = createLogQueue();
		queue.add(entry(0, "alarm"));
		for (let at = 1; at <= LOG_KEPT + 10; at++) queue.add(entry(at, "info"));
		const { log, lost } = queue.take();
		expect(log[0]).toMatchObject({ at: 0, weight: "alarm" });
		expect([log.length, lost, log[1]?.at, log.at(-1)?.at]).toEqual([LOG_KEPT, 11, 12, LOG_KEPT + 10]);
	});

	it.each<Weight>(["info", "good"])("lose a %s before a warning that is older", (weight) => {
		const queue = createLogQueue();
		queue.add(entry(0, "warn"));
		for (let at = 1; at <= LOG_KEPT; at++) queue.add(entry(at, weight));
		const { log, lost } = queue.take();
		expect([log[0]?.at, log[1]?.at, lost]).toEqual([0, 2, 1]);
	});

	it("are never more than fit, never out of order, and every one is sent or counted", () => {
		const weights = fc.array(fc.constantFrom<Weight>("info", "good", "warn", "alarm"), { maxLength: 1500 });
		fc.assert(
			fc.property(weights, (given) => {
				const queue = createLogQueue();
				given.forEach((weight, at) => {
					queue.add(entry(at, weight));
				});
				const { log, lost } = queue.take();
				expect(log.length + lost).toBe(given.length);
				expect(log.length).toBeLessThanOrEqual(LOG_KEPT);
				expect(log.map(({ at }) => at)).toEqual(log.map(({ at }) => at).sort((left, right) => left - right));
				const heavy = (weight: Weight): boolean => weight === "warn" || weight === "alarm";
				const heavyGiven = given.filter(heavy).length;
				expect(log.filter(({ weight }) => heavy(weight)).length).toBe(Math.min(heavyGiven, LOG_KEPT));
			}),
			{ numRuns: 50 },
		);
	});
});
