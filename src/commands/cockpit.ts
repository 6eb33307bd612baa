import type { Home } from "../adapters/home.ts";
import type { RunOptions } from "../config/options.ts";
import { summaryLines } from "../print/summary.ts";
import type { Terminal } from "../terminal.ts";
import { dispatch } from "../ui/router.ts";
import type { SessionEnd } from "../ui/session-view.ts";
import { createKeyQueue } from "./cockpit/key-queue.ts";
import { type OpenScreen, openScreen } from "./cockpit/open-screen.ts";
import { speaksUtf8 } from "./cockpit/status-parts.ts";
import type { Left } from "./cockpit/ways-out.ts";
import type { ConfirmedStage } from "./stage/confirmed.ts";

/** How the cockpit begins: at the main menu, or with the session that the command line asks for, `confirmed` when it is a demo or live one. `ascii` = no glyphs beyond ASCII. */
export type CockpitStart = { readonly options: RunOptions | null; readonly confirmed: ConfirmedStage | null; readonly ascii: boolean };

/** These do not wait behind other keys. */
const URGENT = ["ctrl+c", "ctrl+k"];

/**
 * The cockpit, from the first frame to the terminal given back. `entry` is the program's own file, from which it starts the engine's thread.
 * Returns the exit code of the last session, or that of what ended the program.
 */
export async function cockpit(home: Home, entry: URL, start: CockpitStart, terminal: Terminal): Promise<number> {
	const look = { colours: terminal.palette.colours, ascii: start.ascii || !speaksUtf8(process.env) };
	const screen = openScreen(look, start.options === null ? ["main"] : ["main", "live-testing", start.confirmed?.terms.mode ?? "virtual"]);
	try {
		const left = await live(screen, home, entry, start);
		screen.close();
		const page = lastPage(left, screen.store.getState().live?.end ?? null, terminal);
		if (page !== null) screen.print(page);
		if (left.problem !== null) screen.complain(left.problem);
		return left.exitCode;
	} finally {
		// What cannot even begin is printed by the command line, on a screen that shows it.
		screen.close();
	}
}

/** Runs the program behind the screen until the user or the system wants it to end. */
async function live(screen: OpenScreen, home: Home, entry: URL, { options, confirmed }: CockpitStart): Promise<Left> {
	const { store, compositor, bell } = screen;
	// React and ink come with it: loaded while the first frame is on the screen.
	const { startProgram } = await import("./cockpit/program.ts");
	const program = startProgram({ store, compositor, home, entry, bell, onCrash: screen.fail });
	const keys = createKeyQueue((key, raw) => {
		if (key === "ctrl+c") screen.interrupt();
		else if (dispatch(program.context, key) === "menu") program.ink.feed(raw);
	}, URGENT);
	screen.connect({ ways: program.ways, onKey: keys.push, onResize: program.ink.resize });
	if (options !== null) program.startWith(options, confirmed);
	const left = await program.ways.left;
	program.stop();
	return left;
}

/** What stays on the normal screen: the summary of the last session, as `kinetra run` prints it, and what went wrong with its files. */
function lastPage({ summary }: Left, end: SessionEnd | null, { palette }: Terminal): string | null {
	if (summary === null) return null;
	const { folder, problems } = end?.kind === "ended" ? end : { folder: "", problems: [] };
	return [...summaryLines(summary, folder, palette), ...problems].join("\n");
}
