import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentProgram } from "../../../../src/adapters/agent/loaded.ts";
import { type Complaints, createComplaints } from "../../../../src/adapters/agent/process/complaints.ts";
import { PROGRAM_LIMITS } from "../../../../src/adapters/agent/process/limits.ts";
import { requireUnchanged } from "../../../../src/adapters/agent/process/program.ts";
import { type ProcessNews, startProcess } from "../../../../src/adapters/agent/process/start-process.ts";
import { createSupervisor } from "../../../../src/adapters/agent/process/supervisor.ts";
import { questionAt, SESSION, sightAt } from "../../../helpers/programs.ts";

vi.mock("../../../../src/adapters/agent/process/start-process.ts");
vi.mock("../../../../src/adapters/agent/process/program.ts");

// The supervisor alone: runs of a program that a test speaks for, and time that passes when it says so. Real programs: open-program.test.ts.

/** One run: what it was sent, and its mouth. */
type Run = { readonly sent: Record<string, unknown>[]; readonly did: string[]; readonly news: ProcessNews; reads: boolean };
const runs: Run[] = [];

const PROGRAM = {
	command: ["agent"],
	folder: "/",
	name: "agent",
	warmupBars: 3,
	sizing: { riskShare: 1, stopAtr: 2, targetAtr: null },
} as unknown as AgentProgram;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
	runs.length = 0;
	vi.mocked(requireUnchanged).mockReset();
	vi.mocked(startProcess).mockImplementation((_program, _limits, news) => {
		const mine: Run = { sent: [], did: [], news, reads: true };
		runs.push(mine);
		return {
			send(line) {
				if (mine.reads) mine.sent.push(JSON.parse(line) as Record<string, unknown>);
				return mine.reads;
			},
			allowOutput: () => void mine.did.push("allow"),
			end: () => Promise.resolve(void mine.did.push("end")),
			endByForce: () => void mine.did.push("kill"),
		};
	});
});
afterEach(() => {
	vi.useRealTimers();
});

function run(index = 0): Run {
	return runs[index] ?? expect.unreachable(`run ${index} was not started`);
}
function says(message: object, index = 0): void {
	run(index).news.onLine(JSON.stringify(message));
}
const READY = { type: "ready", name: "x" };
const decision = (question: number, action = "hold") => ({ type: "decision", question, action });

function begun({ ready = true, complaints = createComplaints() }: { ready?: boolean; complaints?: Complaints } = {}) {
	const supervisor = createSupervisor(PROGRAM, SESSION, complaints, PROGRAM_LIMITS);
	if (ready) says(READY);
	return { ...supervisor, complaints };
}
const kindsOf = ({ sent }: Run): unknown[] => sent.map(({ type, question, at }) => [type, question ?? at].filter((part) => part !== undefined).join(" "));

describe("the start", () => {
	it("is up with ready, and no deadline comes after it", () => {
		const { state } = begun({ ready: false });
		expect([state(), run().sent[0]]).toMatchObject(["starting", { type: "hello", start: 1, answerMs: 250 }]);
		says(READY);
		vi.advanceTimersByTime(PROGRAM_LIMITS.startMs * 2);
		expect([state(), run().did]).toEqual(["up", []]);
	});

	it("that takes too long is ended, and said to have", () => {
		const { state, why } = begun({ ready: false });
		vi.advanceTimersByTime(PROGRAM_LIMITS.startMs);
		expect(run().did).toEqual(["kill"]);
		run().news.onEnd("was ended by SIGKILL");
		expect([state(), why()]).toEqual(["failed", "was not ready within 60 s"]);
		vi.advanceTimersByTime(1e6);
		expect(runs).toHaveLength(1);
	});

	it.each([
		["ends", () => run().news.onEnd("has ended (exit 7)"), "has ended (exit 7) before it was ready"],
		[
			"says something else",
			() => {
				says({ type: "log", text: "fine" });
				says(decision(1));
				run().news.onEnd("was ended by SIGKILL");
			},
			"said something else than ready: an answer to question 1, which has not been asked",
		],
		[
			"cannot be followed",
			() => {
				run().news.onFault("wrote too much");
				run().news.onEnd("was ended by SIGTERM");
			},
			"wrote too much",
		],
	])("of a program that %s fails, once and for all", (_name, happens, cause) => {
		const { state, why } = begun({ ready: false });
		happens();
		vi.advanceTimersByTime(1e6);
		expect([state(), why(), runs.length]).toEqual(["failed", cause, 1]);
	});

	it("does not happen when its files have changed", () => {
		vi.mocked(requireUnchanged).mockImplementation(() => {
			throw new Error("x.py has changed");
		});
		const { state, why } = begun({ ready: false });
		expect([state(), why(), runs.length]).toEqual(["failed", "is not started again: x.py has changed", 0]);
	});
});

