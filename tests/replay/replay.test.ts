import { describe, expect, it, vi } from "vitest";
import { encodeLine, GENESIS, type JournalRecord } from "../../src/adapters/journal/line.ts";
import type { SessionConfig } from "../../src/engine/config.ts";
import { snapshot } from "../../src/engine/engine.ts";
import { createRecorder, fingerprintOf, type Recording, replaySession } from "../../src/replay.ts";
import { ruleAgent } from "../helpers/rule-agent.ts";
import { close, configWith, EASY, flat, type MemoryJournal, open, type RunResult, runWith, scriptedFeed, syntheticFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

/** An hour of the generated market with an agent that trades often, latency, slippage, partial fills and trouble. */
function busy(changes: Parameters<typeof configWith>[0] = {}): SessionConfig {
	return configWith({
		agent: { id: "sma", params: { fastBars: 2, slowBars: 4, stopAtr: 3 } },
		warmupBars: 20,
		rules: { ...EASY, maxLots: 0.5 },
		simulator: { latencyMs: 100, latencyJitterMs: 50, slippagePoints: 0.5, partialFillProbability: 0.3, rejectProbability: 0.05 },
		...changes,
	});
}

function recordingOf(journal: MemoryJournal): Recording {
	const recorder = createRecorder();
	for (const record of journal.records) recorder.add(record);
	return recorder.recording;
}

/** The lines with one of them changed, chained again so that every hash fits: what a careful forger would do. */
function forged(journal: MemoryJournal, change: (record: JournalRecord) => JournalRecord): Recording {
	const recorder = createRecorder();
	let head = GENESIS;
	for (const record of journal.records.map(change)) {
		const { hash } = encodeLine(record.n, record.at, record.tick, record.kind, record.data, head);
		head = hash;
		recorder.add({ ...record, hash });
	}
	return recorder.recording;
}

async function run(config: SessionConfig, batchRows = 4096, minutesLong = 120): Promise<RunResult> {
	return runWith(config, { feed: syntheticFeed(config, minutesLong, batchRows) });
}

describe("determinism", () => {
	it("gives the same journal and state byte for byte, whatever the batch size", async () => {
		const first = await run(busy());
		expect(first.journal.of("order").length).toBeGreaterThan(5);
		expect(first.journal.of("trade").length).toBeGreaterThan(2);
		for (const batchRows of [1, 1000]) {
			const again = await run(busy(), batchRows);
			expect(again.journal.lines).toEqual(first.journal.lines);
			expect(JSON.stringify(snapshot(again.engine))).toBe(JSON.stringify(snapshot(first.engine)));
		}
	});

	it("gives something else for another seed", async () => {
		const first = await run(busy());
		const other = await run(busy({ seed: 8 }));
		expect(other.journal.lines.slice(1)).not.toEqual(first.journal.lines.slice(1));
		expect(fingerprintOf(other.engine)).not.toBe(fingerprintOf(first.engine));
	});

	it("keeps nothing in the state that JSON cannot hold", async () => {
		const { engine } = await run(busy());
		const lost: string[] = [];
		const walk = (value: unknown, path: string): void => {
			if (typeof value === "number" && !Number.isFinite(value)) lost.push(path);
			else if (value === undefined || typeof value === "function") lost.push(path);
			else if (typeof value === "object" && value !== null) {
				if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) lost.push(path);
				for (const [key, part] of Object.entries(value)) walk(part, `${path}.${key}`);
			}
		};
		walk(snapshot(engine), "");
		// The shadow book's terms and settings are code-like constants; everything else must survive JSON.
		expect(lost).toEqual([]);
	});
});

