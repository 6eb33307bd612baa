import type { Rect } from "../pane.ts";
import type { Screen } from "../screen.ts";
import type { ScreenId } from "../state.ts";
import { explainPane } from "./explain.ts";

/** A screen of something that this version has not got: what it will do, why it is not there, what can be done today. */
export function laterScreen(id: ScreenId, title: string, paragraphs: readonly string[]): Screen {
	return {
		id,
		title: () => title,
		menu: null,
		panes: (_state, content: Rect) => [explainPane(id, content, () => ({ title, mark: "not available yet", paragraphs }))],
		bindings: [],
	};
}
