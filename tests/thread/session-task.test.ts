import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { MessageChannel, Worker } from "node:worker_threads";
import { beforeAll, describe, expect, it } from "vitest";
import { findSession, readSummary } from "../../src/adapters/archive/sessions.ts";
import { homeAt } from "../../src/adapters/home.ts";
import { readJournal } from "../../src/adapters/journal/reader.ts";
import type { Command } from "../../src/engine/event.ts";
import type { JournalRecord } from "../../src/engine/outbox.ts";
import { startThread, type Thread } from "../../src/thread/client.ts";
import type { FromThread, Task, ThreadStart } from "../../src/thread/protocol.ts";
import { buildProgram, newHome } from "../helpers/cli.ts";
import { commandOf, scriptOf } from "../helpers/programs.ts";

let entry = new URL("file:///");
beforeAll(() => {
	entry = pathToFileURL(buildProgram());
});

function session(root: string, options: object = {}): Task {
	return { task: "session", root, options: { set: [], seed: 1, speed: "max", scenario: "crash", ...options }, confirmed: null };
}

/** Runs a task to the end of its thread; `first` is posted before the thread can have begun. */
function run(task: Task, first: (thread: Thread) => void, react: (message: FromThread, thread: Thread) => void = () => {}): Promise<FromThread[]> {
	return new Promise((resolve) => {
		const messages: FromThread[] = [];
		const thread = startThread(entry, task, {
			onMessage(message) {
				messages.push(message);
				if (message.type === "update") thread.post({ type: "acknowledge" });
				react(message, thread);
			},
			onExit: () => resolve(messages),
		});
		first(thread);
	});
}

function journalOf(root: string): JournalRecord[] {
	const records: JournalRecord[] = [];
	readJournal(findSession(homeAt({ KINETRA_HOME: root }), "last").journal, (record) => records.push(record));
	return records;
}

