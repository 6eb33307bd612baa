import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSyntheticFeed } from "../../../src/adapters/feed/synthetic.ts";
import type { MarketData } from "../../../src/adapters/ports.ts";
import { thinToBars } from "../../../src/commands/train/bar-feed.ts";
import { addQuote, type Bar, closeBar, createBarBuilder } from "../../../src/engine/market/bars.ts";
import { SCENARIO_TABLE } from "../../../src/engine/market/synthetic/scenario.ts";
import { TICK_QUOTE } from "../../../src/engine/market/tick.ts";
import { flat, MINUTE, minutes, PLAIN, START, scriptedFeed } from "../../helpers/session.ts";

type Made = { readonly bars: readonly (Bar & { readonly closedAt: number })[]; readonly rows: number };

/** Bars as the engine makes them, each with the quote on which it closed. */
function barsOf(feed: MarketData, timeframeMinutes: number): Made {
	const builder = createBarBuilder(timeframeMinutes);
	const bars: (Bar & { closedAt: number })[] = [];
	let rows = 0;
	for (let batch = feed.next(); batch !== null; batch = feed.next()) {
		for (let row = 0; row < batch.count; row++) {
			rows++;
			if (batch.kind[row] !== TICK_QUOTE) continue;
			const at = batch.atMs[row] as number;
			if (closeBar(builder, at)) bars.push({ ...builder.closed, closedAt: at });
			addQuote(builder, at, batch.bid[row] as number, batch.ask[row] as number, batch.volume[row] as number);
		}
	}
	return { bars, rows };
}

function generated(seed: number, scenario: string): MarketData {
	return openSyntheticFeed({ instrument: PLAIN, scenario, seed, startAt: START, sessionStartAt: START, endAt: START + 60 * MINUTE, batchRows: 777 });
}

describe("thinToBars", () => {
	it("makes the same bars, closed on the same quotes, of at most four quotes each", () => {
		const scenarios = fc.constantFrom(...SCENARIO_TABLE.map(({ name }) => name));
		fc.assert(
			fc.property(fc.nat(1e6), scenarios, fc.constantFrom(1, 5), (seed, scenario, timeframe) => {
				const full = barsOf(generated(seed, scenario), timeframe);
				const thin = barsOf(thinToBars(generated(seed, scenario), timeframe), timeframe);
				expect(thin.bars).toEqual(full.bars);
				expect(thin.rows).toBeLessThanOrEqual(4 * (full.bars.length + 1));
			}),
			{ numRuns: 30 },
		);
	});

	it("is the same whatever batches the source gives", () => {
		const rows = minutes([5, 9, 3, 7, 7, 1, 8].map((bid) => 110_000 + bid));
		const read = (batchRows: number) => barsOf(thinToBars(scriptedFeed(rows, { batchRows }), 5), 5);
		expect(read(1)).toEqual(read(4096));
	});

	it("gives the last bar too, and what is one quote as one", () => {
		expect(barsOf(thinToBars(scriptedFeed(flat(7)), 5), 1).rows).toBe(4);
	});

	it("hands a failure of the source on", () => {
		const feed = thinToBars(scriptedFeed(flat(2), { failure: "broken" }), 1);
		while (feed.next() !== null);
		expect(feed.failure()?.message).toBe("broken");
	});
});
