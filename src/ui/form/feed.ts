import type { Choices } from "../state.ts";

/** Where quotes come from with these choices; a file alone means recorded data, as on the command line. */
export function feedOf(choices: Choices): "synthetic" | "csv" {
	return (choices.feed ?? (choices.file === undefined ? "synthetic" : "csv")).trim().toLowerCase() === "csv" ? "csv" : "synthetic";
}
