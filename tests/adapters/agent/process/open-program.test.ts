import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { COMPLAINTS_FILE } from "../../../../src/adapters/agent/process/complaints.ts";
import type { ProgramLimits } from "../../../../src/adapters/agent/process/limits.ts";
import { openProgram } from "../../../../src/adapters/agent/process/open-program.ts";
import { loadProgram } from "../../../../src/adapters/agent/process/program.ts";
import { endProgramsNow } from "../../../../src/adapters/agent/process/running.ts";
import { OBSERVATION } from "../../../../src/engine/market/observation.ts";
import {
	commandOf,
	eventually,
	isAlive,
	type Opened,
	openScript,
	PATIENT,
	POLITE,
	pidsOf,
	questionAt,
	SESSION,
	saidBy,
	scriptOf,
	sightAt,
	watchedComplaints,
} from "../../../helpers/programs.ts";

const open: Opened[] = [];

/** Opened, and closed after the test whatever comes of it. */
async function opened(body: string, limits: Partial<ProgramLimits> = {}): Promise<Opened> {
	const one = await openScript(body, limits);
	open.push(one);
	return one;
}

afterEach(async () => {
	for (const { agent } of open.splice(0)) await agent.close();
});

const ANSWERS = (answer: string): string => `const answer = (m) => { ${answer} };\n${POLITE}`;
const BUY = { kind: "open", side: "BUY", size: { kind: "risk", share: 1 }, stopPoints: 100, targetPoints: null };

describe("a program that cannot be started", { timeout: 120_000 }, () => {
	it.each<[string, string, RegExp, Partial<ProgramLimits>]>([
		[
			"dies at once",
			`process.stderr.write("no module torch\\n", () => process.exit(7));`,
			/has ended \(exit 7\) before it was ready[\s\S]*no module torch/,
			{},
		],
		["never says ready", "on(() => {});", /was not ready within 0\.3 s/, { startMs: 300 }],
		[
			"prints garbage first",
			`console.log("Loading model...");`,
			/said something else than ready: a line is not JSON; what is for people belongs on stderr: Loading/,
			{},
		],
		["answers before it is ready", "decide(1, 'buy');", /an answer to question 1, which has not been asked/, {}],
		["says ready in another protocol", `say({ type: "ready", name: "x", protocol: 2 });`, /has a wrong protocol/, {}],
		["writes a line without end", `process.stdout.write("x".repeat(100_000));`, /wrote a line of more than 65536 bytes/, {}],
		[
			"floods stdout",
			`const line = JSON.stringify({ type: "log", text: "x" }) + "\\n"; setInterval(() => process.stdout.write(line.repeat(10_000)), 1);`,
			/wrote more than 1048576 bytes/,
			{},
		],
		["closes stdout", `process.stdout.destroy(); (await import("node:fs")).closeSync(1); setInterval(() => {}, 1000);`, /has closed its stdout/, {}],
	])("%s", async (_name, body, message, limits) => {
		const complaints = watchedComplaints();
		const refused = openScript(body, limits, complaints);
		await expect(refused).rejects.toThrow(message);
		await expect(refused).rejects.toMatchObject({ exitCode: 3 });
		// One whose time is short may be ended before it has said who it is.
		if (limits.startMs === undefined) expect(pidsOf(complaints)).toHaveLength(1);
		expect(pidsOf(complaints).filter(isAlive)).toEqual([]);
	});

	it("is not a program at all", async () => {
		const script = scriptOf("");
		const program = { ...(await loadProgram(commandOf(script))), command: [script] };
		await expect(openProgram(program, SESSION, { complaints: watchedComplaints(), isStopped: () => false, onWaiting: () => {} }, PATIENT)).rejects.toThrow(
			/cannot be started: permission denied/,
		);
	});

	it("has changed since it was hashed", async () => {
		const script = scriptOf(ANSWERS("decide(m.question, 'buy')"));
		const program = await loadProgram(commandOf(script));
		writeFileSync(script, "process.exit(0)");
		await expect(openProgram(program, SESSION, { complaints: watchedComplaints(), isStopped: () => false, onWaiting: () => {} })).rejects.toThrow(
			/has changed since it was read/,
		);
	});

	it("is not waited for when the session has been stopped, and whoever waits is told", async () => {
		const program = await loadProgram(commandOf(scriptOf("on(() => {});")));
		const complaints = watchedComplaints();
		const told: string[] = [];
		const agent = await openProgram(program, SESSION, { complaints, isStopped: () => told.length > 0, onWaiting: (what) => told.push(what) }, PATIENT);
		expect(told[0]).toMatch(/^The agent my-agent is starting: \d+ s of at most 60 s\.$/);
		expect(await agent.ask(questionAt(1))).toEqual({ question: 1, outcome: "failed", what: "the program is not ready yet" });
		await agent.close();
		expect(pidsOf(complaints).filter(isAlive)).toEqual([]);
	});
});

