// The drawing of a session without terminal and threads, in a process of its own: started by ui-drawing-run.ts, bundled, columns and rows in
// its arguments; prints JSON.
import xterm from "@xterm/headless";
import { drawCockpit } from "../src/commands/cockpit/drawing.tsx";
import { createCompositor } from "../src/ui/frame/compositor.ts";
import { layoutOf } from "../src/ui/layout.ts";
import type { Pane } from "../src/ui/pane.ts";
import { sessionScreen } from "../src/ui/screens/session.ts";
import { newSessionView, type SessionUpdate, viewAfter } from "../src/ui/session-update.ts";
import type { CockpitState } from "../src/ui/state.ts";
import { type CockpitStore, createCockpitStore } from "../src/ui/store.ts";
import { attachPane } from "../src/ui/widgets/canvas.tsx";
import { createCellDiff, frameOf } from "../tests/helpers/cell-diff.ts";
import { contextOf } from "../tests/helpers/context.ts";
import { configWith, EASY } from "../tests/helpers/session.ts";
import { recordUpdates } from "../tests/helpers/updates.ts";
import { viewOf } from "../tests/helpers/view.ts";

/** Processor time a frame, and what stays in memory. */
export type Drawing = {
	readonly updates: number;
	/** Everything from the update to the bytes; what the painters alone take; the hand-written diff over the same frames. */
	readonly panesMs: number;
	readonly paintersMs: number;
	readonly limitMs: number;
	/** With shell and React. */
	readonly cockpitMs: number;
	readonly inkFrames: number;
	/** Heap that an hour of frames and some keys in a menu leave behind. */
	readonly hourMb: number;
	readonly menuMb: number;
};

const [columns, rows] = [Number(process.argv[2]), Number(process.argv[3])];
const MINUTES = 600;
/** At 1,000 market seconds a second and 10 frames a second. */
const ROWS_A_FRAME = 100;
/** An hour of frames. Before them, what fills rings and caches. */
const HOUR_FRAMES = 36_000;
const FIRST_FRAMES = 3000;
const KEYS = 2000;
const ABOUT = viewOf().about;

const updates = await recordUpdates(configWith({ agent: { id: "sma" }, warmupBars: 60, unlimited: true, rules: EASY, maxTrades: null }), MINUTES, ROWS_A_FRAME);
process.stdout.write(JSON.stringify(await measure()));

async function measure(): Promise<Drawing> {
	// Twice, so that everything is compiled; the second time counts.
	measurePanes();
	const panes = measurePanes();
	const cockpit = await measureCockpit();
	return {
		updates: updates.length,
		panesMs: panes.ms,
		paintersMs: measurePainters(),
		limitMs: await measureLimit(panes.written),
		cockpitMs: cockpit.ms,
		inkFrames: cockpit.inkFrames,
		hourMb: cockpit.hourMb,
		menuMb: await measureMenu(),
	};
}

/** The session screen as its panes paint it, through the compositor. */
function measurePanes(): { ms: number; written: readonly string[] } {
	const store = newStore();
	const compositor = newCompositor();
	for (const pane of panesOf(store.getState())) attachPane({ pane, store, compositor, onCrash: fail });
	compositor.diff();
	const written: string[] = [];
	const began = cpuMs();
	for (const update of updates) {
		show(store, update);
		written.push(compositor.diff());
	}
	return { ms: (cpuMs() - began) / updates.length, written };
}

/** Every painter for every update, whatever has changed; its lines go nowhere. */
function measurePainters(): number {
	const store = newStore();
	const panes = panesOf(store.getState());
	let lines = 0;
	const began = cpuMs();
	for (const update of updates) {
		show(store, update);
		const state = store.getState();
		for (const { rect, select, paint } of panes) lines += paint(select(state), rect).length;
	}
	if (lines === 0) throw new Error("nothing was painted");
	return (cpuMs() - began) / updates.length;
}

/** The frames are taken from what was written, so the yardstick draws the very same. */
async function measureLimit(written: readonly string[]): Promise<number> {
	const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
	const diff = createCellDiff(frameOf(emulator));
	let took = 0;
	let bytes = 0;
	for (const text of written) {
		await new Promise<void>((resolve) => emulator.write(text, resolve));
		const frame = frameOf(emulator);
		const began = cpuMs();
		bytes += diff(frame).length;
		took += cpuMs() - began;
	}
	if (bytes === 0) throw new Error("nothing was drawn");
	emulator.dispose();
	return took / written.length;
}

/** The whole cockpit with ink, over the same updates and then for an hour of frames. */
async function measureCockpit(): Promise<{ ms: number; inkFrames: number; hourMb: number }> {
	const store = newStore();
	const compositor = newCompositor();
	let inkFrames = 0;
	const base = compositor.base;
	compositor.base = (frame) => {
		inkFrames++;
		base(frame);
	};
	const ink = drawCockpit(contextOf(store), compositor, columns, fail);
	const play = async (frames: number): Promise<void> => {
		for (let frame = 0; frame < frames; frame++) {
			// A second time the same session begins anew, as a replay does.
			if (frame % updates.length === 0) store.setState({ live: newSessionView(ABOUT, 1000, 0) });
			const update = updates[frame % updates.length];
			if (update !== undefined) show(store, update);
			await settled();
			compositor.diff();
		}
	};
	await play(updates.length);
	inkFrames = 0;
	const began = cpuMs();
	await play(updates.length);
	const ms = (cpuMs() - began) / updates.length;
	const counted = inkFrames;
	await play(FIRST_FRAMES - (FIRST_FRAMES % updates.length));
	const before = heapMb();
	await play(HOUR_FRAMES - (HOUR_FRAMES % updates.length));
	const hourMb = heapMb() - before;
	ink.unmount();
	return { ms, inkFrames: counted, hourMb };
}

/** Ink draws its menu anew at every key. */
async function measureMenu(): Promise<number> {
	const store = createCockpitStore({ columns, rows });
	const compositor = newCompositor();
	const ink = drawCockpit(contextOf(store), compositor, columns, fail);
	const walk = async (keys: number): Promise<void> => {
		for (let key = 0; key < keys; key++) {
			ink.feed("\u001b[B");
			await settled();
			await settled();
			compositor.diff();
		}
	};
	await walk(KEYS / 2);
	const before = heapMb();
	await walk(KEYS);
	const grown = heapMb() - before;
	ink.unmount();
	return grown;
}

function newStore(): CockpitStore {
	const store = createCockpitStore({ columns, rows, path: ["main", "session"], focus: "content", live: newSessionView(ABOUT, 1000, 0) });
	const [first] = updates;
	if (first !== undefined) show(store, first);
	return store;
}

function newCompositor(): ReturnType<typeof createCompositor> {
	const compositor = createCompositor({ colours: true, ascii: false });
	compositor.resize(columns, rows);
	return compositor;
}

function panesOf(state: CockpitState): readonly Pane[] {
	return sessionScreen.panes(state, layoutOf(state).content);
}

function show(store: CockpitStore, update: SessionUpdate): void {
	store.setState(({ live }) => (live === null ? {} : { live: viewAfter(live, { type: "update", update }, 0) }));
}

function settled(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

function cpuMs(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}

function heapMb(): number {
	globalThis.gc?.();
	globalThis.gc?.();
	return process.memoryUsage().heapUsed / 1_048_576;
}

function fail(error: unknown): never {
	throw error;
}
