import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel, Worker } from "node:worker_threads";
import { beforeAll, describe, expect, it } from "vitest";
import { findSession, readSummary } from "../../src/adapters/archive/sessions.ts";
import { homeAt } from "../../src/adapters/home.ts";
import { verifyJournal } from "../../src/adapters/journal/reader.ts";
import { runJob, startThread, type Thread } from "../../src/thread/client.ts";
import type { FromThread, Task, ThreadStart } from "../../src/thread/protocol.ts";
import { buildProgram, newHome, ROOT } from "../helpers/cli.ts";

let entry = new URL("file:///");
beforeAll(() => {
	entry = pathToFileURL(buildProgram());
});

const OPTIONS = { set: [], agent: "berserker", seed: 1, speed: 600, scenario: "crash" } as const;

function session(root: string, options: object = {}): Task {
	return { task: "session", root, options: { ...OPTIONS, set: [], ...options }, confirmed: null };
}

/** Runs a task to the end of its thread; `react` answers each message. */
function run(task: Task, react: (message: FromThread, thread: Thread) => void): Promise<{ messages: FromThread[]; error: string | null }> {
	return new Promise((resolve) => {
		const messages: FromThread[] = [];
		const thread = startThread(entry, task, {
			onMessage(message) {
				messages.push(message);
				if (message.type === "update") thread.post({ type: "acknowledge" });
				react(message, thread);
			},
			onExit: (error) => resolve({ messages, error }),
		});
	});
}

/** An operator whom no latch keeps from going on. */
function goOn(message: FromThread, thread: Thread): void {
	if (message.type === "slowed") thread.post({ type: "speed", speed: "max", from: message.speed });
}

function last(root: string) {
	const files = findSession(homeAt({ KINETRA_HOME: root }), "last");
	return { files, journal: verifyJournal(files.journal), text: readFileSync(files.journal, "utf8"), summary: readSummary(files) };
}

describe("a session in a thread", () => {
	it("is killed, waits for the operator, is stopped and leaves a sealed journal and a summary", async () => {
		const root = newHome();
		let isKilled = false;
		const { messages, error } = await run(session(root), (message, thread) => {
			if (message.type !== "update") return;
			const { now } = message.update;
			if (now.phase === "trading" && !isKilled) {
				isKilled = true;
				thread.post({ type: "command", command: { command: "kill", reason: "red button" } });
			}
			if (now.state === "KILLED") thread.post({ type: "stop", reason: "the operator left", positions: "flatten", interruptCode: 143 });
		});
		expect(error).toBeNull();
		expect(messages[0]).toMatchObject({ type: "begun", speed: 600, about: { symbol: "EURUSD", replay: false, noEvidence: expect.stringContaining("drill") } });
		const end = messages.at(-1);
		if (end?.type !== "ended" || end.end.kind !== "ended") return expect.unreachable(`no end: ${JSON.stringify(end)}`);
		expect(end.update?.now).toMatchObject({ phase: "ended", state: "KILLED", openPositions: 0 });
		const { journal, summary, text } = last(root);
		expect(journal.sealed).toBe(true);
		expect(summary).toEqual(end.end.summary);
		expect(text).toContain('"onLatch":"wait"');
		expect(text).toContain('"command":"stop","reason":"the operator left"');
	});

	it("is slowed to real time where something latches, and hears no speed that was pressed before the screen knew", async () => {
		const root = newHome();
		const speeds: number[] = [];
		const { messages } = await run(session(root, { speed: "max" }), (message, thread) => {
			if (message.type !== "slowed") return;
			speeds.push(message.speed);
			thread.post({ type: "speed", speed: "max", from: 1000 });
			thread.post({ type: "stop", reason: "the operator left", positions: "flatten", interruptCode: 143 });
		});
		expect(speeds).toEqual([1]);
		const end = messages.at(-1);
		if (end?.type !== "ended" || end.end.kind !== "ended") return expect.unreachable(`no end: ${JSON.stringify(end)}`);
		// The crash of this seed latches after twelve of sixty minutes: a session that was not slowed is over long before anybody can stop it.
		expect(end.end.summary).toMatchObject({ endReason: "breaker", endDetail: expect.stringContaining("the operator left") });
		expect(end.update?.now.marketMinute).toBeLessThan(14);
	});

	it("comes to the same end however fast it goes on after a latch", async () => {
		const [atOnce, later] = [newHome(), newHome()];
		await run(session(atOnce, { speed: "max" }), goOn);
		await run(session(later, { speed: 50_000 }), (message, thread) => {
			if (message.type === "slowed") thread.post({ type: "speed", speed: 100_000, from: 1 });
		});
		expect(last(atOnce).summary?.fingerprint).toMatch(/[0-9a-f]{16}/);
		expect(last(later).summary?.fingerprint).toBe(last(atOnce).summary?.fingerprint);
	});

	it("runs on when the screen answers nothing, and says everything at the end", async () => {
		const { files, messages } = await new Promise<{ files: string; messages: FromThread[] }>((resolve) => {
			const root = newHome();
			const heard: FromThread[] = [];
			startThread(entry, session(root, { speed: "max", scenario: "normal" }), {
				onMessage: (message) => heard.push(message),
				onExit: () => resolve({ files: root, messages: heard }),
			});
		});
		expect(messages.map(({ type }) => type)).toEqual(["begun", "update", "ended"]);
		expect(messages.at(-1)).toMatchObject({ update: { logLost: 0 }, end: { summary: { marketSeconds: expect.any(Number) } } });
		expect(last(files).journal.sealed).toBe(true);
	});

	it("ends orderly when nobody is left to hear it", async () => {
		const root = newHome();
		const { port1, port2 } = new MessageChannel();
		const start: ThreadStart = { task: session(root, { speed: 1 }), port: port2, left: new SharedArrayBuffer(4) };
		const worker = new Worker(entry, { workerData: start, transferList: [port2] });
		port1.on("message", (message: FromThread) => {
			if (message.type === "update" && message.update.now.phase === "trading") port1.close();
			else port1.postMessage({ type: "acknowledge" });
		});
		const code = await new Promise((resolve) => worker.once("exit", resolve));
		const { journal, summary } = last(root);
		expect([code, journal.sealed, summary?.endReason, summary?.exitCode]).toEqual([0, true, "interrupt", 143]);
	});

	it("has its journal written and its lock let go when the process must end at once", async () => {
		const root = newHome();
		let answered: boolean | null = null;
		await run(session(root, { speed: 1 }), (message, thread) => {
			if (answered === null && message.type === "update" && message.update.now.phase === "trading") answered = thread.leave(5000);
		});
		const { files, text, journal } = last(root);
		expect([answered, journal.sealed, journal.torn]).toEqual([true, false, false]);
		expect(text).toContain('"kind":"trading"');
		expect(existsSync(join(files.folder, "engine.lock"))).toBe(false);
	});

	it("that cannot begin says why, and leaves nothing behind", async () => {
		const root = newHome();
		const { messages } = await run(session(root, { scenario: undefined, file: "/nowhere/EURUSD_M1.csv" }), () => {});
		expect(messages).toEqual([{ type: "refused", exitCode: 3, message: expect.stringContaining("/nowhere/EURUSD_M1.csv") }]);
		expect(existsSync(root)).toBe(false);
	});
});

