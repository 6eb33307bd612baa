import { wallClock } from "../adapters/clock/wall.ts";
import { EXIT } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import { reasonOf } from "../adapters/reason.ts";
import { createGuard } from "../adapters/screen/guard.ts";
import { readKeys } from "../adapters/screen/keyboard.ts";
import { createOutput } from "../adapters/screen/output.ts";
import { openTerminalSink } from "../adapters/screen/sink.ts";
import { watchSize } from "../adapters/screen/size.ts";
import type { RunOptions } from "../config/options.ts";
import { summaryLines } from "../print/summary.ts";
import type { Terminal } from "../terminal.ts";
import { startClock } from "../ui/clock.ts";
import { createCompositor } from "../ui/frame/compositor.ts";
import { dispatch } from "../ui/router.ts";
import { type CockpitStore, createCockpitStore } from "../ui/store.ts";
import { firstFrame } from "./cockpit/first-frame.ts";
import { createKeyQueue } from "./cockpit/key-queue.ts";
import type { Program } from "./cockpit/program.ts";
import { speaksUtf8 } from "./cockpit/status-parts.ts";

/** How the cockpit begins: at the main menu, or with the session that the command line asks for. `ascii` = no glyphs beyond ASCII. */
export type CockpitStart = { readonly options: RunOptions | null; readonly ascii: boolean };

/** How long a terminal may take for the summary: one that nobody reads must not keep the program from ending. */
const PRINT_MS = 2000;

/**
 * The cockpit, from the first frame to the terminal given back. `entry` is the program's own file, from which it starts the engine's thread.
 * Returns the exit code of the last session, or that of what ended the program.
 */
export async function cockpit(home: Home, entry: URL, start: CockpitStart, terminal: Terminal): Promise<number> {
	const sink = openTerminalSink(process.stdout);
	const compositor = createCompositor({ colours: terminal.palette.colours, ascii: start.ascii || !speaksUtf8(process.env) });
	const clock = wallClock();
	let program: Program | null = null;
	const sized = watchSize(process.stdout, ({ columns, rows }) => {
		compositor.resize(columns, rows);
		store.setState({ columns, rows });
		program?.ink.resize(columns);
	});
	const path = start.options === null ? (["main"] as const) : (["main", "live-testing", "virtual"] as const);
	const store = createCockpitStore({ ...sized.size(), wallMs: clock.nowMs(), path });
	const running = (): string | null => runningFolder(store);
	const crash = (): void => {
		if (program === null) process.exit(EXIT.bug);
		program.ways.crashed();
	};
	const guard = createGuard({
		sink,
		stdin: process.stdin,
		onSignal(signal) {
			if (program === null) {
				guard.leave();
				process.exit(signal === "SIGINT" ? EXIT.sigint : EXIT.sigterm);
			}
			// The session is being ended already: the user has waited long enough.
			if (program.ways.leaving()) guard.interrupt();
			else program.ways.signalled(signal);
		},
		onCrash: crash,
		onContinue() {
			compositor.forget();
			output.flush();
		},
		lastWords: () => (running() === null ? null : `Ended at once, without a summary. The session's journal is kept in ${running()}`),
	});
	compositor.resize(store.getState().columns, store.getState().rows);
	compositor.base(firstFrame(store.getState()));
	const output = createOutput({ sink, source: compositor, onLost: () => program?.ways.lost() });
	guard.enter();
	output.flush();

	const { startProgram } = await import("./cockpit/program.ts");
	program = startProgram({
		store,
		compositor,
		home,
		entry,
		bell: output.ring,
		onCrash(error) {
			guard.leave(`kinetra: The screen failed: ${reasonOf(error)}. A running session is being ended; its summary follows.`);
			crash();
		},
	});
	const { context, ink, ways } = program;
	const stopClock = startClock(store, () => clock.nowMs());
	const keys = createKeyQueue(
		(key, raw) => {
			if (key === "ctrl+c") guard.interrupt();
			else if (dispatch(context, key) === "menu") ink.feed(raw);
		},
		["ctrl+c", "ctrl+k"],
	);
	const keyboard = readKeys({ stdin: process.stdin, onKey: keys.push, onLost: ways.lost });
	if (start.options !== null) program.startWith(start.options);

	const { exitCode, summary } = await ways.left;
	keyboard.stop();
	stopClock();
	sized.stop();
	program.stop();
	output.stop();
	guard.leave();
	if (summary !== null) {
		const end = store.getState().live?.end;
		const folder = end?.kind === "ended" ? end.folder : "";
		const text = [...summaryLines(summary, folder, terminal.palette), ...(end?.kind === "ended" ? end.problems : [])].join("\r\n");
		sink.writeWithin(new TextEncoder().encode(`${text}\r\n`), PRINT_MS);
	}
	return exitCode;
}

/** The folder of the session that trades, or null. */
function runningFolder(store: CockpitStore): string | null {
	const { live } = store.getState();
	return live === null || live.end !== null ? null : live.about.folder;
}