describe("what a program answers", { timeout: 120_000 }, () => {
	it.each<[string, string, object]>([
		["hold", "decide(m.question, 'hold')", { outcome: "hold" }],
		["no intents", "say({ type: 'decision', question: m.question, intents: [] })", { outcome: "hold" }],
		["close without a position", "decide(m.question, 'close')", { outcome: "hold" }],
		["buy", "decide(m.question, 'buy')", { outcome: "decided", intents: [{ ...BUY, reason: "my-agent: buy" }] }],
		[
			"a reason, cleaned",
			String.raw`say({ type: 'decision', question: m.question, action: 'buy', reason: 'up\u001b[31m \u202e!' })`,
			{ outcome: "decided", intents: [{ ...BUY, reason: "up\u{FFFD} \u{FFFD}!" }] },
		],
		[
			"intents",
			"say({ type: 'decision', question: m.question, intents: [{ kind: 'modify', positionId: 3, slPoints: 1, tpPoints: 2, reason: 'r' }] })",
			{ outcome: "decided", intents: [{ kind: "modify", positionId: 3, sl: 1, tp: 2, reason: "r" }] },
		],
		["a log line before it", "say({ type: 'log', text: 'thinking' }); decide(m.question, 'hold')", { outcome: "hold" }],
		["garbage", "console.log('buy!')", { outcome: "failed", what: expect.stringMatching(/^the program gave a line is not JSON; .*: buy!$/) }],
		[
			"NaN",
			'process.stdout.write(\'{"type":"decision","question":1,"action":NaN}\\n\')',
			{ outcome: "failed", what: expect.stringMatching(/NaN and Infinity are not/) },
		],
		[
			"infinite lots",
			"process.stdout.write(JSON.stringify({ type: 'decision', question: 1, intents: [{ kind: 'open', side: 'BUY', size: { kind: 'lots', lots: 77 }, stopPoints: 1, targetPoints: null, reason: '' }] }).replace('77', '1e999') + '\\n')",
			{ outcome: "failed", what: expect.stringMatching(/has a wrong intents.0.size.lots/) },
		],
		["an unknown action", "decide(m.question, 'moon')", { outcome: "failed", what: expect.stringMatching(/has a wrong action/) }],
		["a question to come", "decide(m.question + 1, 'buy')", { outcome: "failed", what: "the program gave an answer to question 2, which has not been asked" }],
		["both forms", "say({ type: 'decision', question: m.question, action: 'buy', intents: [] })", { outcome: "failed", what: expect.stringMatching(/action/) }],
		["a second ready", "ready()", { outcome: "failed", what: "the program gave a second ready" }],
		["its end", "process.exit(3)", { outcome: "failed", what: "the program has ended (exit 3)" }],
		["a huge line", "process.stdout.write('x'.repeat(70_000))", { outcome: "failed", what: "the program wrote a line of more than 65536 bytes to stdout" }],
		[
			"the end of its stdout",
			"import('node:fs').then((fs) => { process.stdout.destroy(); fs.closeSync(1); })",
			{ outcome: "failed", what: "the program has closed its stdout" },
		],
	])("%s", async (_name, answer, expected) => {
		const { agent } = await opened(ANSWERS(answer));
		expect(await agent.ask(questionAt(1))).toEqual({ question: 1, ...expected });
	});

	it("late is told in time, and the answer that comes afterwards is nobody's", async () => {
		const { agent } = await opened(ANSWERS("if (m.question === 1) return; if (m.question === 2) decide(1, 'buy'); decide(m.question, 'hold');"), {
			answerMs: 500,
		});
		expect(await agent.ask(questionAt(1))).toEqual({ question: 1, outcome: "late", what: "no answer within 500 ms" });
		// On a loaded machine the second may be late too; the first one's buy must never be taken for it.
		expect(["hold", "late"]).toContain((await agent.ask(questionAt(2))).outcome);
	});

	it("what nobody asked for fails the next question, and only that", async () => {
		const { agent, complaints } = await opened(
			ANSWERS("decide(m.question, 'hold'); if (m.question === 1) { console.log('oops'); process.stderr.write('said\\n'); }"),
		);
		expect(await agent.ask(questionAt(1))).toMatchObject({ outcome: "hold" });
		await eventually(() => saidBy(complaints).includes("said"));
		let second = await agent.ask(questionAt(2));
		// stdout and stderr are two pipes: the garbage may come a moment after the word that it was written.
		if (second.outcome === "hold") second = await agent.ask(questionAt(3));
		expect(second).toMatchObject({ outcome: "failed", what: expect.stringContaining("oops") });
		expect(await agent.ask(questionAt(4))).toMatchObject({ outcome: "hold" });
	});

	it("takes the limits of its manifest's sizing, and enters nothing that is not allowed", async () => {
		const { agent } = await opened(ANSWERS("decide(m.question, 'sell')"));
		const held = questionAt(1, { entry: { mayEnter: false, control: "C20", reason: "enough" } });
		expect(await agent.ask(held)).toEqual({ question: 1, outcome: "hold" });
	});
});

