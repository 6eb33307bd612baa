import type { Choices } from "../state.ts";

/** Where quotes come from with these choices; a file alone means recorded data, as on the command line. */
export function feedOf(choices: Choices): "synthetic" | "csv" | "bridge" {
	const said = (choices.feed ?? (choices.file === undefined ? "synthetic" : "csv")).trim().toLowerCase();
	return said === "csv" || said === "bridge" ? said : "synthetic";
}

/** Choices that mean nothing with quotes from elsewhere: they are neither shown nor handed on. */
export const FEED_LEAVES_OUT = {
	synthetic: ["file"],
	csv: ["scenario"],
	bridge: ["file", "scenario", "speed"],
} as const satisfies Record<ReturnType<typeof feedOf>, readonly string[]>;