describe("a question", () => {
	it("goes to the program with room to write, and its answer comes back", async () => {
		const { agent } = begun();
		const asked = agent.ask(questionAt(1));
		expect([kindsOf(run()), run().did]).toEqual([["hello", "decide 1"], ["allow"]]);
		says(decision(1, "buy"));
		expect(await asked).toMatchObject({ question: 1, outcome: "decided", intents: [{ kind: "open", side: "BUY", stopPoints: 100 }] });
	});

	it("that nobody reads fails", async () => {
		const { agent } = begun();
		run().reads = false;
		expect(await agent.ask(questionAt(1))).toEqual({ question: 1, outcome: "failed", what: "the program does not read what it is sent" });
	});

	it("is late after its time, and its answer counts neither then nor for the next", async () => {
		const { agent } = begun();
		const first = agent.ask(questionAt(1));
		vi.advanceTimersByTime(250);
		expect(await first).toEqual({ question: 1, outcome: "late", what: "no answer within 250 ms" });
		const second = agent.ask(questionAt(2));
		says(decision(1, "buy"));
		vi.advanceTimersByTime(249);
		says(decision(2, "sell"));
		expect(await second).toMatchObject({ question: 2, outcome: "decided", intents: [{ side: "SELL" }] });
		says(decision(2, "buy"));
		// An answer that comes twice is not one to the question after it.
		const third = agent.ask(questionAt(3));
		says(decision(3));
		expect(await third).toEqual({ question: 3, outcome: "hold" });
	});

	it.each(["performance", "Date"] as const)("is late by the clock %s, although no timer had a chance", async (clock) => {
		const { agent } = begun();
		const asked = agent.ask(questionAt(1));
		if (clock === "Date") vi.setSystemTime(Date.now() + 300);
		else vi.spyOn(performance, "now").mockReturnValue(performance.now() + 300);
		says(decision(1, "buy"));
		vi.restoreAllMocks();
		expect(await asked).toMatchObject({ outcome: "late" });
	});

	it.each([
		["to come", decision(2, "buy"), "an answer to question 2, which has not been asked"],
		["ready again", READY, "a second ready"],
		["nonsense", { type: "moon" }, 'a line has a type that is none of "ready", "decision" and "log": {"type":"moon"}'],
	])("fails by an answer: %s", async (_name, answer, what) => {
		const { agent } = begun();
		const asked = agent.ask(questionAt(1));
		says(answer);
		expect(await asked).toEqual({ question: 1, outcome: "failed", what: `the program gave ${what}` });
	});

	it("fails by what was said before it, is then not asked, and the one after it is", async () => {
		const { agent } = begun();
		says({ type: "moon" });
		says({ type: "sun" });
		expect(await agent.ask(questionAt(1))).toMatchObject({ outcome: "failed", what: expect.stringContaining("moon") });
		expect(kindsOf(run())).toEqual(["hello", "bar 60000"]);
		const second = agent.ask(questionAt(2));
		says(decision(2));
		expect(await second).toEqual({ question: 2, outcome: "hold" });
	});
});

