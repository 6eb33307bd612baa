import { describe, expect, it } from "vitest";
import { encodeLine, GENESIS, type JournalRecord } from "../../src/adapters/journal/line.ts";
import { createRecorder, fingerprintOf, type Recording, replaySession } from "../../src/replay.ts";
import { ruleAgent } from "../helpers/rule-agent.ts";
import { configWith, type MemoryJournal, runWith, syntheticFeed } from "../helpers/session.ts";

/** The journal with its last word changed, chained again. */
function withEnd(journal: MemoryJournal, change: (data: Record<string, unknown>) => Record<string, unknown>): Recording {
	const recorder = createRecorder();
	let head = GENESIS;
	for (const record of journal.records) {
		const data = record.kind === "ended" ? change(record.data as Record<string, unknown>) : record.data;
		const { line, hash } = encodeLine(record.n, record.at, record.tick, record.kind, data, head);
		head = hash;
		recorder.add(JSON.parse(line) as JournalRecord);
	}
	return recorder.recording;
}

describe("the last word of a journal", () => {
	it("says what gates need, is replayed as older versions wrote it, and every other change of it is noticed", async () => {
		const config = configWith({ warmupBars: 60 });
		const { journal, engine } = await runWith(config, { feed: syntheticFeed(config, 200) });
		const [end] = journal.of("ended");
		expect(end?.data).toMatchObject({
			breaker: { steps: engine.breaker.steps, haltedSteps: engine.breaker.haltedSteps, trips: engine.breaker.trips },
			steeredBy: [],
		});
		expect(engine.breaker.steps).toBeGreaterThan(50);
		const replayed = (recording: Recording) => replaySession(config, syntheticFeed(config, 200), ruleAgent(config), null, recording);
		const older = await replayed(withEnd(journal, ({ breaker: _breaker, steeredBy: _steeredBy, ...rest }) => rest));
		expect([older.differsAt, older.fingerprint]).toEqual([null, fingerprintOf(engine)]);
		const last = journal.records.length;
		expect((await replayed(withEnd(journal, ({ breaker: _breaker, ...rest }) => rest))).differsAt).toBe(last);
		expect((await replayed(withEnd(journal, (data) => ({ ...data, breaker: { steps: 1, haltedSteps: 0, trips: 0 } })))).differsAt).toBe(last);
		expect((await replayed(withEnd(journal, (data) => ({ ...data, equity: 1 })))).differsAt).toBe(last);
	});
});
