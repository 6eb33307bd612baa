import type { MeanInterval } from "../../engine/statistics/paired.ts";
import type { Palette } from "../../print/palette.ts";
import { clip, wrap } from "../../print/text.ts";
import type { Report } from "./report.ts";

const WIDTH = 80;
const AGAINST = 16;
const NUMBER = 10;

/** The test of a policy for people: its mean, and per yardstick the difference with its interval. */
export function reportLines({ text, sessions, rows, verdict }: Report, palette: Palette): readonly string[] {
	const lines = ["", palette.strong("OUT OF SAMPLE"), ...wrap(`${sessions} sessions: ${text}`, WIDTH)];
	const [first] = rows;
	if (first !== undefined) {
		lines.push(`its own net profit: ${figure(first.own.mean)} R a session  (95 %: ${figure(first.own.low)} to ${figure(first.own.high)})`);
		lines.push(
			palette.faint(`${clip("against", AGAINST, "right")}${["its mean", "difference", "95 % from", "to"].map((head) => head.padStart(NUMBER + 2)).join("")}`),
		);
	}
	for (const { against, other, difference } of rows) {
		const cells = [other, difference.mean, difference.low, difference.high].map((value) => figure(value).padStart(NUMBER + 2)).join("");
		lines.push(`${clip(against, AGAINST, "right")}${cells}  ${wordOf(difference)}`);
	}
	lines.push("", ...wrap(verdict, WIDTH).map((row) => (verdict.startsWith("An edge") ? palette.good(row) : palette.warn(row))), "");
	return lines;
}

function wordOf({ low, high, unknown }: MeanInterval): string {
	if (low === null || high === null) return unknown ?? "unknown";
	return low > 0 ? "better" : high < 0 ? "worse" : "not told apart";
}

function figure(value: number | null): string {
	return value === null ? "--" : `${value >= 0 ? "+" : ""}${value.toFixed(3)}`;
}
