import { App } from "../../ui/app.tsx";
import type { Compositor } from "../../ui/frame/compositor.ts";
import type { Context } from "../../ui/key.ts";
import { type MountedInk, mountInk } from "../../ui/mount.tsx";

/** Draws the cockpit onto the compositor until it is unmounted. `onCrash` is told whatever cannot be drawn. */
export function drawCockpit(context: Context, compositor: Compositor, columns: number, onCrash: (error: unknown) => void): MountedInk {
	const ink = mountInk(<App context={context} compositor={compositor} onCrash={onCrash} />, { compositor, columns });
	ink.onCrash(onCrash);
	return ink;
}
