import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { BREACHES } from "../../src/engine/limits/breach.ts";
import { createLog, type LogEntry } from "../../src/engine/log.ts";
import type { JournalRecord } from "../../src/engine/outbox.ts";
import { close, configWith, EASY, minutes, open, runWith, START, scriptedFeed, syntheticFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

function line(kind: string, data: unknown, at = START): JournalRecord {
	return { kind, at, tick: 1, data };
}

const BUY = { action: "DEAL", intentId: 1, side: "BUY", lots: 0.5, price: 110_002, sl: 109_900, tp: 0, positionId: null };
const CLOSE = { ...BUY, intentId: 2, side: "SELL", positionId: 7, price: 110_050 };
const MOVE = { action: "SLTP", intentId: 3, positionId: 7, sl: 109_950, tp: 110_200 };
const ORDER = line("order", { request: BUY, purpose: "open", reason: "cross", changes: [] });

function deal(changes: object): JournalRecord {
	return line("broker", {
		type: "deal",
		deal: { positionId: 7, intentId: 1, entry: "IN", side: "BUY", lots: 0.5, price: 110_003, reason: "EXPERT", ...changes },
	});
}

function answer(changes: object): JournalRecord {
	return line("broker", { type: "answer", answer: { intentId: 1, outcome: "done", retcode: 10009, lots: 0.5, price: 110_003, comment: "", ...changes } });
}

const TRADE = { number: 1, positionId: 7, side: "BUY", lots: 0.5, closePrice: 1.1005, net: 23.5, exitReason: "take profit", reason: "TP" };
const STATE = { from: "ACTIVE", to: "PAUSED", control: "C36", reason: "paused by the operator", at: START };

/** `weight kind event price lots result control trade mark: reason`, `-` for what is absent. */
function shown(entry: LogEntry | null): string {
	if (entry === null) return "nothing";
	const { weight, kind, event, price, lots, result, control, trade, mark, reason } = entry;
	const number = trade === null ? "-" : `${trade.shadow ? "shadow " : ""}#${trade.number}`;
	return `${weight} ${kind} | ${event} | ${price ?? "-"} ${lots ?? "-"} ${result ?? "-"} ${control ?? "-"} ${number} ${mark ?? "-"} | ${reason}`;
}

/** Kind of line, what it is about, the lines before it, the line, and the entry it gives. */
const CASES: readonly (readonly [kind: string, what: string, before: readonly JournalRecord[], data: unknown, entry: string])[] = [
	["session", "the header", [], { format: 1 }, "nothing"],
	["decision", "the order after it says the same", [], { intents: [] }, "nothing"],
	["chs", "a snapshot", [], { word: "weak", chs: 0.6 }, "nothing"],
	["entry-failed", "the answer has said it", [], { intentId: 1, kind: "refused" }, "nothing"],
	["sealed", "the seal", [], { fingerprint: "a" }, "nothing"],
	["rows", "live quotes", [], { rows: [[START, 1, 2, 1, 1]] }, "nothing"],
	[
		"adoption",
		"a position from before",
		[],
		{ number: 1, positionId: 7, side: "SELL", lots: 0.2, openPrice: 110_010, reason: "cross", close: true },
		"warn trade | SELL taken over | 1.1001 0.2 - - #1 - | cross; it is being closed",
	],
	["broker", "what was taken over is told by its trade", [], { type: "adopted", adoption: { position: { id: 7 } } }, "nothing"],
	["broker", "a lost link", [], { type: "link", state: "down", detail: "no answer for 3 s" }, "alarm data | link lost | - - - C38 - - | no answer for 3 s"],
	[
		"broker",
		"comparing",
		[],
		{ type: "link", state: "reconciling", detail: "" },
		"warn data | reconciling | - - - C38 - - | the broker's view and ours are compared; no entries meanwhile",
	],
	["broker", "the link is back", [], { type: "link", state: "up", detail: "" }, "good data | link up | - - - C38 - - | the broker's view and ours agree"],
	["broker", "a state of a link that nobody knows", [], { type: "link", state: "sideways" }, "nothing"],
	[
		"broker",
		"a lost order that was done",
		[ORDER],
		{ type: "resolved", answer: { intentId: 1, outcome: "done", lots: 0.5 } },
		"good order | BUY was done | - 0.5 - C37 - - | found out: it was executed although no answer came",
	],
	[
		"broker",
		"a lost order that was not done",
		[ORDER],
		{ type: "resolved", answer: { intentId: 1, outcome: "rejected" } },
		"info order | BUY not done | - 0.5 - C37 - - | found out: nothing was executed",
	],
	[
		"broker",
		"a lost order of which nobody can tell",
		[ORDER],
		{ type: "resolved", answer: { intentId: 1, outcome: "unknown" } },
		"alarm order | BUY: not known | - - - C37 - - | nobody can tell what became of it: a person must look at the terminal",
	],
	[
		"broker",
		"trouble on the account",
		[],
		{ type: "account-trouble", control: "C31", state: "HALTED", detail: "position 55 is not ours" },
		"alarm limit | HALTED account trouble | - - - C31 - - | position 55 is not ours",
	],
	["broker", "the simulator beside the broker", [ORDER], { type: "paper", paper: { kind: "answer", answer: { intentId: 1 } } }, "nothing"],
	["order", "an entry", [], ORDER.data, "info order | BUY sent | 1.10002 0.5 - - - - | cross"],
	[
		"order",
		"a repaired one",
		[],
		{
			request: BUY,
			reason: "cross",
			changes: [
				{ field: "lots", from: 0.57, to: 0.5, why: "maxLots" },
				{ field: "sl", from: 109_899, to: 109_900, why: "tick size" },
			],
		},
		"info order | BUY sent | 1.10002 0.5 - - - - | cross; lots 0.57 -> 0.5 (maxLots); sl 1.09899 -> 1.09900 (tick size)",
	],
	[
		"order",
		"a close of a known trade",
		[ORDER, deal({})],
		{ request: CLOSE, reason: "turn", changes: [] },
		"info order | close sent | 1.1005 0.5 - - #1 - | turn",
	],
	["order", "a cancel", [], { request: { action: "REMOVE", ticket: 4 }, reason: "killed", changes: [] }, "info order | cancel sent | - - - - - - | killed"],
	[
		"refused",
		"an entry",
		[],
		{ request: BUY, control: "C12", message: "STOP_MISSING", shadow: false },
		"warn refused | BUY refused | 1.10002 0.5 - C12 - - | STOP_MISSING",
	],
	[
		"refused",
		"for the shadow",
		[],
		{ request: BUY, control: "C12", message: "STOP_MISSING", shadow: true },
		"info refused | shadow BUY refused | 1.10002 0.5 - C12 - - | STOP_MISSING",
	],
	["broker", "a yes is told by its deal", [ORDER], answer({}).data, "nothing"],
	[
		"broker",
		"a no",
		[ORDER],
		answer({ outcome: "rejected", retcode: 10006, comment: "no" }).data,
		"warn order | BUY rejected | - 0.5 - - - - | 10006 the server or its dealer refused (no)",
	],
	[
		"broker",
		"a requote",
		[ORDER],
		answer({ outcome: "rejected", retcode: 10004 }).data,
		"warn order | BUY requoted | - 0.5 - - - - | 10004 the price moved beyond the deviation; the answer holds new quotes",
	],
	[
		"broker",
		"no answer",
		[ORDER],
		answer({ outcome: "unknown", retcode: 10012 }).data,
		"warn order | BUY: no answer | - - - C37 - - | whether it was done is not known yet",
	],
	["broker", "half of it", [ORDER], answer({ outcome: "partial", lots: 0.2 }).data, "info order | BUY partly filled | - - - - - - | 0.2 of 0.5 lots"],
	[
		"broker",
		"levels moved",
		[ORDER, deal({}), line("order", { request: MOVE, reason: "trail", changes: [] })],
		answer({ intentId: 3, lots: 0, price: 0 }).data,
		"info order | levels set | - - - - #1 - | SL 1.09950, TP 1.10200",
	],
	["broker", "an opening deal", [ORDER], deal({}).data, "info trade | BUY filled | 1.10003 0.5 - - #1 buy | cross"],
	["broker", "a foreign one", [], deal({ intentId: null, side: "SELL" }).data, "info trade | SELL filled | 1.10003 0.5 - - #1 sell | not an order of ours"],
	[
		"broker",
		"a deal that closes a part",
		[ORDER, deal({})],
		deal({ entry: "OUT", side: "SELL", lots: 0.2, price: 110_040 }).data,
		"info trade | partly closed | 1.1004 0.2 - - #1 exit | 0.3 of 0.5 lots stay open",
	],
	["broker", "a deal that closes all is told by its trade", [ORDER, deal({})], deal({ entry: "OUT", side: "SELL" }).data, "nothing"],
	[
		"broker",
		"a reversal opens its rest",
		[ORDER, deal({})],
		deal({ entry: "INOUT", side: "SELL", lots: 0.7 }).data,
		"info trade | SELL filled | 1.10003 0.2 - - #2 sell | cross",
	],
	["broker", "a rollover", [ORDER, deal({})], deal({ entry: "OUT", reason: "ROLLOVER" }).data, "nothing"],
	[
		"broker",
		"a waiting order",
		[],
		{ type: "order", order: { type: "BUY_LIMIT", price: 109_900, sl: 109_800, tp: 0, lots: 0.1 } },
		"info order | BUY LIMIT waiting | 1.099 0.1 - - - - | SL 1.09800, TP none",
	],
	[
		"broker",
		"one that was cancelled",
		[],
		{ type: "order-removed", ticket: 9, why: "cancelled" },
		"info order | order cancelled | - - - - - - | waiting order 9",
	],
	["broker", "one that was rejected", [], { type: "order-removed", ticket: 9, why: "rejected" }, "warn order | order rejected | - - - - - - | waiting order 9"],
	["broker", "an account report", [], { type: "account", account: {} }, "nothing"],
	["broker", "a position", [], { type: "position", position: {} }, "nothing"],
	[
		"trade",
		"at its target",
		[ORDER, deal({}), deal({ entry: "OUT", side: "SELL", price: 110_050 })],
		TRADE,
		"good trade | take profit | 1.1005 0.5 23.5 - #1 exit | take profit",
	],
	["trade", "at its stop", [], { ...TRADE, reason: "SL", net: -9, exitReason: "stop loss" }, "info trade | stop loss | 1.1005 0.5 -9 - #1 exit | stop loss"],
	[
		"trade",
		"by the broker's stop-out",
		[],
		{ ...TRADE, reason: "SO", net: -90, exitReason: "stop-out by the broker" },
		"alarm trade | stop-out | 1.1005 0.5 -90 - #1 exit | stop-out by the broker",
	],
	["trade", "by request", [], { ...TRADE, reason: "EXPERT", exitReason: "turn" }, "info trade | closed | 1.1005 0.5 23.5 - #1 exit | turn"],
	["shadow-order", "an entry in the shadow", [], { request: BUY, reason: "cross" }, "info order | shadow BUY | 1.10002 0.5 - - - - | cross"],
	[
		"shadow-trade",
		"a trade in the shadow",
		[],
		{ ...TRADE, shadow: true, positionId: undefined },
		"info trade | shadow take profit | 1.1005 0.5 23.5 - shadow #1 - | take profit",
	],
	[
		"breach",
		"a loss limit",
		[],
		{ control: "C21", code: "SESSION_LOSS", state: "KILLED", reason: "session loss 5.1 %" },
		"alarm limit | KILLED session loss | - - - C21 - - | session loss 5.1 %",
	],
	[
		"breach",
		"a streak",
		[],
		{ control: "C26", code: "LOSING_STREAK", state: "PAUSED", reason: "4 losing closes" },
		"warn limit | PAUSED losing streak | - - - C26 - - | 4 losing closes",
	],
	[
		"breach",
		"the planned end of entries",
		[],
		{ control: "C20", code: "ENTRIES_USED_UP", state: "REDUCING", reason: "10 of 10" },
		"info limit | REDUCING entries used up | - - - C20 - - | 10 of 10",
	],
	[
		"margin-call",
		"a margin call",
		[],
		{ margin: 9000, marginCall: true },
		"alarm limit | margin call | - - - C11 - - | the broker asks for more margin: 9000 is used",
	],
	["state", "a pause", [], STATE, "warn command | PAUSED | - - - C36 - - | paused by the operator"],
	["state", "a kill", [], { ...STATE, to: "KILLED", control: "C33", reason: "red button" }, "alarm command | KILLED | - - - C33 - - | red button"],
	["state", "a resume", [], { ...STATE, from: "PAUSED", to: "ACTIVE", reason: "resumed" }, "good command | ACTIVE again | - - - C36 - - | resumed"],
	[
		"state",
		"what a limit has just told",
		[line("breach", { control: "C21", code: "SESSION_LOSS", state: "KILLED", reason: "r" })],
		{ ...STATE, to: "KILLED", control: "C21" },
		"nothing",
	],
	[
		"state",
		"the end of a pause that a limit told of earlier",
		[line("breach", { control: "C26", code: "LOSING_STREAK", state: "PAUSED", reason: "r" }, START - 1)],
		{ ...STATE, from: "PAUSED", to: "ACTIVE", control: "C26", reason: "the pause ran out" },
		"good limit | ACTIVE again | - - - C26 - - | the pause ran out",
	],
	[
		"breaker",
		"a trip",
		[],
		{ what: "trip", text: "too slow", score: 0.5497, latched: false },
		"alarm breaker | breaker trip | - - - C25 - - | CHS 0.549: too slow",
	],
	[
		"breaker",
		"a latch",
		[],
		{ what: "latch", text: "beyond the plan", score: 0.2, latched: true },
		"alarm breaker | breaker latch | - - - C25 - - | CHS 0.200: beyond the plan, latched: a reset is needed",
	],
	[
		"breaker",
		"a re-arm",
		[],
		{ what: "re-arm", text: "x", score: 0.66, latched: false },
		"good breaker | breaker re-arm | - - - C25 - - | CHS 0.660: new risk is allowed again",
	],
	["data", "silence", [], { from: "ok", to: "stale", why: "no quote for 11 s" }, "warn data | data stale | - - - C30 - - | no quote for 11 s"],
	["data", "its end", [], { from: "stale", to: "ok", why: "" }, "good data | data back | - - - C30 - - | quotes are fresh and plausible again"],
	["agent-fault", "a fault", [], { what: "the agent threw: x" }, "warn agent | agent fault | - - - C32 - - | the agent threw: x"],
	["agent", "an answer from outside is told by its decision or its fault", [], { question: 3, outcome: "decided", intents: [] }, "nothing"],
	[
		"agent-note",
		"above what it was trained on",
		[],
		{ note: "outside", feature: "spreadAtr", value: 0.9123, low: 0.01, high: 0.4, others: 2 },
		"info agent | outside training | - - - - - - | spreadAtr 0.912 > 0.4 and 2 more: it holds",
	],
	[
		"agent-note",
		"below it",
		[],
		{ note: "outside", feature: "mean20Atr", value: -9, low: -4.25, high: 4, others: 0 },
		"info agent | outside training | - - - - - - | mean20Atr -9 < -4.25: it holds",
	],
	[
		"agent-note",
		"a disagreement",
		[],
		{
			note: "disagreement",
			votes: [
				{ role: "incumbent", action: "buy", confidence: 0.61 },
				{ role: "competitor", action: "sell", confidence: 0.7 },
			],
			role: null,
			why: "a draw",
		},
		"info agent | triad disagrees | - - - - - - | incumbent buy 0.61, competitor sell 0.70; a draw",
	],
	["agent-note", "one that nobody knows", [], { note: "else" }, "nothing"],
	[
		"agent-outside",
		"outside for long",
		[],
		{ lasting: true, outside: 31, bars: 60 },
		"warn agent | outside training | - - - - - - | 31 of the last 60 bars were outside its training: the agent hardly trades",
	],
	[
		"agent-outside",
		"inside again",
		[],
		{ lasting: false, outside: 15, bars: 60 },
		"good agent | inside training | - - - - - - | 15 of the last 60 bars were outside its training: it decides again",
	],
	["dropped", "a held entry", [], { intent: { side: "BUY" }, why: "60 s of cooldown left" }, "info agent | BUY dropped | - - - - - - | 60 s of cooldown left"],
	["nothing-to-close", "too late", [], { positionId: 7 }, "info agent | nothing to close | - - - - - - | position 7 is not open any more"],
	["nothing-to-modify", "too late", [], { positionId: 7 }, "info agent | nothing to change | - - - - - - | position 7 is not open any more"],
	["command", "a command", [], { command: "kill", reason: "red button" }, "info command | asked: kill | - - - - - - | red button"],
	[
		"command-refused",
		"one that cannot be done",
		[],
		{ command: "reset", why: "nothing is latched" },
		"warn command | reset refused | - - - C36 - - | nothing is latched",
	],
	[
		"trading",
		"the start",
		[],
		{ bars: 20, endsAt: START },
		"info session | trading begins | - - - - - - | 20 bars of warm-up are in; until 2025-03-04 14:00:00",
	],
	[
		"ending",
		"a planned end",
		[],
		{ reason: "duration", detail: "time is over", positions: "flatten", open: 1 },
		"info session | session ending | - - - - - - | time is over; 1 open: being closed",
	],
	[
		"ending",
		"an end by a guard",
		[],
		{ reason: "breaker", detail: "C25", positions: "keep", open: 1 },
		"warn session | session ending | - - - - - - | C25; 1 open: kept with their stops",
	],
	["ended", "the end", [], { reason: "duration", detail: "time is over" }, "info session | session ended | - - - - - - | time is over"],
	["bug", "a bug", [], { detail: "x is undefined" }, "alarm session | bug | - - - - - - | x is undefined"],
];

describe("the log", () => {
	it.each(CASES)("%s: %s", (kind, _what, before, data, wanted) => {
		const log = createLog(5);
		for (const record of before) log.entryOf(record);
		expect(shown(log.entryOf(line(kind, data)))).toBe(wanted);
	});

	it("knows every kind of line that is written", () => {
		const root = new URL("../../src/", import.meta.url);
		const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.ts$/.test(name) && !name.startsWith("ui/"));
		const written = files.flatMap((name) =>
			[...readFileSync(new URL(name, root), "utf8").matchAll(/\b(?:record\(engine, |journal\.append\()"([a-z-]+)"/g)].map(([, kind]) => kind),
		);
		expect(new Set(written).size).toBeGreaterThan(20);
		expect([...new Set(written)].filter((kind) => !CASES.some(([known]) => known === kind))).toEqual([]);
	});

	it("has words for every limit", () => {
		for (const [code, { control, state }] of Object.entries(BREACHES)) {
			const event = createLog(5).entryOf(line("breach", { control, code, state, reason: "" }))?.event ?? "";
			expect(event, code).toMatch(new RegExp(`^${state} [a-z -]{6,20}$`));
			expect(event).not.toContain("_");
		}
	});

	it("tells a session from its fills to its results, and knows which trade each belongs to", async () => {
		const script = (view: { positions: readonly { positionId: number }[] }, call: number): unknown =>
			call === 1
				? [open("BUY", { targetPoints: 40 })]
				: call === 4
					? [open("SELL")]
					: call === 5
						? view.positions.map(({ positionId }) => close(positionId))
						: [];
		const bids = [110_000, 110_000, 110_000, 110_050, 110_000, 110_000, 110_000];
		const result = await runWith(configWith({ rules: EASY }), { feed: scriptedFeed(minutes(bids)), script: script as never });
		const log = createLog(5);
		const entries = result.journal.records.map((record) => log.entryOf(record)).filter((entry) => entry !== null);
		expect(entries.filter(({ kind }) => kind === "trade").map(shown)).toEqual([
			"info trade | BUY filled | 1.10002 0.1 - - #1 buy | enter BUY",
			"good trade | take profit | 1.1005 0.1 4.8 - #1 exit | take profit",
			"info trade | SELL filled | 1.1 0.1 - - #2 sell | enter SELL",
			"info trade | closed | 1.10002 0.1 -0.2 - #2 exit | leave",
		]);
	});

	it("asks a running engine for a number that the journal does not tell while a shadow trade may be unborn", () => {
		const shadow = line("shadow-order", { request: BUY, reason: "cross" });
		expect(createLogAfter([shadow, ORDER], undefined)).toBeNull();
		expect(createLogAfter([shadow, ORDER], (positionId) => positionId - 2)).toEqual({ number: 5, shadow: false });
		const ended = line("shadow-trade", { ...TRADE, number: 1 });
		expect(createLogAfter([shadow, ended, ORDER], undefined)).toEqual({ number: 2, shadow: false });
	});

	it("numbers every fill of a generated session as the engine does", async () => {
		const config = configWith({
			agent: { id: "sma", params: { fastBars: 2, slowBars: 4, stopAtr: 3 } },
			warmupBars: 20,
			account: { marginMode: "netting" },
			rules: { ...EASY, maxLots: 0.5 },
			simulator: { latencyMs: 100, slippagePoints: 0.5, partialFillProbability: 0.3 },
		});
		const { journal } = await runWith(config, { feed: syntheticFeed(config, 120) });
		const log = createLog(5);
		const fills = journal.records.map((record) => log.entryOf(record)).filter((entry) => entry?.kind === "trade");
		const numbers = fills.flatMap((entry) => (entry?.mark === "exit" && entry.result !== null ? [entry.trade?.number] : []));
		expect(numbers.length).toBeGreaterThan(3);
		for (const number of numbers)
			expect(
				fills.some((entry) => entry?.mark !== "exit" && entry?.trade?.number === number),
				`#${number}`,
			).toBe(true);
	});

	it("takes whatever a journal holds without throwing", () => {
		const kinds = [...new Set(CASES.map(([kind]) => kind)), "else", "__proto__", "toString"];
		const part = fc.oneof(
			fc.anything(),
			fc.record(
				{ deal: fc.anything(), answer: fc.anything(), request: fc.anything(), type: fc.constantFrom("deal", "answer", "order"), changes: fc.anything() },
				{ requiredKeys: [] },
			),
		);
		fc.assert(
			fc.property(fc.array(fc.record({ kind: fc.constantFrom(...kinds), at: fc.double(), tick: fc.nat(), data: part }), { maxLength: 20 }), (records) => {
				const log = createLog(5);
				for (const record of records) {
					const entry = log.entryOf(record);
					if (entry === null) continue;
					for (const value of [entry.price, entry.lots, entry.result]) expect(value === null || Number.isFinite(value)).toBe(true);
					expect(typeof entry.reason).toBe("string");
				}
			}),
		);
	});
});

/** The trade of the opening deal of position 7 after these lines. */
function createLogAfter(before: readonly JournalRecord[], lookUp: ((positionId: number) => number | null) | undefined): LogEntry["trade"] | undefined {
	const log = createLog(5, lookUp);
	for (const record of before) log.entryOf(record);
	return log.entryOf(deal({}))?.trade;
}
