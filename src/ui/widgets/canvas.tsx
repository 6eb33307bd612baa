import { useLayoutEffect } from "react";
import { line, span } from "../../print/line.ts";
import type { Compositor } from "../frame/compositor.ts";
import type { Pane } from "../pane.ts";
import type { CockpitStore } from "../store.ts";

/** What a pane needs to paint itself. Regions of a higher layer hide those of a lower one; screens use 1, dialogs 2. */
export type CanvasProps = {
	readonly pane: Pane;
	readonly store: CockpitStore;
	readonly compositor: Compositor;
	readonly layer?: number;
	/** Called once with the error when the pane cannot be painted; the pane then says so. */
	readonly onCrash: (error: unknown) => void;
};

/**
 * A pane on the screen. It draws nothing through ink: it owns a region of the frame while it is mounted, and paints it whenever its slice of
 * the store has changed, outside React.
 */
export function Canvas({ pane, store, compositor, layer = 1, onCrash }: CanvasProps): null {
	useLayoutEffect(() => attachPane({ pane, store, compositor, layer, onCrash }), [pane, store, compositor, layer, onCrash]);
	return null;
}

/** Paints the pane now and whenever its slice changes; the returned function takes it off the screen. */
export function attachPane({ pane, store, compositor, layer = 1, onCrash }: CanvasProps): () => void {
	const region = compositor.region(pane.id, pane.rect, layer);
	const size = { width: pane.rect.width, height: pane.rect.height };
	let painted: { readonly slice: unknown } | null = null;
	let failed = false;

	function update(): void {
		if (failed) return;
		try {
			const slice = pane.select(store.getState());
			if (painted !== null && shallowSame(painted.slice, slice)) return;
			region.paint(pane.paint(slice, size));
			painted = { slice };
		} catch (error) {
			// A pane that fails would fail again on every update: it says so once, and the program decides what to do.
			failed = true;
			region.paint([line(span(`⚠ ${pane.id}: cannot be drawn`, "bad"))]);
			onCrash(error);
		}
	}
	update();
	const unsubscribe = store.subscribe(update);
	return () => {
		unsubscribe();
		region.remove();
	};
}

/** True when both are the same value, or arrays or plain objects whose entries are the same values. */
function shallowSame(left: unknown, right: unknown): boolean {
	if (Object.is(left, right)) return true;
	if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) return false;
	if (Array.isArray(left) !== Array.isArray(right)) return false;
	const keys = Object.keys(left);
	if (keys.length !== Object.keys(right).length) return false;
	return keys.every((key) => Object.hasOwn(right, key) && Object.is(Reflect.get(left, key), Reflect.get(right, key)));
}
