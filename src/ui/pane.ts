import type { Line } from "../print/line.ts";
import type { CockpitState } from "./state.ts";

/** A place on the screen in cells; `x` and `y` from the top left corner, which is 0, 0. */
export type Rect = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** The room a painter has, in cells. */
export type Size = { readonly width: number; readonly height: number };

/**
 * A part of the screen that paints itself. `select` takes the slice of the state that it shows; only when that differs (shallowly) from
 * the slice before, or the size changes, `paint` is called. Painters are pure. What is beyond the size is cut, what is missing stays blank.
 */
export type Pane<Slice = unknown> = {
	/** Unique on the screen; the region of the frame keeps it from one layout to the next. */
	readonly id: string;
	readonly rect: Rect;
	readonly select: (state: CockpitState) => Slice;
	readonly paint: (slice: Slice, size: Size) => readonly Line[];
};

/** Hides a pane's slice type, so that panes of different slices fit into one list. */
export function pane<Slice>(made: Pane<Slice>): Pane {
	return made as unknown as Pane;
}
