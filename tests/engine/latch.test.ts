import { describe, expect, it, vi } from "vitest";
import { runKeyOf } from "../../src/adapters/archive/run-key.ts";
import { configHashOf } from "../../src/commands/run/begin.ts";
import type { Command } from "../../src/engine/event.ts";
import { exitCodeOf } from "../../src/engine/summary.ts";
import { hook } from "../helpers/engine-hook.ts";
import {
	type ConfigChanges,
	configWith,
	EASY,
	flat,
	memoryJournal,
	minutes,
	open,
	type RunParts,
	type RunResult,
	runWith,
	START,
	scriptedFeed,
} from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

type View = { readonly positions: readonly { readonly positionId: number; readonly side: string }[]; readonly entry: { readonly mayEnter: boolean } };
/** Opens whenever it has nothing, asked or not. */
const ALWAYS_IN = (view: View): unknown => (view.positions.length === 0 ? [open("BUY")] : []);
const KILL = { command: "kill", reason: "red button" } as const;
const RESET = { command: "reset", reason: "seen it" } as const;
const RESUME = { command: "resume" } as const;

function watched(changes: ConfigChanges = {}): ReturnType<typeof configWith> {
	return configWith({ onLatch: "wait", onExit: "keep", ...changes, rules: { ...EASY, ...changes.rules } });
}

function run(
	config: ReturnType<typeof configWith>,
	commands: readonly (readonly [tick: number, command: Command])[],
	parts: Partial<RunParts> = {},
): Promise<RunResult> {
	return runWith(config, {
		feed: scriptedFeed(flat(30)),
		script: ALWAYS_IN as never,
		commands: commands.map(([tick, command]) => ({ tick, command })),
		...parts,
	});
}

function story({ journal }: RunResult): string[] {
	return journal.records.flatMap(({ kind, tick, data }) => {
		const line = data as Record<string, unknown>;
		if (kind === "state") return [`${tick} ${line.from} -> ${line.to} ${line.control}`];
		if (kind === "command-refused") return [`${tick} refused ${line.command}: ${line.why}`];
		if (kind === "order") return [`${tick} ${line.purpose}`];
		if (kind === "ending") return [`${tick} ending ${line.reason} ${line.positions}`];
		return [];
	});
}

describe("a latched halt in a session that somebody watches", () => {
	it("does not end it: the operator resets, resumes, and entries go on", async () => {
		const config = watched();
		const result = await run(
			config,
			[
				[5, KILL],
				[10, RESET],
				[15, RESUME],
			],
			{ feed: scriptedFeed(minutes([...flat(7).map(({ bid }) => bid), ...new Array<number>(30).fill(109_800)])) },
		);
		expect(story(result)).toEqual([
			"2 open",
			"5 ACTIVE -> KILLED C33",
			// The stop has closed the position at the fall: nothing new until the operator resumes.
			"10 KILLED -> PAUSED C36",
			"15 PAUSED -> ACTIVE C36",
			"16 open",
			"37 ending end-of-data keep",
		]);
		expect(result.journal.of("trade")).toHaveLength(1);
		expect(result.engine.end).toEqual({ reason: "end-of-data", detail: "the feed has no more data" });
	});

	it("ends an unattended one, whatever the old configuration says", async () => {
		const { onLatch: _gone, ...old } = watched();
		for (const config of [watched({ onLatch: "end" }), old as typeof old & { onLatch: "end" }]) {
			const result = await run(config, [[5, KILL]]);
			expect(result.engine.end).toEqual({ reason: "kill", detail: "C33: red button" });
		}
	});

	it.each<[string, ConfigChanges, readonly (readonly [number, Command])[], string, string]>([
		["the data ends", {}, [], "kill", "C33: red button; not reset before the end (the feed has no more data)"],
		["its time is over", { durationMinutes: 10 }, [], "kill", "C33: red button; not reset before the end (the planned 10 market minutes are over)"],
		["its operator stops it", {}, [[8, { command: "stop", reason: "enough", positions: null }]], "kill", "C33: red button; not reset before the end (enough)"],
		["it was reset", {}, [[8, RESET]], "end-of-data", "the feed has no more data"],
	])("is what ended the session when %s", async (_name, changes, commands, reason, detail) => {
		const result = await run(watched(changes), [[5, KILL], ...commands]);
		expect(result.engine.end).toEqual({ reason, detail });
		expect(exitCodeOf(result.engine.end?.reason ?? "bug", 130)).toBe(reason === "kill" ? 5 : 0);
	});

	it("is not what ended it when the data failed: that is worse news", async () => {
		const result = await run(watched(), [[5, KILL]], { feed: scriptedFeed(flat(30), { failure: "line 31 is damaged" }) });
		expect(result.engine.end).toEqual({ reason: "data-failure", detail: "line 31 is damaged" });
	});

	it("does not let a session go on whose journal cannot be written", async () => {
		const journal = memoryJournal(5);
		const result = await run(watched(), [], { journal });
		expect(result.engine.end?.reason).toBe("journal-failure");
		expect(result.engine.tick).toBeLessThan(30);
	});

	it.each([
		["hold", 1, []],
		["flatten", 0, ["5 close"]],
	] as const)("leaves positions as --on-breaker %s says, and exits go on working", async (onBreaker, left, closes) => {
		const result = await run(watched({ onBreaker }), [[5, KILL]]);
		expect(story(result).filter((line) => line.endsWith("close"))).toEqual(closes);
		expect(result.engine.positions).toHaveLength(left);
	});

	it("lets the agent close what it holds, and drops what it wants to open", async () => {
		const script = (view: View, call: number): unknown => {
			if (call < 8) return call === 1 ? [open("BUY")] : [];
			return view.positions.length > 0 ? [{ kind: "close", positionId: view.positions[0]?.positionId, reason: "leave" }] : [open("SELL")];
		};
		const result = await run(watched(), [[5, KILL]], { script: script as never });
		expect(story(result).slice(0, 3)).toEqual(["2 open", "5 ACTIVE -> KILLED C33", "9 close"]);
		expect(result.journal.of("order")).toHaveLength(2);
		expect(result.journal.of("dropped")[0]?.data).toMatchObject({ why: "KILLED: red button" });
	});

	it("waits for a loss limit too, cancelling what waits at the broker", async () => {
		const bids = [...new Array<number>(5).fill(110_000), ...new Array<number>(20).fill(109_940)];
		const script = (_view: unknown, call: number): unknown => (call === 1 ? [open("BUY", { size: { kind: "lots", lots: 1 } })] : []);
		const pending = {
			ticket: 77,
			intentId: null,
			symbol: "EURUSD",
			type: "BUY_LIMIT",
			lots: 0.1,
			price: 109_000,
			stopLimit: 0,
			sl: 0,
			tp: 0,
			timeInForce: "GTC",
			expiresAt: 0,
			placedAt: START,
			magic: 1,
			comment: "",
		} as const;
		const feed = scriptedFeed(minutes(bids), {
			batchRows: 1,
			beforeRow: () => {
				if (hook.engine?.tick === 4) hook.engine.orders.push(pending);
			},
		});
		const result = await run(watched({ rules: { sessionLossPct: 0.5 } }), [], { feed, script: script as never });
		expect(story(result)).toEqual(["2 open", "6 ACTIVE -> KILLED C21", "6 cancel", "25 ending loss-limit keep"]);
	});
});

