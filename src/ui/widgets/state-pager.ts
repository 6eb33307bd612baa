import { type Line, span } from "../../print/line.ts";
import type { Context } from "../key.ts";
import { layoutOf } from "../layout.ts";
import { type Pane, pane, type Rect } from "../pane.ts";
import type { CockpitState } from "../state.ts";
import { setView } from "../store.ts";
import type { Views } from "../views.ts";
import { type PagerHandle, type PagerView, paintPager } from "./pager.ts";

/** The screens whose view is (also) that of a long text. */
type PagedView = { readonly [Name in keyof Views]: Views[Name] extends PagerView ? Name : never }[keyof Views];

/** A screen that is one long text over a slice of the state. */
export type StatePager = { readonly pager: PagerHandle; readonly pane: (rect: Rect) => Pane };

/**
 * The pager of the screen `name`, whose text is `lines` of a slice of the state, indented by a column. `kept`: rows at the bottom of the content that
 * belong to something else. `grows`: while true, the end of the text is what is seen, until the user scrolls.
 */
export function statePager<Slice extends object>(
	name: PagedView,
	select: (state: CockpitState) => Slice,
	lines: (slice: Slice, width: number) => readonly Line[],
	{ kept = () => 0, grows = () => false }: { readonly kept?: (state: CockpitState) => number; readonly grows?: (slice: Slice) => boolean } = {},
): StatePager {
	const laid = (slice: Slice, width: number): readonly Line[] =>
		lines(slice, Math.max(20, width - 1)).map((row) => (row.length === 0 ? row : [span(" "), ...row]));
	const height = (state: CockpitState): number => Math.max(1, layoutOf(state).content.height - kept(state));
	return {
		pager: {
			get: ({ store }) => store.getState().views[name],
			set: ({ store }: Context, change) => setView(store, name, change as Partial<Views[typeof name]>),
			lines: ({ store }) => laid(select(store.getState()), layoutOf(store.getState()).content.width),
			height: ({ store }) => height(store.getState()),
		},
		pane: (rect) =>
			pane<Slice & { readonly pagerView: PagerView }>({
				id: name,
				rect,
				select: (state) => ({ ...select(state), pagerView: state.views[name] }),
				paint({ pagerView, ...rest }, size) {
					const slice = rest as unknown as Slice;
					const rows = laid(slice, size.width);
					return paintPager(rows, pagerView.top === 0 && grows(slice) ? { ...pagerView, top: rows.length } : pagerView, size);
				},
			}),
	};
}
