import type { Context } from "../key.ts";
import type { CockpitState, Dialog } from "../state.ts";
import { notify } from "../store.ts";

/** True while a session trades. */
export function isTrading({ live }: Pick<CockpitState, "live">): boolean {
	return live !== null && live.end === null;
}

/** Leaves at once when nothing runs; otherwise asks first what becomes of the open positions. */
export function askToLeave(context: Context): void {
	const state = context.store.getState();
	if (state.leaving) notify(context.store, "The session is being ended; Ctrl-C leaves at once.", "warn");
	else if (isTrading(state)) context.store.setState({ dialog: leaveDialog(state) });
	else context.intents.quit("keep");
}

function leaveDialog({ live }: CockpitState): Dialog {
	const open = live?.now?.openPositions ?? null;
	const what = `${live?.about.symbol ?? ""} ${live?.about.agent ?? ""}`.trim();
	const end =
		(positions: "flatten" | "keep") =>
		({ intents }: Context) =>
			intents.quit(positions);
	const stay = "Esc stays; the session goes on.";
	if (open === 0) {
		return {
			title: "Leave Kinetra?",
			tone: "warn",
			lines: [`A session is running (${what}), without open positions.`, "It is ended orderly first and its summary is written.", stay],
			input: null,
			choices: [{ key: "enter", label: "end the session and leave", run: end("flatten") }],
		};
	}
	const count = open === null ? "It is not known whether it has open positions." : `It has ${open} open position${open === 1 ? "" : "s"}.`;
	return {
		title: "Leave Kinetra?",
		tone: "warn",
		lines: [`A session is running (${what}).`, count, "It is ended orderly first and its summary is written.", stay],
		input: null,
		choices: [
			{ key: "f", label: "close all positions and leave", run: end("flatten") },
			{ key: "o", label: "leave them open and leave", run: end("keep") },
		],
	};
}

/** What a kill does where it does not end on this machine. */
const KILL_AT_BROKER =
	"KILL sent: no new orders from now on. The bridge is told to let nothing out and to cancel waiting orders; the session says NOT CONFIRMED until it has. Positions keep their stops at the broker.";

/**
 * The kill switch: at once, without a question, from wherever the user is. It is asked for even when the screen knows of no session, for one
 * may be starting; where there is none, the program says so.
 */
export function kill(context: Context): void {
	context.intents.command({ command: "kill", reason: "the operator pressed K" });
	const { live } = context.store.getState();
	if (live === null || live.end !== null) return;
	notify(context.store, live.about.broker === null ? "KILL sent: no new orders, pending ones cancelled." : KILL_AT_BROKER, "bad");
}
