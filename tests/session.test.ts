import { describe, expect, it, vi } from "vitest";
import type { JournalRecord } from "../src/adapters/journal/line.ts";
import type { SessionConfig } from "../src/engine/config.ts";
import type { Command } from "../src/engine/event.ts";
import { type Pace, paceOf } from "../src/pace.ts";
import { createRecorder, fingerprintOf, replaySession } from "../src/replay.ts";
import type { Watcher } from "../src/watcher.ts";
import { ruleAgent } from "./helpers/rule-agent.ts";
import { type ConfigChanges, configWith, EASY, MINUTE, type Row, type RunResult, runWith, START, scriptedFeed, syntheticFeed } from "./helpers/session.ts";

vi.mock("../src/engine/engine.ts", async (original) => (await import("./helpers/engine-hook.ts")).hooked(await original()));

const KILL: Command = { command: "kill", reason: "red button" };

/** A watcher that does one thing. */
function watcher(part: Partial<Watcher>): Watcher {
	return { begin: () => {}, record: () => {}, sampleAt: Number.POSITIVE_INFINITY, sample: () => {}, look: () => {}, ...part };
}

function busy(changes: ConfigChanges = {}): SessionConfig {
	return configWith({
		agent: { id: "sma", params: { fastBars: 2, slowBars: 4, stopAtr: 3 } },
		warmupBars: 20,
		rules: { ...EASY, maxLots: 0.5 },
		simulator: { latencyMs: 100, latencyJitterMs: 50, slippagePoints: 0.5 },
		...changes,
	});
}

/** Bars a quarter of an hour apart: what a slow feed looks like. */
function quarters(count: number): Row[] {
	return Array.from({ length: count }, (_, index) => ({ at: START + index * 15 * MINUTE, bid: 110_000, ask: 110_002 }));
}

/** Runs and gives each command at the first look after that many rows; looks are at most a hundred market seconds apart. */
async function runGiving(config: SessionConfig, given: readonly (readonly [tick: number, command: Command])[]): Promise<RunResult> {
	const asked: Command[] = [];
	const left = [...given];
	const pace: Pace = { ...paceOf("max"), seekTo: START };
	let now = { tick: 0, at: 0 };
	const watch = watcher({
		begin: (engine) => {
			now = engine;
		},
		look() {
			pace.seekTo = Math.max(now.at, START) + 100_000;
			for (let next = left[0]; next !== undefined && now.tick >= next[0]; next = left[0]) {
				asked.push(next[1]);
				left.shift();
			}
		},
	});
	return runWith(config, { feed: syntheticFeed(config, 300, 200), asked, watch, pace });
}

/** A wall clock that moves by `ms` every time it is read. */
function steadily(ms: number): () => number {
	let wall = 0;
	return () => {
		wall += ms;
		return wall;
	};
}

function commandsIn(records: readonly JournalRecord[]): string[] {
	return records.filter(({ kind }) => kind === "command" || kind === "command-refused").map(({ kind, data }) => `${kind} ${(data as Command).command}`);
}

async function replayed(config: SessionConfig, { engine, journal }: RunResult, feed = syntheticFeed(config, 300)) {
	const recorder = createRecorder();
	for (const record of journal.records) recorder.add(record);
	const outcome = await replaySession(config, feed, ruleAgent(config), null, recorder.recording);
	return { differsAt: outcome.differsAt, same: outcome.fingerprint === fingerprintOf(engine) };
}

