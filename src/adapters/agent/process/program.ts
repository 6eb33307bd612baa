import type { AgentProgram } from "../loaded.ts";

/**
 * Reads what `--agent process:"..."` names: splits the command, finds the program and its files, reads `agent.json` beside the script where there
 * is one, asks the interpreter for its version, and hashes all of it. Nothing is started yet. Rejects with a `Failure`.
 */
export async function loadProgram(command: string): Promise<AgentProgram> {
	throw new Error(`not yet: ${command}`);
}