describe("what a program is told", { timeout: 120_000 }, () => {
	const ECHO = `on((m) => { process.stderr.write("got " + JSON.stringify(m) + "\\n"); if (m.type === "hello") ready(); if (m.type === "decide") decide(m.question, "hold"); });`;
	const got = (text: string) => [...text.matchAll(/got (.*)\n/g)].map(([, json = ""]) => JSON.parse(json) as Record<string, unknown>);

	it("is the session, each bar, and the question with prices and points", async () => {
		const { agent, complaints } = await opened(ECHO);
		agent.tell(sightAt(1));
		agent.tell(sightAt(2));
		const position = {
			positionId: 9,
			side: "BUY",
			lots: 0.1,
			openPrice: 110_000,
			openedAt: 5,
			sl: 109_900,
			tp: 0,
			ageBars: 2,
			floatingR: 0.5,
			mfeR: 1,
		} as const;
		await agent.ask(questionAt(3, { positions: [position] }));
		await eventually(() => got(saidBy(complaints)).length === 4);
		const [hello, first, , decide] = got(saidBy(complaints));
		expect(hello).toMatchObject({
			type: "hello",
			protocol: 1,
			observation: { version: "obs-1" },
			symbol: { name: "EURUSD", digits: 5, point: 0.00001, volumeStep: 0.01 },
			timeframe: "M5",
			mode: "virtual",
			account: { currency: "USD" },
			seed: 7,
			start: 1,
		});
		expect(first).toMatchObject({ type: "bar", at: 60_000, bar: { open: 1.1, high: 1.1001, low: 1.0999, close: 1.10005, spreadPoints: 2 } });
		expect(first).not.toHaveProperty("question");
		expect(decide).toMatchObject({
			type: "decide",
			question: 3,
			bid: 1.10005,
			ask: 1.10007,
			bidPoints: 110_005,
			atrPoints: 50,
			entry: { mayEnter: true },
			positions: [{ positionId: 9, openPrice: 1.1, openPoints: 110_000, slPoints: 109_900, tpPoints: 0, floatingR: 0.5 }],
		});
		expect(decide?.observation).toHaveLength(OBSERVATION.length);
		expect(hello).toMatchObject({ observation: { fields: OBSERVATION.map(({ name }) => name) } });
	});

	it("again after a restart: the session and the last bars", async () => {
		const { agent, complaints } = await opened(
			`on((m) => { process.stderr.write("got " + JSON.stringify(m) + "\\n"); if (m.type === "hello") ready(); if (m.type === "decide") { if (m.question === 3) process.exit(1); decide(m.question, "hold"); } });`,
		);
		agent.tell(sightAt(1));
		agent.tell(sightAt(2));
		expect(await agent.ask(questionAt(3))).toMatchObject({ outcome: "failed", what: "the program has ended (exit 1)" });
		await eventually(() => got(saidBy(complaints)).length >= 8);
		const again = got(saidBy(complaints)).slice(4);
		expect(again.map(({ type, at, start }) => [type, at ?? start])).toEqual([
			["hello", 2],
			["bar", 60_000],
			["bar", 120_000],
			["bar", 180_000],
		]);
		expect(await agent.ask(questionAt(4))).toMatchObject({ outcome: "hold" });
	});

	it("nothing of our environment that is secret", async () => {
		const secrets = {
			KINETRA_TOKEN: "s1",
			KINETRA_HOME: "s2",
			MY_API_KEY: "s3",
			AWS_SECRET_ACCESS_KEY: "s4",
			DATABASE_URL: "s5",
			PYTHON_TOKEN: "s6",
			UV_INDEX_URL: "https://me:s7@host",
		};
		Object.assign(process.env, secrets);
		try {
			const { complaints } = await opened(`process.stderr.write("env " + JSON.stringify(process.env) + "\\n"); on(() => ready());`);
			await eventually(() => saidBy(complaints).includes("env "));
			const env = JSON.parse(/env (.*)\n/.exec(saidBy(complaints))?.[1] ?? "") as Record<string, string>;
			expect(Object.keys(env).filter((name) => name in secrets)).toEqual([]);
			expect(env).toMatchObject({ PATH: process.env.PATH, PYTHONUNBUFFERED: "1" });
		} finally {
			for (const name of Object.keys(secrets)) delete process.env[name];
		}
	});
});

