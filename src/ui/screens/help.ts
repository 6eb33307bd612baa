import { cellWidth, fitText, type Line, line, span } from "../../print/line.ts";
import { wrap } from "../../print/text.ts";
import type { Binding } from "../key.ts";
import { bindingKeys } from "../key-name.ts";
import { layoutOf } from "../layout.ts";
import { pane, type Rect } from "../pane.ts";
import type { Screen } from "../screen.ts";
import { MENU_BINDINGS, SHELL_BINDINGS } from "../shell/bindings.ts";
import type { CockpitState, ScreenId } from "../state.ts";
import { setView } from "../store.ts";
import type { PagerView } from "../widgets/pager.ts";
import { captureSearch, type PagerHandle, pagerBindings, paintPager } from "../widgets/pager.ts";

/** Room for the keys, with the blanks around them; a longer row of keys pushes its sentence aside. */
const KEYS_COLUMNS = 14;

/** All keys of the screen it was asked for on, those of the menu and those that work everywhere; from the tables that act on them. */
export function createHelpScreen(find: (id: ScreenId) => Screen): Screen {
	const linesFor = (state: CockpitState, width: number): readonly Line[] => helpLines(state, find(beneath(state)), width);
	const pager: PagerHandle = {
		get: ({ store }) => store.getState().views.help,
		set: ({ store }, change) => setView(store, "help", change),
		lines: ({ store }) => linesFor(store.getState(), layoutOf(store.getState()).content.width),
		height: ({ store }) => layoutOf(store.getState()).content.height,
	};
	return {
		id: "help",
		title: () => "Keys",
		menu: null,
		panes: (_state, content: Rect) => [
			pane<{ view: PagerView; state: CockpitState }>({
				id: "help",
				rect: content,
				select: (state) => ({ view: state.views.help, state }),
				paint: ({ view, state }, size) => paintPager(linesFor(state, size.width), view, size),
			}),
		],
		bindings: pagerBindings(pager),
		capture: (context, key) => captureSearch(pager, context, key),
		enter: ({ store }) => setView(store, "help", { top: 0, query: "", typing: false }),
	};
}

function beneath(state: CockpitState): ScreenId {
	return state.path.filter((id) => id !== "help").at(-1) ?? "main";
}

function helpLines(state: CockpitState, screen: Screen, width: number): readonly Line[] {
	const part = (title: string, rows: readonly Binding[]): readonly Line[] =>
		rows.length === 0 ? [] : [[], line(span(` ${title}`, "accent")), ...rows.flatMap((row) => rowLines(row, state, width))];
	return [
		...part(screen.title(state), screen.bindings),
		...part("Menu", [...MENU_BINDINGS, { keys: ["1"], shown: "1-9", label: "", help: "Open the menu item with this digit", run: () => {} }]),
		...part("Everywhere", [
			...SHELL_BINDINGS,
			{ keys: ["ctrl+c"], label: "", help: "End a running session orderly and leave; a second one leaves at once", run: () => {} },
		]),
	];
}

/** A key and what it does; why it does nothing now, where that is so. */
function rowLines(row: Binding, state: CockpitState, width: number): readonly Line[] {
	const why = row.disabled?.(state) ?? null;
	const text = why === null ? row.help : `${row.help}. Not now: ${why}`;
	const keys = bindingKeys(row, "all");
	const room = Math.max(KEYS_COLUMNS, cellWidth(keys) + 4);
	return wrap(text, Math.max(20, width - room - 2)).map((words, index) =>
		line(span(fitText(`  ${index === 0 ? keys : ""}`, room), "key"), span(words, why === null ? "plain" : "faint")),
	);
}
