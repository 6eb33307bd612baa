import { EventEmitter } from "node:events";
import { render } from "ink";
import { Component, type ReactNode, useEffect, useState } from "react";
import type { Compositor } from "./frame/compositor.ts";

/** Where ink draws to, and how many columns it has. */
export type MountOptions = { readonly compositor: Compositor; readonly columns: number };

/** A React tree that ink draws as the lowest layer of the compositor. */
export type MountedInk = {
	/** Hands one key to ink as the terminal sent it (Escape excepted). Keys wait until React has dealt with the one before. */
	feed(raw: string): void;
	/** Lays the tree out for another width. */
	resize(columns: number): void;
	rerender(tree: ReactNode): void;
	unmount(): void;
	/** Called once with what went wrong when a component cannot be rendered; also when that was before the call. */
	onCrash(listener: (error: unknown) => void): void;
};

/** Rows that ink believes it has: with fewer than it draws, it would clear screen and scrollback on every frame. */
const PLENTY_OF_ROWS = 10_000;

/** Draws the tree with ink on streams of our own: frames go to `compositor.base`, keys come from `feed`. Nothing reaches the terminal. */
export function mountInk(tree: ReactNode, { compositor, columns }: MountOptions): MountedInk {
	const stdout = createStdout(columns, (frame) => compositor.base(frame));
	const keys = createKeys();
	const crash = createCrash();
	let shown = tree;
	let mounted = true;
	const wrapped = (): ReactNode => (
		<CrashBoundary onCrash={crash.report}>
			<KeyGate keys={keys}>{shown}</KeyGate>
		</CrashBoundary>
	);
	const instance = render(wrapped(), {
		stdout: stdout as unknown as NodeJS.WriteStream,
		stdin: keys.stdin as unknown as NodeJS.ReadStream,
		stderr: createStdout(columns, () => {}) as unknown as NodeJS.WriteStream,
		// Ink's debug mode writes every frame whole and at once, without moving the cursor, also where `CI` is set. That is what the compositor
		// wants: it finds the changes itself, and the output adapter limits the rate.
		debug: true,
		exitOnCtrlC: false,
		patchConsole: false,
		isScreenReaderEnabled: false,
	});
	const draw = (): void => {
		if (mounted) instance.rerender(wrapped());
	};
	return {
		feed: (raw) => keys.feed(raw),
		resize(width) {
			stdout.columns = width;
			draw();
		},
		rerender(next) {
			shown = next;
			draw();
		},
		unmount() {
			if (!mounted) return;
			mounted = false;
			stdout.closed = true;
			instance.unmount();
			instance.cleanup();
		},
		onCrash: crash.listen,
	};
}

/** As much of a writable stream as ink uses. It is no TTY to ink: then ink leaves the cursor and synchronized output to us. */
function createStdout(columns: number, onFrame: (frame: string) => void) {
	return Object.assign(new EventEmitter(), {
		columns,
		rows: PLENTY_OF_ROWS,
		closed: false,
		write(text: string): boolean {
			if (!this.closed) onFrame(text);
			return true;
		},
	});
}

/** Keys that may wait for ink; a held arrow key on a slow machine must not go on for long after it was let go. */
const MOST_KEYS_WAITING = 50;

type Keys = {
	readonly stdin: EventEmitter;
	feed(raw: string): void;
	/** The key gate is there: keys may come. */
	open(afterKey: () => void): () => void;
	/** React has committed what the last key changed, and listeners are in place again. */
	settled(): void;
};

/**
 * As much of a terminal's stdin as ink uses, giving one key at a time. ink-select-input listens anew after every commit and would otherwise
 * see several keys in the state before the first of them.
 */
function createKeys(): Keys {
	const waiting: string[] = [];
	let current: string | null = null;
	let afterKey: (() => void) | null = null;
	let busy = false;
	const ignore = (): void => {};
	const stdin = Object.assign(new EventEmitter(), {
		isTTY: true,
		setRawMode: ignore,
		setEncoding: ignore,
		ref: ignore,
		unref: ignore,
		read(): string | null {
			const key = current;
			current = null;
			return key;
		},
	});
	function next(): void {
		if (busy || afterKey === null) return;
		const key = waiting.shift();
		if (key === undefined) return;
		busy = true;
		current = key;
		stdin.emit("readable");
		// Nobody listened: the key is not for the next one who does.
		current = null;
		afterKey();
	}
	return {
		stdin,
		feed(raw) {
			// Ink keeps a lone Escape back to see what follows, and would glue it to the next key; Escape belongs to the shell anyway.
			if (raw === "\u001b" || waiting.length >= MOST_KEYS_WAITING) return;
			waiting.push(raw);
			next();
		},
		open(listener) {
			afterKey = listener;
			return () => {
				afterKey = null;
			};
		},
		settled() {
			busy = false;
			// Not within the effect: React takes a chain of updates there for an endless loop.
			if (waiting.length > 0) setImmediate(next);
		},
	};
}

/**
 * Makes a commit of its own after every key. Its effect runs after those of all components below it, so by then each of them has taken the
 * key's change and listens again.
 */
function KeyGate({ keys, children }: { readonly keys: Keys; readonly children: ReactNode }): ReactNode {
	const [count, setCount] = useState(0);
	useEffect(() => keys.open(() => setCount((before) => before + 1)), [keys]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the effect is wanted once for every count
	useEffect(() => keys.settled(), [keys, count]);
	return children;
}

type Crash = { report(error: unknown): void; listen(listener: (error: unknown) => void): void };

/** Keeps the first error until somebody listens. */
function createCrash(): Crash {
	let first: { readonly error: unknown } | null = null;
	let listener: ((error: unknown) => void) | null = null;
	return {
		report(error) {
			if (first !== null) return;
			first = { error };
			listener?.(error);
		},
		listen(given) {
			listener = given;
			if (first !== null) given(first.error);
		},
	};
}

type BoundaryProps = { readonly onCrash: (error: unknown) => void; readonly children: ReactNode };

/** Takes a tree that fails off the screen, before ink would print its own report over everything. */
class CrashBoundary extends Component<BoundaryProps, { readonly failed: boolean }> {
	override state = { failed: false };

	static getDerivedStateFromError(): { readonly failed: boolean } {
		return { failed: true };
	}

	override componentDidCatch(error: unknown): void {
		this.props.onCrash(error);
	}

	override render(): ReactNode {
		return this.state.failed ? null : this.props.children;
	}
}
