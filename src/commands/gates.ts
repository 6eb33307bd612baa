import { wallClock } from "../adapters/clock/wall.ts";
import { EXIT, usageFailure } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import { agentIds } from "../config/agent-name.ts";
import { suggestion } from "../config/nearest.ts";
import type { Standing } from "../engine/stages/standing.ts";
import { colouredText } from "../print/coloured.ts";
import { standingLines, standingTitle } from "../print/gate-lines.ts";
import { WIDTH } from "../print/text.ts";
import type { Terminal } from "../terminal.ts";
import { standings } from "./standing/standings.ts";

/**
 * `kinetra gates [--agent A] [--json]`: where every agent and configuration stands on the way from virtual to live, recomputed from ledger and
 * journals. Returns the exit code: 3 when something is damaged, so that nothing can be proven. Throws a usage `Failure` for an unknown agent.
 */
export function gates(agent: string | null, json: boolean, home: Home, terminal: Terminal): number {
	const every = standings(home, wallClock().nowMs());
	const of = (name: string, build: string): boolean => build === name || build.startsWith(`${name}@`) || (build.startsWith(`${name}-`) && !build.includes("@"));
	// A policy or program of the user's own is known by what it has done here; nothing else lists it.
	if (agent !== null && !every.some(({ agentBuild }) => of(agent, agentBuild))) requireAgent(agent);
	const all = every.filter(({ agentBuild, broken }) => agent === null || of(agent, agentBuild) || broken !== null);
	if (json) terminal.print(JSON.stringify(all));
	else if (all.length === 0)
		terminal.print(agent === null ? NONE : `No session of agent ${agent} is in the ledger yet. Begin with: kinetra run --agent ${agent}`);
	else terminal.print(all.flatMap((standing) => shown(standing, terminal)).join("\n"));
	return all.some(({ broken }) => broken !== null) ? EXIT.data : EXIT.ok;
}

const NONE = "No session is in the ledger yet: nothing is proven, and only virtual is open. Begin with: kinetra run";

function requireAgent(agent: string): void {
	const ids = agentIds();
	if (!ids.includes(agent)) throw usageFailure(`--agent: there is no agent "${agent}"${suggestion(agent, ids) || "."} See: kinetra agents`);
}

function shown(standing: Standing, terminal: Terminal): readonly string[] {
	const { palette } = terminal;
	return [palette.strong(standingTitle(standing)), ...standingLines(standing, WIDTH).map((row) => colouredText(row, palette)), ""];
}
