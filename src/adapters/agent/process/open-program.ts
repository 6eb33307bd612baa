import { setTimeout as pause } from "node:timers/promises";
import type { SessionConfig } from "../../../engine/config.ts";
import { cleanText } from "../../clean-text.ts";
import { dataFailure, type Failure } from "../../failure.ts";
import type { OutsideAgent } from "../../ports.ts";
import type { AgentProgram } from "../loaded.ts";
import { PROGRAM_LIMITS, type ProgramLimits } from "./limits.ts";
import { requireUnchanged } from "./program.ts";
import type { Starting } from "./starting.ts";
import { createSupervisor } from "./supervisor.ts";

/** What a program is told of its session. */
export type ProgramSession = Pick<SessionConfig, "instrument" | "timeframeMinutes" | "seed" | "mode" | "warmupBars"> & {
	readonly account: Pick<SessionConfig["account"], "currency">;
};

const LOOK_MS = 50;
const TELL_MS = 5000;

/**
 * Starts the program and waits until it is ready, or until nobody waits for it any more (`starting.isStopped`; its agent then fails every question).
 * Rejects with a `Failure` (exit 3) when it does not become ready, with what it wrote to stderr last; nothing of it is left running then.
 */
export async function openProgram(
	program: AgentProgram,
	session: ProgramSession,
	starting: Starting,
	limits: ProgramLimits = PROGRAM_LIMITS,
): Promise<OutsideAgent> {
	requireUnchanged(program);
	const supervisor = createSupervisor(program, session, starting.complaints, limits);
	const seconds = Math.round(limits.startMs / 1000);
	let toldMs = -TELL_MS;
	for (let waitedMs = 0; supervisor.state() === "starting" && !starting.isStopped(); waitedMs += LOOK_MS) {
		if (waitedMs - toldMs >= TELL_MS) {
			toldMs = waitedMs;
			starting.onWaiting(`The agent ${program.name} is starting: ${Math.round(waitedMs / 1000)} s of at most ${seconds} s.`);
		}
		await Promise.race([pause(LOOK_MS), supervisor.settled]);
	}
	if (supervisor.state() !== "failed") return supervisor.agent;
	const why = supervisor.why();
	await supervisor.agent.close();
	throw failureOf(program, why, starting.complaints.lastLines());
}

function failureOf({ command, name }: AgentProgram, why: string, complaints: readonly string[]): Failure {
	const shown = cleanText(command.join(" "), 300);
	const said = complaints.length === 0 ? ["It wrote nothing to stderr."] : ["The last it wrote to stderr:", ...complaints.map((line) => `  ${line}`)];
	return dataFailure(
		[
			`The agent ${name} (${shown}) ${why}.`,
			...said,
			"Run the command by itself to see more; what it must answer is in docs/WRITING_AGENTS.md, Programs.",
		].join("\n"),
	);
}
