import { describe, expect, it } from "vitest";
import { openRecordedFeed, rowsLineOf } from "../../../src/adapters/feed/recorded.ts";
import { openSyntheticFeed } from "../../../src/adapters/feed/synthetic.ts";
import { PLAIN } from "../../helpers/instrument.ts";

const START = Date.UTC(2025, 2, 4, 12);

describe("recorded quotes", () => {
	const source = () =>
		openSyntheticFeed({ instrument: PLAIN, scenario: "normal", seed: 3, startAt: START, sessionStartAt: START, endAt: START + 600_000, batchRows: 100 });

	it("come back batch by batch as they were, also through JSON", () => {
		const original = source();
		const lines: unknown[] = [];
		const seen: unknown[] = [];
		for (let batch = original.next(); batch !== null; batch = original.next()) {
			lines.push(JSON.parse(JSON.stringify(rowsLineOf(batch))));
			seen.push(rowsLineOf(batch));
		}
		const played = openRecordedFeed(original.identity, original.traits, lines);
		const again: unknown[] = [];
		for (let batch = played.next(); batch !== null; batch = played.next()) again.push(rowsLineOf(batch));
		expect(again).toEqual(seen);
		expect(played.identity).toEqual(original.identity);
		expect([played.next(), played.failure(), played.report().rows]).toEqual([null, null, original.report().rows]);
	});

	it.each<[string, unknown]>([
		["nothing", null],
		["no rows", { lines: [] }],
		["a row that is short", { rows: [[START, 1, 2, 1]] }],
		["a price that is none", { rows: [[START, null, 2, 1, 1]] }],
		["a fraction of a point", { rows: [[START, 1.5, 2, 1, 1]] }],
		[
			"a time that falls",
			{
				rows: [
					[START, 1, 2, 1, 1],
					[START - 1, 1, 2, 1, 1],
				],
			},
		],
	])("end with what is wrong: %s", (_name, line) => {
		const feed = openRecordedFeed(source().identity, source().traits, [{ rows: [[START, 1, 2, 1, 1]] }, line]);
		expect(feed.next()?.count).toBe(1);
		expect(feed.next()).toBeNull();
		expect(feed.failure()?.message).toContain("its 2. rows line");
	});

	it("stop when closed", () => {
		const feed = openRecordedFeed(source().identity, source().traits, [{ rows: [] }, { rows: [] }]);
		expect(feed.next()?.count).toBe(0);
		feed.close();
		expect(feed.next()).toBeNull();
	});
});
