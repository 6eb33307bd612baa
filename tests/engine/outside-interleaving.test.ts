import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { OutsideAgent } from "../../src/adapters/ports.ts";
import type { AgentAnswer, Question } from "../../src/engine/agents/outside.ts";
import type { SessionConfig } from "../../src/engine/config.ts";
import { createEngine } from "../../src/engine/engine.ts";
import type { Command } from "../../src/engine/event.ts";
import { TICK_QUOTE } from "../../src/engine/market/tick.ts";
import type { OrderRequest } from "../../src/engine/order.ts";
import { step, stepRow } from "../../src/engine/step.ts";
import type { StateChange } from "../../src/engine/trading-state.ts";
import { createRecorder, fingerprintOf, replaySession } from "../../src/replay.ts";
import { hook } from "../helpers/engine-hook.ts";
import {
	close,
	configWith,
	EASY,
	type MemoryJournal,
	MINUTE,
	memoryJournal,
	minutes,
	open,
	paperBroker,
	type RunResult,
	runWith,
	scriptedFeed,
} from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

type Wish = "buy" | "sell" | "close" | "turn" | "hold" | "late" | "failed" | "rubbish" | "other question" | "infinite";
/** One question: what is asked for while the agent thinks, and what it answers then. `turns`: how often the loop goes round before that. */
type Answering = { readonly wish: Wish; readonly turns: number; readonly commands: readonly Command[]; readonly after: readonly Command[] };
type Case = {
	readonly moves: readonly number[];
	readonly answers: readonly Answering[];
	readonly settings: Pick<SessionConfig, "onExit" | "onLatch" | "durationMinutes" | "maxTrades">;
	readonly latencyMs: number;
	readonly failAt: number | null;
};

const COMMAND: fc.Arbitrary<Command> = fc.oneof(
	{ weight: 2, arbitrary: fc.constant<Command>({ command: "pause" }) },
	{ weight: 3, arbitrary: fc.constant<Command>({ command: "resume" }) },
	{ weight: 2, arbitrary: fc.constant<Command>({ command: "flatten" }) },
	{ weight: 2, arbitrary: fc.constant<Command>({ command: "kill", reason: "red button" }) },
	{ weight: 3, arbitrary: fc.constant<Command>({ command: "reset", reason: "seen it" }) },
	fc.constantFrom<Command>({ command: "stop", reason: "enough", positions: "keep" }, { command: "stop", reason: "enough", positions: "flatten" }),
);
const SOME = fc.oneof({ weight: 4, arbitrary: fc.constant<Command[]>([]) }, fc.array(COMMAND, { minLength: 1, maxLength: 2 }));
const WISHES: readonly Wish[] = [
	"buy",
	"buy",
	"sell",
	"sell",
	"close",
	"turn",
	"hold",
	"hold",
	"hold",
	"late",
	"failed",
	"rubbish",
	"other question",
	"infinite",
];

const caseOf = (failAt: fc.Arbitrary<number | null>): fc.Arbitrary<Case> =>
	fc.record({
		moves: fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 20, maxLength: 40 }),
		answers: fc.array(fc.record({ wish: fc.constantFrom(...WISHES), turns: fc.integer({ min: 0, max: 3 }), commands: SOME, after: SOME }), {
			minLength: 20,
			maxLength: 40,
		}),
		settings: fc.record({
			onExit: fc.constantFrom("keep", "flatten"),
			onLatch: fc.constantFrom("wait", "wait", "end"),
			durationMinutes: fc.constantFrom(null, 15),
			maxTrades: fc.constantFrom(null, 3),
		}),
		latencyMs: fc.constantFrom(0, 100, 90_000),
		failAt,
	});

