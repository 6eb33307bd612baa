import { EXIT } from "../adapters/failure.ts";
import { listAgents } from "../engine/agents/registry.ts";
import { WIDTH, wrap } from "../print/text.ts";
import type { Terminal } from "../terminal.ts";

/** `kinetra agents`: what can be named after `--agent`, with one line each. */
export function agents(json: boolean, terminal: Terminal): number {
	const listings = listAgents();
	if (json) {
		terminal.print(JSON.stringify(listings));
		return EXIT.ok;
	}
	for (const listing of listings) {
		terminal.print(`${terminal.palette.strong(listing.id)}  ${terminal.palette.faint(`${listing.build}, warm-up ${listing.warmupBars} bars`)}`);
		for (const line of wrap(listing.line, WIDTH - 2)) terminal.print(`  ${line}`);
		for (const parameter of listing.parameters) {
			const [first = "", ...more] = wrap(`${parameter.line} (${parameter.min} to ${parameter.max})`, WIDTH - 34);
			terminal.print(terminal.palette.faint(`  ${`--set agent.${parameter.key}=${parameter.value}`.padEnd(32)}${first}`));
			for (const line of more) terminal.print(terminal.palette.faint(`${" ".repeat(34)}${line}`));
		}
	}
	return EXIT.ok;
}