describe("the end of a program", { timeout: 120_000 }, () => {
	it.each<[string, string]>([
		["ends when its input ends", "on(() => ready());"],
		["ignores the end of its input", "setInterval(() => {}, 1000); on(() => ready());"],
		["ignores SIGTERM too", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); on(() => ready());"],
		[
			"has a child, which ignores both",
			`const { spawn } = await import("node:child_process");
			spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); process.stderr.write('pid ' + process.pid + '\\\\n'); setInterval(() => {}, 1000)"], { stdio: ["ignore", "ignore", "inherit"] });
			on(() => setTimeout(ready, 300));`,
		],
	])("that %s", async (name, body) => {
		const { agent, complaints } = await openScript(body, { endMs: 100, killMs: 500 });
		if (name.includes("child")) await eventually(() => pidsOf(complaints).length === 2);
		const pids = pidsOf(complaints);
		expect(pids.filter(isAlive)).toEqual(pids);
		await agent.close();
		await eventually(() => !pids.some(isAlive));
	});

	it("comes while a question is open: the question fails", async () => {
		const { agent } = await openScript(ANSWERS(""));
		const asked = agent.ask(questionAt(1));
		await agent.close();
		expect(await asked).toEqual({ question: 1, outcome: "failed", what: "the session has ended" });
		expect(await agent.ask(questionAt(2))).toMatchObject({ outcome: "failed", what: "the program has been ended with the session" });
		await agent.close();
	});

	it("by force is at once, for every program of the thread", async () => {
		const { pids, agent } = await opened("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); on(() => ready());", { restartMs: [] });
		endProgramsNow();
		await eventually(() => !pids().some(isAlive));
		await eventually(() => pids().length === 1);
		expect(await agent.ask(questionAt(1))).toMatchObject({ outcome: "failed" });
	});

	it("by itself leads to three restarts, and no more", async () => {
		const { agent, pids, complaints } = await opened("on((m) => { if (m.type === 'hello') ready(); if (m.type === 'decide') process.exit(4); });");
		for (let question = 1; question <= 4; question++) {
			let answer = await agent.ask(questionAt(question));
			// While it is gone, questions fail at once.
			while (answer.outcome === "failed" && answer.what === "the program is not ready yet") {
				await new Promise((resolve) => setTimeout(resolve, 5));
				answer = await agent.ask(questionAt(question));
			}
			expect(answer).toMatchObject({ outcome: "failed", what: expect.stringMatching(/^the program has ended \(exit 4\)/) });
			await eventually(() => pids().length === Math.min(4, question + 1));
		}
		expect(await agent.ask(questionAt(5))).toMatchObject({ what: "the program has ended (exit 4) and has been restarted 3 times already" });
		expect(saidBy(complaints)).toContain("[Kinetra: the program has ended (exit 4); restart 3 of 3");
		expect(pids()).toHaveLength(4);
		expect(pids().filter(isAlive)).toEqual([]);
	});

	it("is final when its file has changed meanwhile", async () => {
		const script = scriptOf("on((m) => { if (m.type === 'hello') ready(); if (m.type === 'decide') process.exit(4); });");
		const program = await loadProgram(commandOf(script));
		const complaints = watchedComplaints();
		const agent = await openProgram(program, SESSION, { complaints, isStopped: () => false, onWaiting: () => {} }, PATIENT);
		open.push({ agent, complaints, pids: () => pidsOf(complaints) });
		writeFileSync(script, "on(() => ready())");
		await agent.ask(questionAt(1));
		let what = "";
		while (!what.includes("changed")) {
			const answer = await agent.ask(questionAt(2));
			what = answer.outcome === "failed" ? answer.what : "";
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		expect(what).toMatch(/is not started again: .*has changed since it was read/);
		expect(pidsOf(complaints)).toHaveLength(1);
	});
});

describe("what a program complains", { timeout: 120_000 }, () => {
	it("is kept in the session's folder for its owner alone, up to a limit, however much it is", async () => {
		const folder = mkdtempSync(join(tmpdir(), "kinetra-complaints-"));
		const { agent, complaints } = await opened(
			`say({ type: "log", text: "hello\\u001b[2J" }); const text = "y".repeat(65_535) + "\\n"; let n = 0;
			const flood = () => { if (n++ < 40) process.stderr.write(text, flood); else on((m) => { if (m.type === "hello") ready(); if (m.type === "decide") decide(m.question, "hold"); }); }; flood();`,
		);
		complaints.keepIn(folder);
		expect(await agent.ask(questionAt(1))).toMatchObject({ outcome: "hold" });
		await agent.close();
		complaints.close();
		const path = join(folder, COMPLAINTS_FILE);
		const text = readFileSync(path, "utf8");
		expect(statSync(path).mode & 0o777).toBe(0o600);
		expect(text.length).toBeGreaterThan(1_000_000);
		expect(text.length).toBeLessThan(1_048_576 + 200);
		expect(text).toMatch(/^pid \d+\n/);
		expect(text).toContain("[log] hello\u{FFFD}\n");
		expect(text).toMatch(/\[Kinetra: the program has written more than 1048576 bytes to stderr; the rest is not kept\]\n$/);
	});

	it("changes nothing when the folder cannot be written", async () => {
		const { agent, complaints } = await opened(ANSWERS("process.stderr.write('x'); decide(m.question, 'hold')"));
		complaints.keepIn(join(tmpdir(), "kinetra-not-there", "nowhere"));
		expect(existsSync(join(tmpdir(), "kinetra-not-there"))).toBe(false);
		expect(await agent.ask(questionAt(1))).toMatchObject({ outcome: "hold" });
	});
});
