import type { AgentAnswer, Question, Sight } from "../../../engine/agents/outside.ts";
import { actionsToIntents } from "../../../engine/agents/policy/intents.ts";
import type { OutsideAgent } from "../../ports.ts";
import { reasonOf } from "../../reason.ts";
import type { AgentProgram } from "../loaded.ts";
import type { Complaints } from "./complaints.ts";
import type { ProgramLimits } from "./limits.ts";
import { barLine, decideLine, helloLine } from "./messages.ts";
import type { ProgramSession } from "./open-program.ts";
import { createPatience, type Patience } from "./patience.ts";
import { requireUnchanged } from "./program.ts";
import { type ProgramLine, readProgramLine } from "./read-line.ts";
import { type ProcessNews, type ProgramProcess, startProcess } from "./start-process.ts";

/** `starting` until the first `ready`; `failed` when that never came. */
export type SupervisorState = "starting" | "up" | "failed";

/** Keeps a program running through a session: starts it again when it has ended, asks it, and takes what it says for what it is. */
export type Supervisor = {
	readonly agent: OutsideAgent;
	state(): SupervisorState;
	/** Resolves when `state` is no longer `starting`. */
	readonly settled: Promise<void>;
	/** Why it does not run, in words; to be read after the program's name. */
	why(): string;
};

/** Bars that are kept for a restart, at most. */
const KEPT_MAX = 10_000;

/** Starts the program at once. Never throws. */
export function createSupervisor(program: AgentProgram, session: ProgramSession, complaints: Complaints, limits: ProgramLimits): Supervisor {
	const { digits } = session.instrument;
	const keptMax = Math.min(program.warmupBars, KEPT_MAX);
	const kept: Sight[] = [];
	const patience: Patience = createPatience(limits.answerMs);
	let state: SupervisorState = "starting";
	let settle = (): void => {};
	const settled = new Promise<void>((resolve) => {
		settle = resolve;
	});
	/** The run that counts; what older ones still say is nobody's. */
	let run: ProgramProcess | null = null;
	let isReady = false;
	let isClosing = false;
	let starts = 0;
	let asked = 0;
	/** Why it does not run, or why it will be ended. */
	let why = "has not been started";
	/** What it said that nobody had asked for, until the next question fails with it. */
	let stray: string | null = null;
	let timer: NodeJS.Timeout | undefined;

	function start(): void {
		timer = undefined;
		try {
			requireUnchanged(program);
		} catch (error) {
			giveUp(`is not started again: ${reasonOf(error)}`);
			return;
		}
		starts++;
		stray = null;
		why = "is not ready yet";
		let mine: ProgramProcess | null = null;
		const news: ProcessNews = {
			onLine: (line) => run === mine && hear(readProgramLine(line)),
			onComplaint: complaints.add,
			onFault(what) {
				if (isClosing) return;
				why = what;
				isReady = false;
				patience.fail(`the program ${what}`);
			},
			onEnd: (how) => run === mine && ended(how),
		};
		try {
			mine = startProcess(program, limits, news);
		} catch (error) {
			// A system without memory says no in this way; most other noes come as news.
			giveUp(`cannot be started: ${reasonOf(error)}`);
			return;
		}
		const started = mine;
		run = started;
		started.send(helloLine(session, limits.answerMs, starts));
		timer = setTimeout(() => {
			why = `was not ready within ${limits.startMs / 1000} s`;
			started.endByForce();
		}, limits.startMs);
	}

	function ended(how: string): void {
		run = null;
		clearTimeout(timer);
		if (isClosing) return;
		// What was found wrong before it ended is the cause; that it ended is the effect.
		if (isReady || why === "is not ready yet") why = how;
		isReady = false;
		patience.fail(`the program ${why}`);
		if (state === "starting") giveUp(how === why ? `${how} before it was ready` : why);
		else restartLater();
	}

	function restartLater(): void {
		const waitMs = limits.restartMs[starts - 1];
		if (waitMs === undefined) {
			giveUp(`${why} and has been restarted ${limits.restartMs.length} times already`);
			return;
		}
		complaints.add(Buffer.from(`[Kinetra: the program ${why}; restart ${starts} of ${limits.restartMs.length} in ${waitMs} ms]\n`));
		timer = setTimeout(start, waitMs);
	}

	function giveUp(cause: string): void {
		why = cause;
		if (state === "starting") state = "failed";
		settle();
	}

	function hear(line: ProgramLine): void {
		switch (line.type) {
			case "log":
				complaints.add(Buffer.from(`[log] ${line.text}\n`));
				return;
			case "ready":
				if (isReady) wrong("a second ready");
				else if (run !== null) begin(run);
				return;
			case "broken":
				wrong(line.what);
				return;
			case "action":
			case "intents":
				if (!isReady || line.question > asked) wrong(`an answer to question ${line.question}, which has not been asked`);
				else patience.answer(line);
		}
	}

	function begin(mine: ProgramProcess): void {
		clearTimeout(timer);
		isReady = true;
		why = "";
		for (const sight of kept) mine.send(barLine(sight, digits));
		state = "up";
		settle();
	}

	function wrong(what: string): void {
		if (!isReady) {
			why = `said something else than ready: ${what}`;
			run?.endByForce();
		} else if (!patience.fail(`the program gave ${what}`)) stray ??= `the program gave ${what}`;
	}

	function keep(sight: Sight): void {
		kept.push(sight);
		if (kept.length > keptMax) kept.shift();
	}

	function failed(question: Question, what: string): Promise<AgentAnswer> {
		return Promise.resolve({ question: question.question, outcome: "failed", what });
	}

	start();
	return {
		state: () => state,
		settled,
		why: () => why,
		agent: {
			kind: "outside",
			tell(sight) {
				keep(sight);
				if (isReady) run?.send(barLine(sight, digits));
			},
			async ask(question) {
				keep(question);
				asked = question.question;
				const mine = run;
				if (mine === null || !isReady) return failed(question, `the program ${why}`);
				mine.allowOutput();
				const told = stray;
				stray = null;
				if (!mine.send(told === null ? decideLine(question, digits) : barLine(question, digits)))
					return failed(question, "the program does not read what it is sent");
				if (told !== null) return failed(question, told);
				const line = await patience.wait(question.question);
				if (line.type === "intents") return answerOf(question, line.intents);
				if (line.type === "action")
					return answerOf(question, actionsToIntents(line.action, question, program.sizing, line.reason ?? `${program.name}: ${line.action}`));
				return line.answer;
			},
			async close() {
				isClosing = true;
				clearTimeout(timer);
				why = "has been ended with the session";
				isReady = false;
				patience.fail("the session has ended");
				await run?.end();
			},
		},
	};
}

function answerOf({ question }: Question, intents: readonly unknown[]): AgentAnswer {
	return intents.length === 0 ? { question, outcome: "hold" } : { question, outcome: "decided", intents };
}