describe("commands in every phase", () => {
	it.each<[string, readonly (readonly [number, Command])[], readonly string[]]>([
		[
			"a pause in the warm-up holds when trading begins",
			[
				[0, { command: "pause" }],
				[9, RESUME],
			],
			["0 ACTIVE -> PAUSED C36", "9 PAUSED -> ACTIVE C36", "10 open"],
		],
		[
			"a kill in the warm-up waits for its reset",
			[
				[0, KILL],
				[4, RESET],
				[6, RESUME],
			],
			["0 ACTIVE -> KILLED C33", "4 KILLED -> PAUSED C36", "6 PAUSED -> ACTIVE C36", "7 open"],
		],
		[
			"a second kill changes nothing",
			[
				[5, KILL],
				[6, KILL],
			],
			["2 open", "5 ACTIVE -> KILLED C33"],
		],
		[
			"resume is refused while something is latched",
			[
				[5, KILL],
				[6, RESUME],
			],
			["2 open", "5 ACTIVE -> KILLED C33", "6 refused resume: KILLED is latched and needs a reset first (C33: red button)"],
		],
		["reset is refused while nothing is latched", [[5, RESET]], ["2 open", "5 refused reset: nothing is latched: there is nothing to reset"]],
		[
			"a kill during a pause is latched",
			[
				[5, { command: "pause" }],
				[6, KILL],
				[7, RESET],
				[8, RESUME],
			],
			["2 open", "5 ACTIVE -> PAUSED C36", "6 PAUSED -> KILLED C33", "7 KILLED -> PAUSED C36", "8 PAUSED -> ACTIVE C36"],
		],
	])("%s", async (_name, commands, lines) => {
		const result = await run(watched(), commands);
		expect(story(result).filter((line) => !line.includes("ending"))).toEqual(lines);
	});

	it.each<["keep" | "flatten", "keep" | "flatten" | null, number]>([
		["keep", null, 1],
		["flatten", null, 0],
		["keep", "flatten", 0],
		["flatten", "keep", 1],
	])("with --on-exit %s a stop that asks for %s leaves %d position", async (onExit, positions, left) => {
		const result = await run(watched({ onExit }), [[6, { command: "stop", reason: "lunch", positions }]]);
		expect(result.engine.end).toEqual({ reason: "interrupt", detail: "lunch" });
		expect(result.engine.positions).toHaveLength(left);
	});

	it("a stop of an older journal, without `positions`, does as --on-exit says", async () => {
		const old = { command: "stop", reason: "lunch" } as unknown as Command;
		expect((await run(watched({ onExit: "flatten" }), [[6, old]])).engine.positions).toEqual([]);
	});

	it("while the end waits for an answer: a second stop may still close, and anything else is refused", async () => {
		const config = watched({ simulator: { latencyMs: 150_000 }, chsThreshold: 0.01 });
		const stop = (positions: "keep" | "flatten" | null): Command => ({ command: "stop", reason: "lunch", positions });
		const result = await run(config, [
			[3, stop("keep")],
			[4, stop(null)],
			[4, stop("flatten")],
			[4, stop("keep")],
		]);
		expect(story(result)).toEqual([
			"2 open",
			"3 ending interrupt keep",
			"4 refused stop: the session is ending already: interrupt",
			"4 refused stop: the session is ending already: interrupt, positions are being closed",
			"4 close",
		]);
	});
});

