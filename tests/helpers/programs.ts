import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Complaints, createComplaints } from "../../src/adapters/agent/process/complaints.ts";
import { PROGRAM_LIMITS, type ProgramLimits } from "../../src/adapters/agent/process/limits.ts";
import { openProgram, type ProgramSession } from "../../src/adapters/agent/process/open-program.ts";
import { loadProgram } from "../../src/adapters/agent/process/program.ts";
import type { OutsideAgent } from "../../src/adapters/ports.ts";
import type { Question, Sight } from "../../src/engine/agents/outside.ts";
import { OBSERVATION } from "../../src/engine/market/observation.ts";
import { PLAIN } from "./session.ts";

/** What every script of the tests begins with: says its process id on stderr, hands each line to `on`, and ends when its input ends. */
const PRELUDE = `
import { createInterface } from "node:readline";
const say = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
const ready = () => say({ type: "ready", name: "test" });
const decide = (question, action) => say({ type: "decision", question, action });
process.stderr.write("pid " + process.pid + "\\n");
const lines = createInterface({ input: process.stdin });
const early = [];
lines.on("line", (line) => early.push(line));
const on = (take) => {
	lines.removeAllListeners("line");
	lines.on("line", (line) => take(JSON.parse(line)));
	for (const line of early) take(JSON.parse(line));
};
`;

/** A usual program, for bodies that only change what it answers: `answer(message)` is called for each question. */
export const POLITE = `on((m) => { if (m.type === "hello") ready(); if (m.type === "decide") answer(m); });\n`;

/** Writes a script into a folder of its own; `prelude` false: nothing but the body. */
export function scriptOf(body: string, prelude = true): string {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), "kinetra-program-")));
	const path = join(folder, "my agent.mjs");
	writeFileSync(path, prelude ? PRELUDE + body : body);
	return path;
}

/** The command that runs a script with the Node of the tests. */
export function commandOf(script: string): string {
	return `"${process.execPath}" "${script}"`;
}

/** Patient where the machine's load would decide; tests of deadlines set their own. */
export const PATIENT: ProgramLimits = { ...PROGRAM_LIMITS, answerMs: 60_000, restartMs: [1, 1, 1] };

export const SESSION: ProgramSession = {
	instrument: PLAIN,
	timeframeMinutes: 5,
	seed: 7,
	mode: "virtual",
	warmupBars: 3,
	account: { currency: "USD" },
};

export type Opened = { readonly agent: OutsideAgent; readonly complaints: Complaints; pids(): number[] };

/** Loads and opens a program made of this body. */
export async function openScript(body: string, limits: Partial<ProgramLimits> = {}, complaints: Complaints = watchedComplaints()): Promise<Opened> {
	const program = await loadProgram(commandOf(scriptOf(body)));
	const agent = await openProgram(program, SESSION, { complaints, isStopped: () => false, onWaiting: () => {} }, { ...PATIENT, ...limits });
	return { agent, complaints, pids: () => pidsOf(complaints) };
}

const SAID = new WeakMap<Complaints, string[]>();

/** Complaints that also remember every byte, so that a test can look for what was said early. */
export function watchedComplaints(): Complaints {
	const inner = createComplaints();
	const said: string[] = [];
	const watched = {
		...inner,
		add(bytes: Buffer) {
			if (said.length < 1000) said.push(bytes.toString());
			inner.add(bytes);
		},
	};
	SAID.set(watched, said);
	return watched;
}

/** Everything that was said so far. */
export function saidBy(complaints: Complaints): string {
	return (SAID.get(complaints) ?? []).join("");
}

/** Processes that have said who they are. */
export function pidsOf(complaints: Complaints): number[] {
	return [...saidBy(complaints).matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
}

/** True while the process is there and no zombie. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		// Where nobody collects orphans (a container), one that has ended stays in the table.
		return process.platform !== "linux" || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return false;
	}
}

/** Waits until it is so; the test's own time limit ends it when that never comes. */
export async function eventually(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function sightAt(bar: number): Sight {
	return {
		at: bar * 60_000,
		bar: { openAt: bar * 60_000, open: 110_000, high: 110_010, low: 109_990, close: 110_005, volume: 10, spreadPoints: 2 },
		observation: OBSERVATION.map((_, index) => index / 10),
		atrPoints: 50,
		bid: 110_005,
		ask: 110_007,
		positions: [],
	};
}

export function questionAt(question: number, changes: Partial<Question> = {}): Question {
	return { ...sightAt(question), question, entry: { mayEnter: true }, ...changes };
}
