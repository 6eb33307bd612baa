import { type Line, line, span, type Tone } from "../../print/line.ts";
import { wrapped } from "../../print/line-block.ts";
import type { Context } from "../key.ts";
import { layoutOf } from "../layout.ts";
import { pane } from "../pane.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState, PartState, StatusPart } from "../state.ts";
import { setView } from "../store.ts";
import { captureSearch, type PagerHandle, type PagerView, pagerBindings, paintPager } from "../widgets/pager.ts";

const MARKS: Readonly<Record<PartState, { readonly mark: string; readonly word: string; readonly tone: Tone }>> = {
	ok: { mark: "✓", word: "in order", tone: "good" },
	attention: { mark: "⚠", word: "needs you", tone: "warn" },
	absent: { mark: "·", word: "not there, not needed now", tone: "faint" },
};

const NAMES: Readonly<Record<StatusPart["part"], string>> = {
	data: "Market data",
	bridge: "MetaTrader 5 bridge",
	credentials: "Credentials",
	home: "Kinetra's folder",
	terminal: "Terminal",
	"last session": "Last session",
};

/** Longer lines are hard to read. */
const WIDEST_TEXT = 110;

type Slice = { readonly status: readonly StatusPart[]; readonly columns: number; readonly rows: number; readonly view: PagerView };

const PAGER: PagerHandle = {
	get: ({ store }) => store.getState().views.status,
	set: ({ store }, change) => setView(store, "status", change),
	lines: ({ store }) => statusLines(sliceOf(store.getState()), layoutOf(store.getState()).content.width),
	height: ({ store }) => layoutOf(store.getState()).content.height,
};

/** System Status: every part with its mark, and what to do about it. */
export const statusScreen: Screen = {
	id: "status",
	title: () => "System Status",
	menu: null,
	panes: (_, content) => [
		pane<Slice>({ id: "status", rect: content, select: sliceOf, paint: (slice, size) => paintPager(statusLines(slice, size.width), slice.view, size) }),
	],
	bindings: [{ keys: ["r"], label: "refresh", help: "Look at everything again", run: ({ intents }: Context) => intents.loadStatus() }, ...pagerBindings(PAGER)],
	capture: (context, key) => captureSearch(PAGER, context, key),
	enter: ({ intents }) => intents.loadStatus(),
};

function sliceOf({ status, columns, rows, views }: CockpitState): Slice {
	return { status, columns, rows, view: views.status };
}

function statusLines({ status, columns, rows }: Slice, width: number): readonly Line[] {
	if (status.length === 0) return [[], [span(" The system status is being read.", "faint")]];
	const room = Math.max(20, Math.min(WIDEST_TEXT, width - 4));
	return status.flatMap((part, index) => {
		const { mark, word, tone } = MARKS[part.state];
		// The size is that of now: it changes under the user's hands.
		const text = part.part === "terminal" ? `${columns}x${rows}, ${part.text}` : part.text;
		const indent = (words: string, how: Tone): readonly Line[] => wrapped(words, room, how).map((row) => [span("   "), ...row]);
		return [
			...(index === 0 ? [] : [[]]),
			line(span(` ${mark} `, tone), span(NAMES[part.part], "strong"), span(`  ${word}`, tone)),
			...indent(text, "plain"),
			...(part.advice === "" ? [] : indent(part.advice, part.state === "attention" ? "warn" : "faint")),
		];
	});
}