describe("replay", () => {
	const CASES: readonly (readonly [string, SessionConfig])[] = [
		["with latency, partial fills and rejections", busy()],
		["without latency", busy({ simulator: { latencyMs: 0, partialFillProbability: 0.3 } })],
		["with a breaker that trips", busy({ chsThreshold: 0.74, simulator: { latencyMs: 100, slippagePoints: 3 } })],
		["on a netting account", busy({ account: { marginMode: "netting" } })],
		["with positions kept at the end", busy({ onExit: "keep" })],
		["in a crash, with requotes and a silent feed", busy({ feed: { kind: "synthetic", scenario: "crash" } })],
		["with closing at the trip", busy({ chsThreshold: 0.74, onBreaker: "flatten", simulator: { slippagePoints: 3 } })],
		["ended by its duration", busy({ durationMinutes: 60 })],
		["ended by its number of trades", busy({ maxTrades: 3 })],
	];
	it.each(CASES)("folds the journal to the same state: %s", async (_name, config) => {
		const { engine, journal } = await run(config);
		const outcome = await replaySession(config, syntheticFeed(config, 120), ruleAgent(config), null, recordingOf(journal));
		expect(outcome.differsAt).toBeNull();
		expect(outcome.lines).toBe(journal.lines.length);
		expect(outcome.fingerprint).toBe(fingerprintOf(engine));
		expect(JSON.stringify(snapshot(outcome.engine))).toBe(JSON.stringify(snapshot(engine)));
	});

	it("folds the operator's commands in at the row where they were given", async () => {
		const config = busy();
		const commands = [
			{ tick: 2000, command: { command: "pause" } },
			{ tick: 3000, command: { command: "resume" } },
			{ tick: 4000, command: { command: "flatten" } },
			{ tick: 6000, command: { command: "stop", reason: "enough", positions: null } },
		] as const;
		const { engine, journal } = await runWith(config, { feed: syntheticFeed(config, 120), commands });
		expect(engine.end?.reason).toBe("interrupt");
		const outcome = await replaySession(config, syntheticFeed(config, 120), ruleAgent(config), null, recordingOf(journal));
		expect(outcome.differsAt).toBeNull();
		expect(outcome.fingerprint).toBe(fingerprintOf(engine));
	});

	it.each(["hold", "flatten"] as const)("folds a session that waited in a latched halt for its operator, positions as --on-breaker %s", async (onBreaker) => {
		const config = busy({ onLatch: "wait", onBreaker, chsThreshold: 0.74, simulator: { latencyMs: 1500 } });
		const commands = [
			{ tick: 1500, command: { command: "kill", reason: "red button" } },
			{ tick: 2500, command: { command: "reset", reason: "looked into it" } },
			{ tick: 2600, command: { command: "resume" } },
			{ tick: 4500, command: { command: "flatten" } },
			{ tick: 5500, command: { command: "kill", reason: "again" } },
			{ tick: 5600, command: { command: "resume" } },
			{ tick: 6500, command: { command: "stop", reason: "enough", positions: "keep" } },
		] as const;
		const { engine, journal } = await runWith(config, { feed: syntheticFeed(config, 120), commands });
		expect(engine.end?.reason).toBe("kill");
		expect(journal.of("command-refused")).toHaveLength(1);
		const outcome = await replaySession(config, syntheticFeed(config, 120), ruleAgent(config), null, recordingOf(journal));
		expect(outcome.differsAt).toBeNull();
		expect(outcome.fingerprint).toBe(fingerprintOf(engine));
	});

	it("notices every single answer, deal or decision that was changed, at its line", async () => {
		const config = busy();
		const { journal } = await run(config, 4096, 60);
		for (const record of journal.records.filter(({ kind }) => kind === "broker" || kind === "decision").slice(0, 30)) {
			const change = JSON.parse(JSON.stringify(record.data).replace(/\d(?=[^\d]*$)/, (digit) => String((Number(digit) + 1) % 10)));
			const recording = recordingOf(journal);
			const hashes = [...recording.hashes];
			const inputs = recording.inputs.map((input) => (input.n === record.n ? { ...input, data: change } : input));
			if (record.kind === "decision") hashes[record.n - 1] = "f".repeat(64);
			const outcome = await replaySession(config, syntheticFeed(config, 60), ruleAgent(config), null, { ...recording, hashes, inputs });
			expect(outcome.differsAt, `${record.kind} in line ${record.n}`).toBe(record.n);
		}
	});

	it("notices a forged fill although every hash was made to fit", async () => {
		const config = busy();
		const { engine, journal } = await run(config, 4096, 60);
		const deal = journal.records.find(({ kind, data }) => kind === "broker" && (data as { type: string }).type === "account");
		const recording = forged(journal, (record) => {
			if (record.n !== deal?.n) return record;
			const data = record.data as { account: { balance: number } };
			return { ...record, data: { ...data, account: { ...data.account, balance: data.account.balance + 500 } } };
		});
		const outcome = await replaySession(config, syntheticFeed(config, 60), ruleAgent(config), null, recording);
		expect(outcome.differsAt).toBeGreaterThan(deal?.n ?? 0);
		expect(outcome.fingerprint).not.toBe(fingerprintOf(engine));
	});

	it("notices lines that are missing at the end", async () => {
		const config = busy();
		const { journal } = await run(config, 4096, 60);
		const recording = recordingOf(journal);
		const outcome = await replaySession(config, syntheticFeed(config, 60), ruleAgent(config), null, {
			...recording,
			hashes: [...recording.hashes, "0".repeat(64)],
		});
		expect(outcome.differsAt).toBe(journal.lines.length + 1);
	});

	it("answers that come after the last row are folded in after the end of the feed", async () => {
		const config = configWith({ simulator: { latencyMs: 200 }, rules: EASY });
		const script = (_view: unknown, call: number) => (call === 1 ? [open("BUY")] : call === 3 ? [close(1)] : []);
		const rows = flat(6);
		const { engine, journal } = await runWith(config, { feed: scriptedFeed(rows), script });
		expect(engine.tally.closed).toBe(1);
		const outcome = await replaySession(config, scriptedFeed(rows), ruleAgent(config), null, recordingOf(journal));
		expect(outcome.differsAt).toBeNull();
		expect(outcome.fingerprint).toBe(fingerprintOf(engine));
	});
});