/** Every file below a folder with its contents and the time of its last change. */
function contents(folder: string): Record<string, string> {
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
	const of = (path: string): string =>
		statSync(path).isDirectory() ? "folder" : `${statSync(path).mtimeMs} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
	return Object.fromEntries(files.map((path) => [path, of(path)]));
}

describe("a session's thread", () => {
	it("hears what was asked for while it was starting before its first row: a quit sends no order", async () => {
		const root = newHome();
		const stop = { type: "stop", reason: "the operator left", positions: "flatten", interruptCode: 130 } as const;
		const end = (await run(session(root), (thread) => thread.post(stop))).at(-1);
		expect(end).toMatchObject({ type: "ended", end: { kind: "ended", summary: { endReason: "interrupt", exitCode: 130, ticks: 0, tradesExecuted: 0 } } });
		expect(journalOf(root).map(({ kind }) => kind)).toEqual(["session", "command", "ending", "ended", "sealed"]);
	});

	it("killed while it was starting never sends an entry", async () => {
		const root = newHome();
		const kill = { type: "command", command: { command: "kill", reason: "K" } } as const;
		const messages = await run(
			session(root, { scenario: "normal", duration: 60 }),
			(thread) => thread.post(kill),
			// What has latched slows down to real time; nobody here has to read why.
			(message, thread) => message.type === "slowed" && thread.post({ type: "speed", speed: "max", from: message.speed }),
		);
		const summary = { endReason: "kill", exitCode: 5, tradesExecuted: 0, evidence: false };
		expect(messages.at(-1)).toMatchObject({ type: "ended", end: { summary } });
		expect(journalOf(root).filter(({ kind }) => kind === "order")).toEqual([]);
	});

	it("tells that it waits for a program, and is stopped meanwhile without leaving anything", async () => {
		const root = newHome();
		const agent = `process:${commandOf(scriptOf("on(() => {});"))}`;
		const stop = { type: "stop", reason: "the operator left", positions: null, interruptCode: 130 } as const;
		const messages = await run(
			session(root, { agent }),
			() => {},
			(message, thread) => message.type === "waiting" && thread.post(stop),
		);
		expect(messages).toEqual([
			{ type: "waiting", what: expect.stringMatching(/^The agent my-agent is starting: 0 s of at most 60 s\.$/) },
			{ type: "refused", message: "Stopped before the session began: nothing was traded.", exitCode: 130 },
		]);
		expect(existsSync(join(root, "sessions"))).toBe(false);
	});

	it("shows that it is killed while its program thinks", async () => {
		const root = newHome();
		// It answers nothing once it holds its breath, and its deadline is far longer than a look.
		const agent = `process:${commandOf(scriptOf("on((m) => { if (m.type === 'hello') ready(); if (m.type === 'decide' && m.question < 3) decide(m.question, 'hold'); });"))}`;
		const kill = { type: "command", command: { command: "kill", reason: "K" } } as const;
		let isAsked = false;
		const states: string[] = [];
		const messages = await run(
			session(root, { agent, duration: 60, scenario: "normal" }),
			() => {},
			(message, thread) => {
				if (message.type === "update") states.push(message.update.now.state);
				if (message.type === "update" && !isAsked) {
					isAsked = true;
					thread.post(kill);
				}
				if (message.type === "update" && message.update.now.state === "KILLED")
					thread.post({ type: "stop", reason: "seen", positions: null, interruptCode: 130 });
			},
		);
		expect(states).toContain("KILLED");
		expect(messages.at(-1)).toMatchObject({ type: "ended", end: { summary: { endReason: "kill", tradesExecuted: 0 } } });
	});

	it("journals what was typed bounded and clean, and nothing that is no command", async () => {
		const root = newHome();
		const typed = `${String.fromCharCode(27)}]0;owned${String.fromCharCode(7)}\r\n${"x".repeat(10_000)}`;
		await run(session(root, { duration: 5 }), (thread) => {
			thread.post({ type: "command", command: { command: "kill", reason: typed } });
			thread.post({ type: "command", command: { command: "buy", lots: Number.NaN } as never });
			thread.post({ type: "command", command: { command: "reset", reason: typed } });
			thread.post({ type: "speed", speed: Number.NaN, from: "max" } as never);
			thread.post({ type: "stop", reason: typed, positions: null, interruptCode: 130 });
		});
		const commands = journalOf(root).filter(({ kind }) => kind === "command");
		expect(commands.map(({ data }) => (data as { command: string }).command)).toEqual(["kill", "reset", "stop"]);
		for (const { data } of commands) expect((data as { reason: string }).reason).toMatch(/^\u{FFFD}x{198}…$/u);
	});

	it("does nothing any more once it has let go of its session, until it is ended", async () => {
		const root = newHome();
		const { port1, port2 } = new MessageChannel();
		const left = new SharedArrayBuffer(4);
		const start: ThreadStart = { task: session(root, { speed: 1 }), port: port2, left };
		const worker = new Worker(entry, { workerData: start, transferList: [port2] });
		await new Promise<void>((resolve) => port1.on("message", ({ type }: FromThread) => type === "begun" && resolve()));
		port1.postMessage({ type: "leave" });
		port1.postMessage({ type: "stop", reason: "too late", positions: null, interruptCode: 130 });
		// Whoever can be woken there stands still there.
		while (Atomics.notify(new Int32Array(left), 0) === 0) await setImmediate();
		await worker.terminate();
		const files = findSession(homeAt({ KINETRA_HOME: root }), "last");
		expect([readSummary(files), journalOf(root).some(({ kind }) => kind === "command")]).toEqual([null, false]);
	});
});

describe("a replay's thread", () => {
	it("never writes into the home, whatever it is asked for", async () => {
		const root = newHome();
		await run(session(root, { scenario: "normal", duration: 30 }), () => {});
		const before = contents(root);
		expect(Object.keys(before).length).toBeGreaterThan(5);
		const asked: Command[] = [{ command: "kill", reason: "K" }, { command: "flatten" }, { command: "stop", reason: "x", positions: "flatten" }];
		const messages = await run(
			{ task: "replay", root, sessionId: "last" },
			(thread) => {
				for (const command of asked) thread.post({ type: "command", command });
				thread.post({ type: "stop", reason: "x", positions: "flatten", interruptCode: 130 });
				thread.post({ type: "leave" });
			},
			(message, thread) => {
				if (message.type === "begun") thread.post({ type: "speed", speed: "max", from: message.speed } as never);
				if (message.type === "ended") thread.terminate();
			},
		);
		expect(messages.at(-1)).toMatchObject({ type: "ended", end: { kind: "replayed", matches: true } });
		expect(contents(root)).toEqual(before);
	});
});
