import { EXIT } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import type { Terminal } from "../terminal.ts";
import { bridgeText, credentialsText } from "./cockpit/bridge-facts.ts";
import { type StatusFacts, statusFacts } from "./cockpit/status-facts.ts";
import { dataText } from "./cockpit/status-parts.ts";

/** `kinetra status`: the facts of the status bar. Returns the exit code. */
export async function status(json: boolean, home: Home, terminal: Terminal): Promise<number> {
	const facts = await statusFacts(home);
	terminal.print(json ? JSON.stringify(asJson(facts)) : asText(facts));
	return EXIT.ok;
}

/** The home stays the path that it always was for scripts; what is known of it stands beside. */
function asJson(facts: StatusFacts): unknown {
	const { root, ...homeState } = facts.home;
	return { ...facts, home: root, homeState };
}

function asText({ version, home, data, bridge, credentials, lastSession: last }: StatusFacts): string {
	return [
		`Kinetra      ${version}`,
		`home         ${home.root}${home.problem === null ? "" : ` (${home.problem})`}`,
		`data         ${data.problem ?? `${dataText(data)}${whereText(data)}`}`,
		`bridge       ${bridgeText(bridge)}`,
		`credentials  ${credentialsText(credentials)}`,
		`last session ${lastText(last)}`,
	].join("\n");
}

function whereText(data: StatusFacts["data"]): string {
	return data.state === "not prepared"
		? ` (no MT5 export in ${data.folder}; --file takes one from anywhere, the synthetic market needs none)`
		: ` in ${data.folder}`;
}

function lastText(last: StatusFacts["lastSession"]): string {
	if (last === null) return "none";
	if ("unreadable" in last) return `unreadable  ${last.unreadable}`;
	const result = last.symbol === null || last.netProfit === null ? "" : `  ${last.symbol} ${last.agent}  net ${last.netProfit.toFixed(2)} ${last.currency}`;
	return `${last.id}  ${last.state}${result}`;
}
