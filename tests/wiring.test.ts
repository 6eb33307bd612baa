import { describe, expect, it } from "vitest";
import { planRun } from "../src/config.ts";
import { openFeed } from "../src/wiring.ts";

describe("opening a feed", () => {
	it("lets daily bars, which are decided at broker midnight, enter there", async () => {
		const opened = openFeed(await planRun({ agent: "sma", set: [], timeframe: "D1", warmup: 1, seed: 1 }, false));
		expect(opened.config.rules.noEntryAroundMidnightMinutes).toBe(0);
		expect(opened.notes.join()).toContain("noEntryAroundMidnightMinutes is 0");
		opened.feed.close();
	});

	it("keeps the window around midnight for shorter bars, and one that the user has set", async () => {
		const hourly = openFeed(await planRun({ agent: "sma", set: [], timeframe: "H1", warmup: 1, seed: 1 }, false));
		expect(hourly.config.rules.noEntryAroundMidnightMinutes).toBe(5);
		const asked = openFeed(await planRun({ agent: "sma", set: ["rules.noEntryAroundMidnightMinutes=7"], timeframe: "D1", warmup: 1, seed: 1 }, false));
		expect(asked.config.rules.noEntryAroundMidnightMinutes).toBe(7);
	});
});
