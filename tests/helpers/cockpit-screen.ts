import { createElement } from "react";
import { App } from "../../src/ui/app.tsx";
import { createCompositor } from "../../src/ui/frame/compositor.ts";
import { type MountedInk, mountInk } from "../../src/ui/mount.tsx";
import type { CockpitState } from "../../src/ui/state.ts";
import { createCockpitStore } from "../../src/ui/store.ts";
import { contextOf } from "./context.ts";

/** The whole cockpit drawn by ink and the compositor, without a terminal. */
export type DrawnCockpit = ReturnType<typeof contextOf> & {
	readonly ink: MountedInk;
	/** The screen as rows, without blanks at their ends, when everything asked for so far has been drawn. */
	rows(): Promise<readonly string[]>;
	/** The terminal gets another size. */
	resize(columns: number, rows: number): void;
	/** How many frames ink has drawn. */
	frames(): number;
	/** What could not be painted. */
	readonly crashes: readonly unknown[];
};

/** Draws the cockpit for this state on a screen of `columns` x `rows` cells. */
export function drawCockpit(columns: number, rows: number, state: Partial<CockpitState> = {}): DrawnCockpit {
	const context = contextOf(createCockpitStore({ columns, rows, ...state }));
	const compositor = createCompositor({ colours: true, ascii: false });
	compositor.resize(columns, rows);
	const crashes: unknown[] = [];
	let frames = 0;
	const base = compositor.base;
	compositor.base = (frame) => {
		frames++;
		base(frame);
	};
	const ink = mountInk(createElement(App, { context, compositor, onCrash: (error) => crashes.push(error) }), { compositor, columns });
	ink.onCrash((error) => crashes.push(error));
	return {
		...context,
		ink,
		crashes,
		frames: () => frames,
		resize(width, height) {
			compositor.resize(width, height);
			context.store.setState({ columns: width, rows: height });
			ink.resize(width);
		},
		async rows() {
			for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
			return compositor.text().map((row) => row.trimEnd());
		},
	};
}
