/**
 * One check of a checklist (`test-connection`, `doctor`, the start of a demo or live session), as it is shown line by line while it happens.
 * All texts are cleaned and hold no secret.
 */
export type CheckRow = {
	/** Stable name for `--json`: `bridge-reachable`. */
	readonly id: string;
	/** For people: `bridge reachable`. */
	readonly label: string;
	/** `skipped`: could not be asked because something before it failed. `attention` works, but the user should know. */
	readonly state: "ok" | "attention" | "failed" | "skipped";
	/** What was found: `ws://127.0.0.1:8765, 2 ms`. */
	readonly found: string;
	/** What a failure means and what to do, what to click; empty when nothing is to be done. */
	readonly advice: string;
};
