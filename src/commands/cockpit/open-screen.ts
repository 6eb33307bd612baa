import { wallClock } from "../../adapters/clock/wall.ts";
import { EXIT } from "../../adapters/failure.ts";
import { reasonOf } from "../../adapters/reason.ts";
import { createGuard } from "../../adapters/screen/guard.ts";
import { type KeyboardOptions, readKeys } from "../../adapters/screen/keyboard.ts";
import { createOutput } from "../../adapters/screen/output.ts";
import { openTerminalSink } from "../../adapters/screen/sink.ts";
import { watchSize } from "../../adapters/screen/size.ts";
import { startClock } from "../../ui/clock.ts";
import { type Compositor, createCompositor } from "../../ui/frame/compositor.ts";
import { asciiOf } from "../../ui/frame/glyphs.ts";
import { tellNoSuspend } from "../../ui/shell/suspend.ts";
import type { ScreenId } from "../../ui/state.ts";
import { type CockpitStore, createCockpitStore } from "../../ui/store.ts";
import { firstFrame } from "./first-frame.ts";
import type { WaysOut } from "./ways-out.ts";

/** What the screen asks of the program behind it, once that is there. */
export type Behind = { readonly ways: WaysOut; readonly onKey: KeyboardOptions["onKey"]; readonly onResize: (columns: number) => void };

/** The terminal taken over, with the first frame on it. */
export type OpenScreen = {
	readonly store: CockpitStore;
	readonly compositor: Compositor;
	readonly bell: () => void;
	/** The program is there: keys, sizes and ways out go to it from now on. */
	connect(behind: Behind): void;
	/** The same as Ctrl-C from outside; a second time ends the program at once. */
	interrupt(): void;
	/** The drawing has failed: gives the terminal back and says why; the program then leaves. */
	fail(error: unknown): void;
	/** Gives the terminal back; a second time does nothing. */
	close(): void;
	/** Gives the terminal back, if need be, and says on stderr what was wrong. */
	complain(message: string): void;
	/** Prints on the terminal that was given back. One that nobody reads does not keep the program from ending. */
	print(text: string): void;
};

const PRINT_MS = 2000;

/** Takes the terminal and paints the first frame, before anything that takes long to load is needed. */
export function openScreen(look: { readonly colours: boolean; readonly ascii: boolean }, path: readonly ScreenId[]): OpenScreen {
	const sink = openTerminalSink(process.stdout);
	const compositor = createCompositor(look);
	const clock = wallClock();
	let behind: Behind | null = null;
	let keyboard: { readonly stop: () => void } | null = null;
	const sized = watchSize(process.stdout, ({ columns, rows }) => {
		compositor.resize(columns, rows);
		store.setState({ columns, rows });
		behind?.onResize(columns);
	});
	const store = createCockpitStore({ ...sized.size(), wallMs: clock.nowMs(), path });
	const crashed = (): void => {
		if (behind === null) process.exit(EXIT.bug);
		behind.ways.crashed();
	};
	const guard = createGuard({
		sink,
		stdin: process.stdin,
		onSignal(signal) {
			if (behind === null) process.exit(signal === "SIGINT" ? EXIT.sigint : EXIT.sigterm);
			// The session is being ended already: the user has waited long enough.
			if (behind.ways.leaving()) guard.interrupt();
			else behind.ways.signalled(signal);
		},
		onCrash: crashed,
		onContinue() {
			compositor.forget();
			output.flush();
		},
		onSuspend: () => tellNoSuspend(store),
		lastWords: () => lastWords(store),
	});
	/** A terminal that shows ASCII alone does so on its normal screen, too. */
	const shown = (text: string): string => (look.ascii ? Array.from(text, asciiText).join("") : text);
	const { columns, rows } = store.getState();
	compositor.resize(columns, rows);
	compositor.base(firstFrame(store.getState()));
	const output = createOutput({ sink, source: compositor, onLost: () => behind?.ways.lost() });
	guard.enter();
	output.flush();
	const stopClock = startClock(store, () => clock.nowMs());
	return {
		store,
		compositor,
		bell: output.ring,
		connect(given) {
			behind = given;
			keyboard = readKeys({ stdin: process.stdin, onKey: given.onKey, onLost: given.ways.lost });
		},
		interrupt: guard.interrupt,
		fail(error) {
			// One broken painter is often followed by others: the first says why.
			if (behind?.ways.leaving() === true) return;
			guard.leave(`kinetra: The screen failed: ${reasonOf(error)}. A running session is being ended; its summary follows.`);
			crashed();
		},
		close() {
			keyboard?.stop();
			stopClock();
			sized.stop();
			output.stop();
			guard.leave();
		},
		complain: (message) => guard.leave(`kinetra: ${shown(message)}`),
		print: (text) => void sink.writeWithin(new TextEncoder().encode(`${shown(text).replaceAll("\n", "\r\n")}\r\n`), PRINT_MS),
	};
}

/** What is said when the program ends at once: where the journal of a running session is. */
function lastWords(store: CockpitStore): string | null {
	const { live } = store.getState();
	return live === null || live.end !== null ? null : `kinetra: Ended at once, without a summary. The journal is kept in ${live.about.folder}`;
}

function asciiText(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	return code > 0x7e ? String.fromCodePoint(asciiOf(code)) : character;
}
