import type { SessionConfig } from "../../../engine/config.ts";
import type { OutsideAgent } from "../../ports.ts";
import type { AgentProgram } from "../loaded.ts";
import type { Starting } from "./starting.ts";

/** What a program is told of its session. */
export type ProgramSession = Pick<SessionConfig, "instrument" | "timeframeMinutes" | "seed" | "mode" | "warmupBars"> & {
	readonly account: Pick<SessionConfig["account"], "currency">;
};

/** Starts the program and waits until it is ready. Rejects with a `Failure` when it is not, and nothing of it is left running then. */
export async function openProgram(program: AgentProgram, _session: ProgramSession, _starting: Starting): Promise<OutsideAgent> {
	throw new Error(`not yet: ${program.name}`);
}
