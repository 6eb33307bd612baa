import { describe, expect, it, vi } from "vitest";
import type { SessionConfig } from "../../src/engine/config.ts";
import type { Command } from "../../src/engine/event.ts";
import { createLog } from "../../src/engine/log.ts";
import { type Pace, paceOf } from "../../src/pace.ts";
import { fingerprintOf } from "../../src/replay.ts";
import { createPublisher, type Publisher } from "../../src/thread/publisher.ts";
import type { SessionUpdate } from "../../src/ui/session-update.ts";
import { LOG_KEPT } from "../../src/ui/session-view.ts";
import { type ConfigChanges, configWith, EASY, type RunResult, runWith, START, syntheticFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

function busy(changes: ConfigChanges = {}): SessionConfig {
	return configWith({ agent: { id: "sma", params: { fastBars: 2, slowBars: 4, stopAtr: 3 } }, warmupBars: 20, rules: { ...EASY, maxLots: 0.5 }, ...changes });
}

type Watched = RunResult & { readonly sent: readonly { readonly update: SessionUpdate; readonly wallMs: number }[]; readonly publisher: Publisher };

/** Runs a session under a publisher whose wall clock moves by `wallMs` at every look; `onSent` is the screen. */
async function watch(config: SessionConfig, wallMs: number, onSent: (publisher: Publisher) => void, pace: Pace = paceOf("max")): Promise<Watched> {
	const sent: Watched["sent"][number][] = [];
	let wall = 0;
	const publisher = createPublisher({ nowMs: () => wall }, (update) => {
		// What a message port does: the screen gets a copy.
		sent.push({ update: structuredClone(update), wallMs: wall });
		onSent(publisher);
	});
	const look = publisher.look.bind(publisher);
	const result = await runWith(config, {
		feed: syntheticFeed(config, 300, 100),
		pace,
		watch: Object.assign(publisher, {
			look() {
				wall += wallMs;
				// A look every market minute, whatever the machine is.
				pace.seekTo = Math.max(publisher.at(), 1) + 60_000;
				look();
			},
		}),
	});
	return { ...result, sent, publisher };
}

function allEntries({ journal, engine }: RunResult): string[] {
	const log = createLog(engine.config.instrument.digits);
	return journal.records.flatMap((record) => log.entryOf(record)?.event ?? []);
}

describe("what the screen is sent", () => {
	it("is everything that happened, once and in order, when the screen keeps up", async () => {
		const result = await watch(busy(), 200, (publisher) => publisher.acknowledge());
		const last = result.publisher.last();
		const events = [...result.sent.flatMap(({ update }) => update.log), ...(last?.log ?? [])].map(({ event }) => event);
		expect(events.length).toBeGreaterThan(30);
		expect(events).toEqual(allEntries(result));
		expect(result.sent.length).toBeGreaterThan(10);
		expect(last?.now.phase).toBe("ended");
	});

	it("comes at most ten times a second", async () => {
		const { sent } = await watch(busy(), 30, (publisher) => publisher.acknowledge());
		const gaps = sent.slice(1).map(({ wallMs }, index) => wallMs - (sent[index]?.wallMs ?? 0));
		expect(gaps.length).toBeGreaterThan(3);
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
		expect(Math.max(...gaps)).toBeLessThanOrEqual(120);
	});

	it("does not wait when the session has halted", async () => {
		const asked: Command[] = [];
		const config = busy({ onLatch: "wait" });
		const sent: string[] = [];
		const publisher = createPublisher({ nowMs: () => 1000 }, ({ now }) => {
			sent.push(now.state);
			publisher.acknowledge();
		});
		let looks = 0;
		const look = publisher.look.bind(publisher);
		const pace: Pace = { ...paceOf("max"), seekTo: START };
		await runWith(config, {
			feed: syntheticFeed(config, 60, 100),
			asked,
			pace,
			watch: Object.assign(publisher, {
				look() {
					pace.seekTo = Math.max(publisher.at(), START) + 60_000;
					if (++looks === 30) asked.push({ command: "kill", reason: "red button" });
					look();
				},
			}),
		});
		// The clock stands still: only what is urgent is sent.
		expect(sent).toEqual(["ACTIVE", "KILLED"]);
	});

	it("goes on when the clock goes back", async () => {
		const { sent } = await watch(busy(), -50, (publisher) => publisher.acknowledge());
		expect(sent.length).toBeGreaterThan(5);
	});

	it("is one update to a screen that never answers, and at the end all that it missed, counted where it is too much", async () => {
		const result = await watch(busy({ maxTrades: null }), 200, () => {});
		expect(result.sent).toHaveLength(1);
		const missed = result.publisher.last();
		const all = allEntries(result).length;
		expect((result.sent[0]?.update.log.length ?? 0) + (missed?.log.length ?? 0) + (missed?.logLost ?? 0)).toBe(all);
		expect(missed?.log.length).toBeLessThanOrEqual(LOG_KEPT);
		expect(missed?.samples?.length).toBeGreaterThan(100);
	});

	it("goes on with the first update after the screen has answered", async () => {
		let answers = 0;
		const { sent } = await watch(busy(), 200, (publisher) => {
			if (++answers <= 3) publisher.acknowledge();
		});
		expect(sent).toHaveLength(4);
	});

	it("holds every dip of the score and the price of every sample", async () => {
		const reckless = configWith({ agent: { id: "berserker" }, seed: 1, warmupBars: 80, feed: { kind: "synthetic", scenario: "crash" }, onLatch: "wait" });
		const { engine, publisher } = await watch(reckless, 200, () => {});
		const samples = publisher.last()?.samples ?? [];
		expect(Math.min(...samples.map(({ chs }) => chs))).toBe(engine.score.min);
		expect(samples.every(({ bid, equity }) => bid > 1 && bid < 2 && equity > 5000)).toBe(true);
		expect(samples.length).toBeGreaterThan(100);
		expect(samples[0]?.at).toBe(engine.tradingFrom);
	});

	it("changes nothing in the session", async () => {
		const config = busy({ feed: { kind: "synthetic", scenario: "crash" } });
		const seen = await watch(config, 200, (publisher) => publisher.acknowledge());
		const unseen = await runWith(config, { feed: syntheticFeed(config, 300) });
		expect(seen.journal.lines).toEqual(unseen.journal.lines);
		expect(fingerprintOf(seen.engine)).toBe(fingerprintOf(unseen.engine));
	});

	it("is a sign of life a second while nothing happens", async () => {
		const pace = { ...paceOf("max") };
		let looks = 0;
		const sent: number[] = [];
		const publisher = createPublisher({ nowMs: () => looks * 100 }, () => {
			sent.push(looks * 100);
			publisher.acknowledge();
		});
		const look = publisher.look.bind(publisher);
		await runWith(busy(), {
			feed: syntheticFeed(busy(), 300, 100),
			pace,
			watch: Object.assign(publisher, {
				look() {
					looks++;
					pace.held = looks >= 2 && looks < 33;
					look();
				},
			}),
		});
		const held = sent.filter((at) => at > 200 && at < 3300);
		expect(held.length).toBeGreaterThanOrEqual(3);
		expect(held.length).toBeLessThanOrEqual(4);
	});

	it("has the dossier of a trade that was just closed", async () => {
		const { publisher, journal } = await watch(busy(), 200, () => {});
		const trade = journal.of("trade").at(-1)?.data as { number: number; net: number };
		expect(publisher.dossier(trade.number, false)).toMatchObject({ number: trade.number, row: { net: trade.net } });
		expect(publisher.dossier(9999, false)).toBeNull();
	});
});
