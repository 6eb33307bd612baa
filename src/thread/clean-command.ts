import { cleanText } from "../adapters/clean-text.ts";
import type { Command } from "../engine/event.ts";

/** Longest reason that a journal keeps; what is typed beyond it is cut. */
const REASON_CHARS_MAX = 200;

/**
 * A command as the journal may have it: only the known ones with their own fields, and their typed text bounded and free of control
 * characters. The door from the keyboard to the engine. Null for what is no command.
 */
export function cleanCommand(asked: Command): Command | null {
	switch (asked.command) {
		case "pause":
		case "resume":
		case "flatten":
			return { command: asked.command };
		case "kill":
		case "reset":
			return { command: asked.command, reason: cleanReason(asked.reason) };
		case "stop":
			return {
				command: "stop",
				reason: cleanReason(asked.reason),
				positions: asked.positions === "flatten" || asked.positions === "keep" ? asked.positions : null,
			};
		default:
			return null;
	}
}

function cleanReason(reason: unknown): string {
	return cleanText(String(reason), REASON_CHARS_MAX).trim();
}