describe("an end that flattens", () => {
	it("closes an entry that was on its way, which the broker tells as answer, deal and position", async () => {
		const config = watched({ onExit: "flatten", simulator: { latencyMs: 150_000 }, chsThreshold: 0.01 });
		const result = await run(config, [[3, { command: "stop", reason: "lunch", positions: null }]]);
		expect(story(result)).toEqual(["2 open", "3 ending interrupt flatten", "4 close"]);
		expect(result.engine.positions).toEqual([]);
		expect(result.engine.tick).toBeLessThan(10);
	});

	it("because of its own entry's fill closes that entry: the answer comes before the position", async () => {
		const config = watched({ onLatch: "end", onBreaker: "flatten", simulator: { latencyMs: 90_000 }, chsThreshold: 0.01 });
		// The price falls by 11 points while the order to sell is on its way: a slip beyond what is borne.
		const bids = [110_000, 110_000, 109_989, ...new Array<number>(20).fill(109_989)];
		const script = (_view: View, call: number): unknown => (call === 1 ? [open("SELL")] : []);
		const result = await run(config, [], { feed: scriptedFeed(minutes(bids)), script: script as never });
		expect(result.engine.end).toMatchObject({ reason: "halt", detail: expect.stringContaining("C29") });
		expect(result.journal.of("trade")).toHaveLength(1);
		expect(result.engine.positions).toEqual([]);
	});
});

describe("flatten", () => {
	it("closes everything, lets nothing slip in before it is done, and entries go on afterwards", async () => {
		const config = watched({ simulator: { latencyMs: 90_000 }, chsThreshold: 0.01 });
		const script = (_view: View, call: number): unknown => (call === 1 || call >= 8 ? [open("BUY")] : []);
		const result = await run(config, [[8, { command: "flatten" }]], { script: script as never });
		// Asked after row 8, done by the answer before row 10; the agent wants in at rows 9 and 10.
		expect(story(result).slice(0, 3)).toEqual(["2 open", "8 close", "10 open"]);
		expect(result.journal.of("dropped").filter(({ tick }) => tick <= 10)).toMatchObject([{ tick: 9, data: { why: "positions are being closed" } }]);
		expect(result.journal.of("order")[1]?.data).toMatchObject({ reason: "flattened by the operator" });
	});

	it("drops the waiting half of a reversal", async () => {
		const config = watched({ simulator: { latencyMs: 90_000 }, chsThreshold: 0.01 });
		const script = (view: View, call: number): unknown => {
			if (call === 1) return [open("BUY")];
			return call === 7 ? [{ kind: "close", positionId: view.positions[0]?.positionId, reason: "turn" }, open("SELL")] : [];
		};
		const result = await run(config, [[8, { command: "flatten" }]], { script: script as never });
		expect(story(result)).toEqual(["2 open", "8 close", "30 ending end-of-data keep"]);
		expect(result.journal.of("dropped")[0]?.data).toMatchObject({ intent: { side: "SELL" }, why: "positions are being closed" });
	});

	it("catches an entry that was on its way when it was asked for", async () => {
		const config = watched({ simulator: { latencyMs: 150_000 }, chsThreshold: 0.01 });
		const result = await run(config, [
			[4, { command: "flatten" }],
			[5, { command: "pause" }],
		]);
		expect(story(result)).toEqual(["2 open", "4 close", "5 ACTIVE -> PAUSED C36", "30 ending end-of-data keep"]);
		expect(result.engine.positions).toEqual([]);
	});
});

describe("who watches", () => {
	it("is no part of what a configuration is, so that a cockpit's run repeats a headless one", () => {
		const identity = scriptedFeed([]).identity;
		const [ends, waits] = [configWith({ onLatch: "end" }), configWith({ onLatch: "wait" })];
		const { onLatch: _gone, ...old } = ends;
		for (const config of [waits, old as typeof ends]) {
			expect(configHashOf(config)).toBe(configHashOf(ends));
			expect(runKeyOf(config, identity)).toBe(runKeyOf(ends, identity));
		}
		expect(configHashOf(configWith({ seed: 8 }))).not.toBe(configHashOf(ends));
	});
});