describe("a program that ends in a session", () => {
	it("fails its question, is gone until it is ready again, and gets the last bars, as many as its warm-up", async () => {
		const complaints = createComplaints();
		const { agent } = begun({ complaints });
		for (const bar of [1, 2, 3]) agent.tell(sightAt(bar));
		const asked = agent.ask(questionAt(4));
		run().news.onEnd("has ended (exit 1)");
		expect(await asked).toEqual({ question: 4, outcome: "failed", what: "the program has ended (exit 1)" });
		expect(await agent.ask(questionAt(5))).toEqual({ question: 5, outcome: "failed", what: "the program has ended (exit 1)" });
		vi.advanceTimersByTime(499);
		expect(runs).toHaveLength(1);
		vi.advanceTimersByTime(1);
		agent.tell(sightAt(6));
		expect(await agent.ask(questionAt(7))).toEqual({ question: 7, outcome: "failed", what: "the program is not ready yet" });
		expect(kindsOf(run(1))).toEqual(["hello"]);
		says(READY, 1);
		expect(kindsOf(run(1))).toEqual(["hello", "bar 300000", "bar 360000", "bar 420000"]);
		expect(run(1).sent[0]).toMatchObject({ start: 2 });
		expect(complaints.lastLines()).toEqual(["[Kinetra: the program has ended (exit 1); restart 1 of 3 in 500 ms]"]);
	});

	it("and cannot be started again by the system stays away, and harms nothing else", async () => {
		const { agent } = begun();
		run().news.onEnd("has ended (exit 1)");
		vi.mocked(startProcess).mockImplementation(() => {
			throw new Error("spawn ENOMEM");
		});
		vi.advanceTimersByTime(1e6);
		expect(await agent.ask(questionAt(1))).toEqual({ question: 1, outcome: "failed", what: "the program cannot be started: spawn ENOMEM" });
	});

	it("is not heard any more once another runs", async () => {
		const { agent, why } = begun();
		run().news.onEnd("has ended (exit 1)");
		says(READY, 0);
		expect(await agent.ask(questionAt(1))).toMatchObject({ outcome: "failed", what: "the program has ended (exit 1)" });
		vi.advanceTimersByTime(500);
		says(READY, 1);
		const asked = agent.ask(questionAt(1));
		says(decision(1, "buy"), 0);
		says({ type: "moon" }, 0);
		run(0).news.onEnd("has ended again");
		says(decision(1), 1);
		expect([await asked, why()]).toEqual([{ question: 1, outcome: "hold" }, ""]);
	});

	it("leaves nothing that it said to its successor", async () => {
		const { agent } = begun();
		says({ type: "moon" });
		run().news.onEnd("has ended (exit 1)");
		vi.advanceTimersByTime(500);
		says(READY, 1);
		const asked = agent.ask(questionAt(1));
		says(decision(1), 1);
		expect(await asked).toEqual({ question: 1, outcome: "hold" });
	});

	it("comes back three times, each after a longer pause, and is not waited for longer than for the first", async () => {
		const { agent, state, why } = begun();
		run().news.onEnd("has ended (exit 1)");
		vi.advanceTimersByTime(500);
		vi.advanceTimersByTime(PROGRAM_LIMITS.startMs);
		expect(run(1).did).toEqual(["kill"]);
		run(1).news.onEnd("was ended by SIGKILL");
		expect(why()).toBe("was not ready within 60 s");
		vi.advanceTimersByTime(1999);
		expect(runs).toHaveLength(2);
		vi.advanceTimersByTime(1);
		run(2).news.onEnd("has ended (exit 2)");
		vi.advanceTimersByTime(5000);
		run(3).news.onEnd("has ended (exit 3)");
		vi.advanceTimersByTime(1e6);
		expect([runs.length, state()]).toEqual([4, "up"]);
		const what = "the program has ended (exit 3) and has been restarted 3 times already";
		expect(await agent.ask(questionAt(1))).toEqual({ question: 1, outcome: "failed", what });
	});

	it("because its output could not be followed fails its question at once, and takes nothing from it any more", async () => {
		const { agent, why } = begun();
		const asked = agent.ask(questionAt(1));
		run().news.onFault("wrote too much");
		expect(await asked).toEqual({ question: 1, outcome: "failed", what: "the program wrote too much" });
		expect(await agent.ask(questionAt(2))).toEqual({ question: 2, outcome: "failed", what: "the program wrote too much" });
		run().news.onEnd("was ended by SIGTERM");
		expect(why()).toBe("wrote too much");
	});
});

describe("the end of the session", () => {
	it("ends the program, fails the open question, and starts nothing again", async () => {
		const { agent, why } = begun();
		const asked = agent.ask(questionAt(1));
		await agent.close();
		expect(await asked).toEqual({ question: 1, outcome: "failed", what: "the session has ended" });
		expect(run().did).toEqual(["allow", "end"]);
		run().news.onFault("has closed its stdout");
		run().news.onEnd("has ended (exit 0)");
		vi.advanceTimersByTime(1e6);
		expect([runs.length, why()]).toEqual([1, "has been ended with the session"]);
		expect(await agent.ask(questionAt(2))).toEqual({ question: 2, outcome: "failed", what: "the program has been ended with the session" });
		agent.tell(sightAt(3));
		expect(kindsOf(run())).toEqual(["hello", "decide 1"]);
	});

	it("while it waits to be started again, it is not", async () => {
		const { agent } = begun();
		run().news.onEnd("has ended (exit 1)");
		await agent.close();
		vi.advanceTimersByTime(1e6);
		expect(runs).toHaveLength(1);
	});

	it("while it starts, nothing is killed by its deadline later", async () => {
		const { agent } = begun({ ready: false });
		await agent.close();
		vi.advanceTimersByTime(1e6);
		expect(run().did).toEqual(["end"]);
	});
});
