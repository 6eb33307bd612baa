import { cellWidth, type Line, span } from "../../print/line.ts";
import type { Binding } from "../key.ts";
import { bindingKeys, keyName } from "../key-name.ts";
import { frontOf } from "../layout.ts";
import type { CockpitState, ScreenId } from "../state.ts";
import { SHELL_BINDINGS } from "./bindings.ts";
import { isTrading } from "./leave.ts";
import { typedKeys } from "./typing.ts";

/** The footer's hints: the screen's keys on the left as far as they fit, the shell's on the right, which are always there. */
export function footerLine(state: CockpitState, rows: readonly Binding[], width: number): Line {
	const screenKeys = rows.filter((row) => !SHELL_BINDINGS.includes(row) && row.label !== "" && works(state, row)).flatMap(({ keys }) => keys);
	const shell = shellHints(state).filter(({ keys }) => keys[0] !== "escape" || !screenKeys.includes("escape"));
	// Where a filter or a search is typed, its own row says what Enter and Esc do.
	const isFilter = typedKeys(state) === "text" && !KEEP_HINTS.includes(frontOf(state));
	const own = (isFilter ? [] : rows).filter((row) => row.label !== "" && !SHELL_BINDINGS.includes(row) && works(state, row));
	const shellWidth = widthOf(shell);
	let used = shellWidth + 2;
	const shown: Binding[] = [];
	for (const row of own) {
		const wide = hintWidth(row) + 2;
		if (used + wide > width) break;
		shown.push(row);
		used += wide;
	}
	const gap = Math.max(0, width - shellWidth - widthOf(shown) - 1);
	return [span(" "), ...hints(shown), span(" ".repeat(gap)), ...hints(shell)];
}

/** While typing on these, keys besides the letters work all the same. */
const KEEP_HINTS: readonly ScreenId[] = ["virtual", "demo", "live", "stage-start"];

/** K stands first while there is something to kill. Of keys that would be typed, the other name is shown, or none where there is no other. */
function shellHints(state: CockpitState): readonly Binding[] {
	const working = SHELL_BINDINGS.filter((row) => row.label !== "" && works(state, row) && (isTrading(state) || !row.keys.includes("K")));
	const typed = typedKeys(state);
	if (typed === null) return working;
	return working.flatMap((row) => {
		const left = row.keys.filter((key) => (typed === "text" ? Array.from(key).length > 1 : !/^\d$/.test(key)));
		const [first] = left;
		return first === undefined ? [] : first === row.keys[0] ? [row] : [{ ...row, keys: left, shown: keyName(first) }];
	});
}

function works(state: CockpitState, row: Binding): boolean {
	return (row.disabled?.(state) ?? null) === null;
}

function hintWidth(row: Binding): number {
	return cellWidth(bindingKeys(row, "first")) + 1 + cellWidth(row.label);
}

function widthOf(rows: readonly Binding[]): number {
	return rows.reduce((sum, row) => sum + hintWidth(row) + 2, 0);
}

function hints(rows: readonly Binding[]): Line {
	return rows.flatMap((row) => [span(bindingKeys(row, "first"), "key"), span(` ${row.label}  `, row.keys.includes("ctrl+k") ? "bad" : "faint")]);
}