/** An agent outside that answers as the case says; the operator asks for his part while it thinks, and right after. */
function outsideAgent({ answers }: Case, asked: Command[], questions: Question[]): OutsideAgent {
	return {
		kind: "outside",
		tell: () => {},
		async ask(question) {
			questions.push(question);
			const { wish, turns, commands, after } = answers[question.question % answers.length] as Answering;
			asked.push(...commands);
			for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
			const answer = answerTo(wish, question);
			void Promise.resolve().then(() => asked.push(...after));
			return answer;
		},
		close: () => Promise.resolve(),
	};
}

function answerTo(wish: Wish, { question, positions }: Question): AgentAnswer {
	const closing = positions.map(({ positionId }) => close(positionId));
	const decided = (...intents: readonly unknown[]): AgentAnswer => ({ question, outcome: "decided", intents });
	switch (wish) {
		case "buy":
			return decided(open("BUY"));
		case "sell":
			return decided(open("SELL", { stopPoints: 80 }));
		case "turn":
			return decided(...closing, open("SELL"));
		case "close":
			return closing.length === 0 ? { question, outcome: "hold" } : decided(...closing);
		case "hold":
			return { question, outcome: "hold" };
		case "late":
		case "failed":
			return { question, outcome: wish, what: "made up" };
		case "rubbish":
			return { question, outcome: "decided", intents: "buy!" };
		case "other question":
			return { question: question - 1, outcome: "decided", intents: [open("BUY")] };
		case "infinite":
			return decided({ ...open("BUY"), stopPoints: Number.POSITIVE_INFINITY });
	}
}

type Run = RunResult & { readonly config: SessionConfig; readonly questions: readonly Question[]; readonly unwritten: readonly number[] };

function feedOf({ moves }: Case) {
	let bid = 110_000;
	return scriptedFeed(
		minutes(
			moves.map((move) => {
				bid += move;
				return bid;
			}),
		),
	);
}

async function run(given: Case): Promise<Run> {
	const config = configWith({ ...given.settings, rules: { ...EASY, maxLots: 1, agentFaultsToHalt: 8 }, simulator: { latencyMs: given.latencyMs } });
	const feed = feedOf(given);
	const journal = memoryJournal(given.failAt);
	const paper = paperBroker(config, feed);
	const unwritten: number[] = [];
	const broker = {
		...paper,
		submit(request: OrderRequest, at: number) {
			if (!isWritten(journal, request)) unwritten.push(request.intentId);
			paper.submit(request, at);
		},
	};
	const asked: Command[] = [];
	const questions: Question[] = [];
	const result = await runWith(config, { feed, broker, journal, agent: outsideAgent(given, asked, questions), asked });
	return { ...result, config, questions, unwritten };
}

function isWritten(journal: MemoryJournal, { intentId }: OrderRequest): boolean {
	return journal.of("order").some(({ data }) => (data as { request: OrderRequest }).request.intentId === intentId);
}

describe("an agent outside, whatever happens while it thinks", { timeout: 120_000 }, () => {
	it("is replayed from the journal to the same lines and the same state", async () => {
		const seen = new Set<string>();
		await fc.assert(
			fc.asyncProperty(caseOf(fc.constant(null)), async (given) => {
				const { engine, journal, config, questions } = await run(given);
				expect(questions.map(({ question }) => question)).toEqual(questions.map((_, index) => index + 1));
				expect(engine.outside).toEqual({ asked: questions.length, waiting: false });
				const recorder = createRecorder();
				for (const record of journal.records) recorder.add(record);
				const silent: OutsideAgent = { ...outsideAgent(given, [], []), ask: () => Promise.reject(new Error("a replay asks nobody")) };
				const { differsAt, fingerprint } = await replaySession(config, feedOf(given), silent, null, recorder.recording);
				expect([differsAt, fingerprint]).toEqual([null, fingerprintOf(engine)]);
				for (const kind of journal.kinds()) seen.add(kind);
			}),
			{ numRuns: 400 },
		);
		for (const kind of ["agent", "agent-fault", "decision", "order", "dropped", "command", "ended"]) expect(seen).toContain(kind);
	});

	it("orders only what the journal has, and after a kill no entry before a reset and a resume", async () => {
		let kills = 0;
		let entries = 0;
		let answeredAtTheEnd = 0;
		await fc.assert(
			fc.asyncProperty(caseOf(fc.oneof(fc.constant(null), fc.integer({ min: 5, max: 60 }))), async (given) => {
				const { journal, unwritten } = await run(given);
				expect(unwritten).toEqual([]);
				let state = "ACTIVE";
				let isEnding = false;
				for (const { kind, data } of journal.records) {
					if (kind === "state") state = (data as StateChange).to;
					if (kind === "ending") isEnding = true;
					if (kind === "command" && (data as Command).command === "kill") kills++;
					if (kind === "decision") expect(isEnding).toBe(false);
					if (kind === "agent" && isEnding) answeredAtTheEnd++;
					if (kind !== "order" || (data as { purpose: string }).purpose !== "open") continue;
					entries++;
					expect([state, isEnding]).toEqual(["ACTIVE", false]);
				}
			}),
			{ numRuns: 300 },
		);
		expect(kills).toBeGreaterThan(20);
		expect(entries).toBeGreaterThan(100);
		expect(answeredAtTheEnd).toBeGreaterThan(0);
	});
});

