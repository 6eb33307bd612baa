import { EXIT } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import type { Terminal } from "../terminal.ts";
import { standings } from "./standing/standings.ts";

/** `kinetra gates [--agent A] [--json]`: where every agent and configuration stands, recomputed from ledger and journals. Returns the exit code. */
export function gates(agent: string | null, json: boolean, home: Home, terminal: Terminal): number {
	const all = standings(home, Date.now()).filter(({ agentBuild }) => agent === null || agentBuild.split("@")[0] === agent);
	if (json) terminal.print(JSON.stringify(all));
	else if (all.length === 0) terminal.print("No session that could be evidence yet. Begin with: kinetra run");
	else
		for (const one of all)
			for (const gate of one.gates) terminal.print(`${one.agentBuild}  ${one.symbol}  ${gate.from} -> ${gate.gate}  ${gate.verdict}: ${gate.text}`);
	return EXIT.ok;
}
