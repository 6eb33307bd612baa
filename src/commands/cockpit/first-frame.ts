import type { Line } from "../../print/line.ts";
import { layoutOf } from "../../ui/layout.ts";
import { chromeOf } from "../../ui/shell/chrome.ts";
import type { CockpitState } from "../../ui/state.ts";
import { toneText } from "../../ui/theme.ts";

/**
 * Header and footer as ink will draw them, rows separated by line feeds: shown while React and ink are being loaded, so that the screen
 * stands at once and nothing jumps when they take over.
 */
export function firstFrame(state: CockpitState): string {
	const { tooSmall, footer } = layoutOf(state);
	if (tooSmall) return "";
	const chrome = chromeOf(state);
	const empty = Array.from({ length: Math.max(0, footer.y - 3) }, (): Line => []);
	const rows = [chrome.title, chrome.status, chrome.breadcrumb, ...empty, chrome.footer];
	return rows.map((row) => row.map(({ text, tone }) => toneText(text, tone)).join("")).join("\n");
}
