import { describe, expect, it, vi } from "vitest";
import type { JournalRecord } from "../src/engine/outbox.ts";
import { configWith, EASY, flat, memoryJournal, open, paperBroker, runWith, scriptedFeed } from "./helpers/session.ts";

vi.mock("../src/engine/engine.ts", async (original) => (await import("./helpers/engine-hook.ts")).hooked(await original()));

async function shown(failAt: number | null): Promise<{ shown: string[]; sent: number; kinds: string[] }> {
	const records: JournalRecord[] = [];
	const journal = memoryJournal(failAt);
	const config = configWith({ rules: EASY });
	const feed = scriptedFeed(flat(10));
	const broker = paperBroker(config, feed);
	const watch = {
		begin: () => {},
		record: (record: JournalRecord) => records.push(record),
		sampleAt: Number.POSITIVE_INFINITY,
		sample: () => {},
		look: () => {},
	};
	await runWith(config, { feed, broker, journal, watch, script: (_view, call) => (call === 1 ? [open("BUY")] : []) });
	return { shown: records.map(({ kind }) => kind), sent: broker.sent.length, kinds: journal.kinds() };
}

describe("whoever watches", () => {
	it("is shown every line of the journal", async () => {
		const whole = await shown(null);
		expect(whole.shown).toEqual(whole.kinds);
		expect(whole.sent).toBeGreaterThan(0);
	});

	it("is never shown an order that could not be written and so never left, but why the session ends", async () => {
		const whole = await shown(null);
		const order = whole.kinds.indexOf("order") + 1;
		const failed = await shown(order);
		expect(failed.sent).toBe(0);
		expect(failed.shown).not.toContain("order");
		expect(failed.shown.slice(-2)).toEqual(["state", "ended"]);
	});
});
