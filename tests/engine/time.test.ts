import { describe, expect, it } from "vitest";
import { brokerDay, formatBrokerTime } from "../../src/engine/time.ts";

describe("broker time", () => {
	it.each([
		[0, "1970-01-01 00:00:00"],
		[951_782_399_000, "2000-02-28 23:59:59"],
		[951_868_799_999, "2000-02-29 23:59:59"],
		[1_704_153_600_000, "2024-01-02 00:00:00"],
		[1_766_793_600_000, "2025-12-27 00:00:00"],
	])("%d reads %s", (at, text) => expect(formatBrokerTime(at)).toBe(text));

	it("changes day at midnight", () => {
		expect(brokerDay(86_399_999)).toBe(0);
		expect(brokerDay(86_400_000)).toBe(1);
	});
});
