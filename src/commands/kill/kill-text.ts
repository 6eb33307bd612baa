import type { KillItem } from "../../adapters/mt5/wire/messages.ts";
import { formatNumber } from "../../print/text.ts";
import type { BridgeKill } from "./bridge-kill.ts";
import type { SessionOutcome } from "./watch-sessions.ts";

const RESULTS: Readonly<Record<KillItem["result"], string>> = {
	done: "done",
	failed: "FAILED",
	unknown: "UNKNOWN: the broker's answer is missing",
	skipped_foreign: "not ours, left alone",
};

/** What became of a session, as a line. */
export function sessionText({ id, pid, kind, tookMs }: SessionOutcome): string {
	const took = `after ${Math.round(tookMs)} ms`;
	switch (kind) {
		case "killed":
			return `session ${id}: KILLED, in its journal ${took}`;
		case "ended":
			return `session ${id}: has ended ${took}`;
		case "not-confirmed":
			return `session ${id}: NOT CONFIRMED. Process ${pid} has not written that it stopped; end it: kill ${pid}`;
	}
}

/** What the bridge did with a position or order, as a line. */
export function itemText({ kind, ticket, symbol, volume, result, code, message }: KillItem): string {
	if (kind === "book") return `the terminal could not be asked: ${message ?? code ?? "no reason told"}`;
	const what = [kind, ticket, symbol, volume === null ? null : `${formatNumber(volume)} lots`].filter((part) => part !== null).join(" ");
	const why = result === "failed" || result === "unknown" ? [code, message].filter((part) => part !== null).join(" ") : "";
	return `${what}: ${RESULTS[result]}${why === "" ? "" : ` (${why})`}`;
}

/** What the bridge did, as lines; the last says whether it is confirmed. */
export function bridgeText(url: string, outcome: BridgeKill): readonly string[] {
	if (outcome.kind === "unreachable") return [`bridge ${url}: NOT CONFIRMED, it is not reachable: ${outcome.why}`];
	const items = outcome.items.map(itemText);
	const latch = outcome.latched ? "latched: it sends no entry any more" : `NOT LATCHED${outcome.why === null ? "" : `: ${outcome.why}`}`;
	const end = outcome.confirmed ? "CONFIRMED: nothing of ours is left that should be gone" : "NOT CONFIRMED: see the lines above; the bridge goes on trying";
	return [
		`bridge ${url}: ${latch}`,
		...items,
		...(items.length === 0 && outcome.confirmed ? ["nothing of ours was open or waiting there"] : []),
		`bridge ${end}`,
	];
}

/** What still guards the money when the bridge did not confirm, and the last resort (control C34). */
export const LAST_RESORT = [
	"What still holds: every position has its stop-loss with the broker. Without its cockpit the bridge takes no entry after 5 s and cancels waiting orders of its agents. No session of this home starts while the kill file is there.",
	"Do now: in MetaTrader 5 click Algo Trading (the button turns red): no program can trade any more. Then close by hand what must not stay open.",
	"At the bridge's machine: a file KILL in its data folder does the same as this command. Then try again: kinetra kill",
];