describe("while an agent outside does not answer", { timeout: 120_000 }, () => {
	/** Answers question `from` and all later ones never; `meanwhile` runs once it is asked. */
	function silentFrom(from: number, meanwhile: () => void): OutsideAgent {
		return {
			kind: "outside",
			tell: () => {},
			ask: ({ question }) => {
				if (question < from) return Promise.resolve({ question, outcome: "decided", intents: question === 1 ? [open("BUY")] : [] });
				meanwhile();
				return new Promise(() => {});
			},
			close: () => Promise.resolve(),
		};
	}
	const config = configWith({ rules: EASY, onLatch: "end" });
	const bids = Array.from({ length: 12 }, (_, index) => 110_000 + index);

	it.each<[string, Command, string]>([
		["a kill", { command: "kill", reason: "red button" }, "kill"],
		["a stop", { command: "stop", reason: "enough", positions: "flatten" }, "interrupt"],
	])("%s is heard at once, and the session ends without it", async (_name, command, reason) => {
		const asked: Command[] = [];
		const feed = scriptedFeed(minutes(bids));
		const { engine, journal } = await runWith(config, { feed, asked, agent: silentFrom(3, () => setTimeout(() => asked.push(command), 1)) });
		expect(engine.end?.reason).toBe(reason);
		expect(engine.outside).toEqual({ asked: 3, waiting: false });
		const last = journal.of("agent").at(-1)?.data as AgentAnswer | undefined;
		expect(last?.question ?? 0).toBeLessThan(3);
	});

	it("who watches sees a kill before it has answered", async () => {
		const asked: Command[] = [];
		const shown: string[] = [];
		let progress = 0;
		let answer = (): void => {};
		const agent: OutsideAgent = {
			...silentFrom(99, () => {}),
			ask({ question }) {
				if (question > 1) return Promise.resolve({ question, outcome: "hold" });
				asked.push({ command: "kill", reason: "red button" });
				return new Promise((resolve) => {
					answer = () => resolve({ question, outcome: "hold" });
				});
			},
		};
		let wall = 0;
		await runWith(configWith({ rules: EASY, onLatch: "wait" }), {
			feed: scriptedFeed(minutes(bids)),
			asked,
			agent,
			nowMs: () => (wall += 100),
			onProgress: ({ state }) => (progress += state === "KILLED" ? 1 : 0),
			watch: {
				begin: () => {},
				record: () => {},
				sampleAt: Number.POSITIVE_INFINITY,
				sample: () => {},
				look() {
					const { outside, trading } = hook.engine ?? expect.unreachable("no engine");
					if (outside?.waiting === true) shown.push(trading.state);
					if (trading.state === "KILLED" && progress > 0) answer();
				},
			},
		});
		expect(shown).toContain("KILLED");
	});

	it("the kill file is heard", async () => {
		let isThere = false;
		const { engine } = await runWith(config, {
			feed: scriptedFeed(minutes(bids)),
			agent: silentFrom(2, () => setTimeout(() => (isThere = true), 1)),
			killed: () => (isThere ? { reason: "kill file", flatten: false } : null),
		});
		expect(engine.end?.reason).toBe("kill");
	});

	it("a journal that fails ends the session, and nothing leaves", async () => {
		const journal = memoryJournal();
		let isBroken = false;
		const feed = scriptedFeed(minutes(bids));
		const broker = paperBroker(config, feed);
		const { engine } = await runWith(config, {
			feed,
			broker,
			journal: { ...journal, failure: () => (isBroken ? "the disk is full" : null) },
			agent: silentFrom(2, () => (isBroken = true)),
		});
		expect(engine.end?.reason).toBe("journal-failure");
		expect(broker.sent).toHaveLength(1);
	});

	it("what the broker says is acted on", async () => {
		const feed = scriptedFeed(minutes(bids));
		const broker = paperBroker(config, feed);
		const asked: Command[] = [];
		const balances: number[] = [];
		await runWith(config, {
			feed,
			broker,
			asked,
			agent: silentFrom(3, () => {
				const account = hook.engine?.account;
				broker.events.push({ type: "account", at: hook.engine?.at ?? 0, account: { balance: 12_345, credit: 0, margin: 0, marginCall: false } });
				setTimeout(() => {
					balances.push(account?.balance ?? 0);
					asked.push({ command: "stop", reason: "enough", positions: "keep" });
				}, 100);
			}),
		});
		expect(balances).toEqual([12_345]);
	});

	it("and the next bar closes all the same, it fails closed: a fault, and the old answer is nobody's", () => {
		const engine = createEngine(config, { triggerFill: "market", cadenceMs: MINUTE }, null, null);
		for (const { at, bid, ask } of minutes(bids).slice(0, 4)) stepRow(engine, at, bid, ask, 1, TICK_QUOTE);
		expect(engine.out.questions.map(({ question }) => question)).toEqual([1, 2, 3]);
		const faults = engine.out.records.filter(({ kind }) => kind === "agent-fault").map(({ data }) => (data as { what: string }).what);
		expect(faults).toEqual(["question 1 was not answered before the next bar", "question 2 was not answered before the next bar"]);
		step(engine, { type: "agent", at: engine.at, answer: { question: 2, outcome: "decided", intents: [open("BUY")] } });
		expect([engine.outside?.waiting, engine.out.submits]).toEqual([true, []]);
		step(engine, { type: "agent", at: engine.at, answer: { question: 3, outcome: "decided", intents: [open("BUY")] } });
		expect([engine.outside?.waiting, engine.out.submits.length]).toEqual([false, 1]);
	});

	it("but to another question, that is a fault", async () => {
		const feed = scriptedFeed(minutes(bids.slice(0, 3)));
		const other = { ...silentFrom(99, () => {}), ask: () => Promise.resolve({ question: 7, outcome: "decided", intents: [open("BUY")] } as const) };
		const { journal } = await runWith(config, { feed, agent: other });
		expect(journal.of("agent").map(({ data }) => (data as { what: string }).what)).toEqual(
			[1, 2].map((question) => `an answer to question 7 came for question ${question}`),
		);
		expect([journal.of("agent-fault").length, journal.of("order")]).toEqual([2, []]);
	});

	it("nothing is counted as an entry held back before it is known that one was wanted", async () => {
		const asked: Command[] = [{ command: "pause" }];
		const held = { ...silentFrom(99, () => {}), ask: ({ question }: Question) => Promise.resolve({ question, outcome: "hold" } as const) };
		const { engine } = await runWith(config, { feed: scriptedFeed(minutes(bids)), asked, agent: held });
		expect([engine.outside?.asked, engine.tally.holds]).toEqual([11, {}]);
	});
});