describe("commands from outside", () => {
	it("are heard between slices at full speed", async () => {
		const asked: Command[] = [];
		const config = busy();
		const watch = watcher({ record: ({ kind }) => kind === "order" && asked.length === 0 && asked.push(KILL) });
		const { engine, journal } = await runWith(config, { feed: syntheticFeed(config, 600), asked, watch });
		expect(engine.end?.reason).toBe("kill");
		const order = journal.of("order")[0]?.tick ?? 0;
		expect((journal.of("command")[0]?.tick ?? 0) - order).toBeLessThanOrEqual(4096);
	});

	it("are heard before the first row, which at full speed may already lead to an order, when they came while the session was prepared", async () => {
		const config = busy({ onLatch: "wait" });
		const result = await runWith(config, { feed: syntheticFeed(config, 300), asked: [KILL] });
		expect(result.journal.kinds().slice(0, 3)).toEqual(["session", "command", "state"]);
		expect(result.journal.of("order")).toEqual([]);
		expect(await replayed(config, result)).toEqual({ differsAt: null, same: true });
		const stop: Command = { command: "stop", reason: "changed my mind", positions: null };
		const stopped = await runWith(busy(), { feed: syntheticFeed(config, 300), asked: [stop] });
		expect([stopped.engine.tick, stopped.engine.end?.reason]).toEqual([0, "interrupt"]);
		expect(await replayed(busy(), stopped)).toEqual({ differsAt: null, same: true });
	});

	it("are heard while the market is hours away", async () => {
		const asked: Command[] = [];
		let looks = 0;
		const config = configWith({ timeframeMinutes: 15, rules: EASY });
		const watch = watcher({ look: () => ++looks === 4 && asked.push(KILL) });
		const result = await runWith(config, { feed: scriptedFeed(quarters(40)), speed: 0.1, nowMs: steadily(1), asked, watch });
		expect(result.engine.end?.reason).toBe("kill");
		// Two rows are the warm-up's bar; not one of the market's hours was waited for, and no row ran to hear the command.
		expect(result.journal.of("command")[0]).toMatchObject({ tick: 2, data: KILL });
		expect(looks).toBeLessThanOrEqual(7);
	});

	it("are heard in the warm-up", async () => {
		const asked: Command[] = [];
		const config = busy({ warmupBars: 100_000 });
		const watch = watcher({ look: () => asked.length === 0 && asked.push(KILL) });
		const { engine } = await runWith(config, { feed: syntheticFeed(config, 6000), asked, watch, nowMs: steadily(1) });
		expect(engine).toMatchObject({ tradingFrom: null, end: { reason: "kill" } });
		expect(engine.tick).toBeLessThanOrEqual(3 * 4096);
	});

	it("are heard after the last row, and still act", async () => {
		const asked: Command[] = [];
		const feed = scriptedFeed(quarters(5));
		const over = (): null => {
			asked.push(KILL);
			return null;
		};
		const last = { ...feed, next: () => feed.next() ?? over() };
		const config = configWith({ timeframeMinutes: 15 });
		const result = await runWith(config, { feed: last, asked });
		expect(result.engine.end?.reason).toBe("kill");
		expect(await replayed(config, result, scriptedFeed(quarters(5)))).toEqual({ differsAt: null, same: true });
	});

	it("are journalled and refused when the session is over, and replay like that", async () => {
		const asked: Command[] = [];
		const config = busy({ durationMinutes: 30 });
		const watch = watcher({ record: ({ kind }) => kind === "ending" && asked.push({ command: "resume" }, KILL) });
		const result = await runWith(config, { feed: syntheticFeed(config, 300), asked, watch });
		expect(result.engine.end?.reason).toBe("duration");
		expect(commandsIn(result.journal.records)).toEqual(["command resume", "command-refused resume", "command kill", "command-refused kill"]);
		expect(result.journal.kinds().at(-1)).toBe("ended");
		expect(await replayed(config, result)).toEqual({ differsAt: null, same: true });
	});

	const STOP: Command = { command: "stop", reason: "enough", positions: "keep" };
	const CASES: readonly (readonly [string, ConfigChanges, readonly (readonly [number, Command])[]])[] = [
		["before the first row", {}, [[0, { command: "pause" }]]],
		[
			"in the warm-up",
			{},
			[
				[400, { command: "pause" }],
				[900, { command: "resume" }],
			],
		],
		[
			"pause, resume, flatten, stop",
			{},
			[
				[2000, { command: "pause" }],
				[4000, { command: "resume" }],
				[6000, { command: "flatten" }],
				[9000, STOP],
			],
		],
		[
			"kill, reset, resume, twice, with somebody watching",
			{ onLatch: "wait" },
			[
				[2000, KILL],
				[3000, { command: "resume" }],
				[3000, { command: "reset", reason: "seen" }],
				[4000, { command: "resume" }],
				[8000, KILL],
				[8000, KILL],
				[9000, { command: "reset", reason: "seen again" }],
				[9000, { command: "flatten" }],
				[9500, { command: "resume" }],
				[15_000, STOP],
			],
		],
		[
			"kill with positions, flattening",
			{ onLatch: "wait", onBreaker: "flatten" },
			[
				[5000, KILL],
				[12_000, STOP],
			],
		],
	];
	it.each(CASES)("replay to the same state: %s", async (_name, changes, given) => {
		const config = busy(changes);
		const result = await runGiving(config, given);
		const late = result.journal.of("command").map(({ tick }, index) => tick - (given[index]?.[0] ?? 0));
		expect(late).toHaveLength(given.length);
		expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
		expect(Math.max(...late)).toBeLessThan(600);
		expect(await replayed(config, result)).toEqual({ differsAt: null, same: true });
	});
});

describe("a run that is held, moved or given up", () => {
	async function play(change: (pace: Pace, look: number) => void, pace: Pace = paceOf("max")): Promise<RunResult & { looks: number }> {
		let looks = 0;
		const config = busy({ durationMinutes: 100 });
		const watch = watcher({ look: () => change(pace, ++looks) });
		const result = await runWith(config, { feed: syntheticFeed(config, 300), pace, watch, nowMs: steadily(1) });
		return { ...result, looks };
	}

	it("does the same whatever its pace was", async () => {
		const plain = await play(() => {});
		const moved = await play(
			(pace, look) => {
				pace.held = look % 3 === 1;
				if (look === 2) pace.seekTo = START + 40 * MINUTE;
				pace.speed = look % 2 === 0 ? "max" : 1_000_000;
			},
			{ ...paceOf(1_000_000), held: true },
		);
		expect(moved.looks).toBeGreaterThan(5);
		expect(moved.journal.lines).toEqual(plain.journal.lines);
		expect(fingerprintOf(moved.engine)).toBe(fingerprintOf(plain.engine));
	});

	it("runs up to the row before the time that was sought, and stays there while held", async () => {
		const seen: number[] = [];
		const to = START + 60 * MINUTE;
		const pace: Pace = { speed: "max", held: true, seekTo: to, abandoned: false };
		let at = () => 0;
		const config = busy();
		const watch = watcher({
			begin: (engine) => {
				at = () => engine.at;
			},
			look() {
				seen.push(at());
				if (seen.length >= 8) pace.abandoned = true;
			},
		});
		await runWith(config, { feed: syntheticFeed(config, 300), pace, watch });
		expect(seen.at(-1)).toBeLessThan(to);
		expect(to - (seen.at(-1) ?? 0)).toBeLessThanOrEqual(1000);
		expect(new Set(seen.slice(-3)).size).toBe(1);
	});

	it("given up it writes no end", async () => {
		const { engine, journal } = await play((pace, look) => {
			pace.abandoned = look === 2;
		});
		expect(engine.end).toBeNull();
		expect(journal.kinds()).not.toContain("ended");
	});
});
