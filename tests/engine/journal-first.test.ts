import { describe, expect, it, vi } from "vitest";
import { close, configWith, EASY, flat, memoryJournal, minutes, open, paperBroker, runWith, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

/** Opens, closes, opens again, moves the stop, and leaves the rest to the end of the data. */
const SCRIPT = (_view: unknown, call: number): unknown => {
	switch (call) {
		case 1:
			return [open("BUY")];
		case 3:
			return [close(1)];
		case 5:
			return [open("SELL")];
		case 6:
			return [{ kind: "modify", positionId: 3, sl: 110_090, tp: 0, reason: "tighter" }];
		default:
			return [];
	}
};
const CONFIG = configWith({ rules: EASY, simulator: { latencyMs: 100 } });
const ROWS = minutes([110_000, 110_000, 110_010, 110_020, 110_010, 110_000, 110_000, 110_000, 109_990]);

describe("journal first", () => {
	it("holds the order's line, and what led to it, before the order leaves", async () => {
		const journal = memoryJournal();
		const feed = scriptedFeed(ROWS);
		const broker = paperBroker(CONFIG, feed);
		const left: { intentId: number; lines: number }[] = [];
		const submit = broker.submit.bind(broker);
		const watched = {
			...broker,
			submit(...[request, at]: Parameters<typeof submit>) {
				left.push({ intentId: request.intentId, lines: journal.records.length });
				submit(request, at);
			},
		};
		const { engine } = await runWith(CONFIG, { feed, script: SCRIPT, broker: watched, journal });
		expect(engine.end?.reason).toBe("end-of-data");
		expect(left.map(({ intentId }) => intentId)).toEqual([1, 2, 3, 4]);
		for (const { intentId, lines } of left) {
			const written = journal.records.slice(0, lines);
			const last = written[written.length - 1];
			expect(last?.kind).toBe("order");
			expect(last?.data).toMatchObject({ request: { intentId } });
			expect(written[written.length - 2]?.kind).toBe("decision");
		}
	});

	it("has the whole story in order", async () => {
		const { journal } = await runWith(CONFIG, {
			feed: scriptedFeed(ROWS.slice(0, 5)),
			script: (_view, call) => (call === 1 ? [open("BUY")] : call === 2 ? [close(1)] : []),
		});
		expect(journal.kinds()).toEqual([
			"session",
			"trading",
			"chs",
			...["decision", "order", "broker", "broker", "broker", "broker"],
			...["decision", "order", "broker", "broker", "broker", "trade", "broker"],
			...["ending", "ended"],
		]);
		const types = journal.of("broker").map((record) => (record.data as { type: string }).type);
		expect(types).toEqual(["answer", "deal", "position", "account", "answer", "deal", "position-closed", "account"]);
	});

	it("ends with the balance that the last deal left, although the deal is told before the balance", async () => {
		const { engine, journal } = await runWith(CONFIG, { feed: scriptedFeed(ROWS), script: SCRIPT });
		expect(engine.account.balance).not.toBe(10_000);
		expect(journal.of("ended")[0]?.data).toMatchObject({
			reason: "end-of-data",
			detail: "the feed has no more data",
			openPositions: 0,
			balance: engine.account.balance,
			equity: engine.account.balance,
		});
	});

	it("sends nothing after a line could not be written, whichever line it was, and ends without an exception", async () => {
		const whole = await runWith(CONFIG, { feed: scriptedFeed(ROWS), script: SCRIPT });
		const count = whole.journal.records.length;
		expect(count).toBeGreaterThan(25);
		for (let failAt = 1; failAt <= count; failAt++) {
			const journal = memoryJournal(failAt);
			const feed = scriptedFeed(ROWS);
			const broker = paperBroker(CONFIG, feed);
			const submit = broker.submit.bind(broker);
			const after: number[] = [];
			const watched = {
				...broker,
				submit(...[request, at]: Parameters<typeof submit>) {
					if (journal.failure() !== null) after.push(request.intentId);
					submit(request, at);
				},
			};
			const { engine } = await runWith(CONFIG, { feed, script: SCRIPT, broker: watched, journal });
			expect(after, `line ${failAt}`).toEqual([]);
			expect(engine.end, `line ${failAt}`).toEqual({ reason: "journal-failure", detail: "the disk is full" });
			expect(journal.lines).toEqual(whole.journal.lines.slice(0, failAt - 1));
		}
	});

	it("notices a failed journal between batches although nothing was to be sent", async () => {
		const journal = memoryJournal(3);
		const { engine } = await runWith(CONFIG, { feed: scriptedFeed(flat(20), { batchRows: 2 }), script: () => [], journal });
		expect(engine.end?.reason).toBe("journal-failure");
		expect(engine.trading.state).toBe("ACTIVE");
	});
});