describe("a replay in a thread", () => {
	const root = newHome();
	const replay: Task = { task: "replay", root, sessionId: "last" };
	beforeAll(async () => {
		await run(session(root, { speed: "max" }), goOn);
	});

	it("moves forward and back, and comes to the recorded fingerprint", async () => {
		const seen: string[] = [];
		let from = 0;
		const { error } = await run(replay, (message, thread) => {
			if (message.type === "begun") {
				from = message.about.span?.from ?? 0;
				thread.post({ type: "hold", held: true });
				thread.post({ type: "seek", at: from + 1_800_000 });
			}
			if (message.type === "restarted") {
				seen.push("restarted");
				thread.post({ type: "speed", speed: "max", from: 60 });
			}
			if (message.type === "update") {
				const minute = Math.floor(message.update.now.marketMinute);
				if (seen.length === 0 && minute >= 29) {
					seen.push(`minute ${minute}`);
					thread.post({ type: "seek", at: from + 600_000 });
				} else if (seen.at(-1) === "restarted" && minute >= 9) {
					seen.push(`minute ${minute}`);
					thread.post({ type: "hold", held: false });
				}
			}
			if (message.type === "ended") {
				seen.push(JSON.stringify(message.end));
				// Going back is possible from the end, too; enough is enough.
				thread.terminate();
			}
		});
		expect(error).toBeNull();
		expect(seen).toEqual([
			"minute 29",
			"restarted",
			"minute 9",
			JSON.stringify({ kind: "replayed", matches: true, detail: "The replay reached the recorded fingerprint." }),
		]);
	});

	it("of a journal without its seal stops with the last recorded line", async () => {
		const cut = newHome();
		let hasLeft = false;
		await run(session(cut, { speed: 600 }), (message, thread) => {
			if (hasLeft || message.type !== "update" || message.update.now.marketMinute < 5) return;
			hasLeft = true;
			thread.leave(5000);
		});
		const lines = last(cut).journal.lines;
		const { messages } = await run({ task: "replay", root: cut, sessionId: "last" }, (message, thread) => {
			if (message.type === "begun") thread.post({ type: "speed", speed: "max", from: 60 });
			if (message.type === "ended") thread.terminate();
		});
		const end = messages.at(-1);
		expect(end).toMatchObject({ type: "ended", end: { kind: "replayed", matches: null } });
		expect(lines).toBeGreaterThan(2);
	});
});

describe("work in the archive", () => {
	it("is done from the sources as from the built program", async () => {
		const root = newHome();
		await run(session(root, { speed: "max" }), goOn);
		const built = await runJob(entry, root, { job: "verify", sessionId: "last" });
		expect(built).toMatchObject({ ending: "sealed", problem: null });
		const sources = pathToFileURL(join(ROOT, "src/main.ts"));
		expect(await runJob(sources, root, { job: "verify", sessionId: "last" })).toEqual(built);
		expect(await runJob(entry, root, { job: "dossier", sessionId: "last", number: 1, shadow: false })).toMatchObject({ number: 1, row: { number: 1 } });
		expect(await runJob(entry, root, { job: "dossier", sessionId: "last", number: 77, shadow: false })).toBeNull();
		expect(await runJob(entry, root, { job: "trades", sessionId: "last" })).toMatchObject({ count: 2, best: { number: 1 }, worst: { number: 2 } });
		const folder = join(root, "export");
		expect((await runJob(entry, root, { job: "export", sessionId: "last", folder })).map(({ file }) => existsSync(file))).toEqual([true, true, true]);
		await expect(runJob(entry, root, { job: "export", sessionId: "last", folder })).rejects.toMatchObject({ name: "Failure", exitCode: 2 });
	});
});
