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
	/** What could not be painted. */
	readonly crashes: readonly unknown[];
};

/** Draws the cockpit for this state on a screen of `columns` x `rows` cells. */
export function drawCockpit(columns: number, rows: number, state: Partial<CockpitState> = {}): DrawnCockpit {
	const context = contextOf(createCockpitStore({ columns, rows, ...state }));
	const compositor = createCompositor({ colours: true, ascii: false });
	compositor.resize(columns, rows);
	const crashes: unknown[] = [];
	const ink = mountInk(createElement(App, { context, compositor, onCrash: (error) => crashes.push(error) }), { compositor, columns });
	ink.onCrash((error) => crashes.push(error));
	return {
		...context,
		ink,
		crashes,
		async rows() {
			for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
			return compositor.text().map((row) => row.trimEnd());
		},
	};
}
