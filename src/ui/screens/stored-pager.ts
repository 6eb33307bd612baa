import type { Line } from "../../print/line.ts";
import { span } from "../../print/line.ts";
import type { Context } from "../key.ts";
import { layoutOf } from "../layout.ts";
import { type Pane, pane, type Rect } from "../pane.ts";
import type { CockpitState, Loadable, SessionRow } from "../state.ts";
import { setView } from "../store.ts";
import { type PagerHandle, type PagerView, paintPager } from "../widgets/pager.ts";
import { type LoadableText, loadableLines } from "./loadable.ts";

type Slice = { readonly sessions: Loadable<readonly SessionRow[]>; readonly view: PagerView };

/** A long text made of the list of sessions. */
export type StoredPager = { readonly pager: PagerHandle; readonly pane: (rect: Rect) => Pane };

/** The pager of the screen `name`, whose text is `lines` of the stored sessions at a width. */
export function storedPager(name: "gates" | "live", texts: LoadableText, lines: (rows: readonly SessionRow[], width: number) => readonly Line[]): StoredPager {
	const content = ({ store }: Context) => layoutOf(store.getState()).content;
	const linesOf = ({ sessions }: Pick<CockpitState, "sessions">, width: number): readonly Line[] =>
		sessions.state === "ready" ? lines(sessions.value, Math.max(20, width - 1)).map((row) => (row.length === 0 ? row : [span(" "), ...row])) : [];
	return {
		pager: {
			get: ({ store }) => store.getState().views[name],
			set: ({ store }, change) => setView(store, name, change),
			lines: (context) => linesOf(context.store.getState(), content(context).width),
			height: (context) => content(context).height,
		},
		pane: (rect) =>
			pane<Slice>({
				id: name,
				rect,
				select: ({ sessions, views }) => ({ sessions, view: views[name] }),
				paint: ({ sessions, view }, size) =>
					sessions.state === "ready" ? paintPager(linesOf({ sessions }, size.width), view, size) : loadableLines(sessions, texts, size),
			}),
	};
}
