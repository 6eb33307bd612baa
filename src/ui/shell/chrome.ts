import type { Line } from "../../print/line.ts";
import { dialogRect } from "../dialog.ts";
import { frontOf, layoutOf, type ShellLayout } from "../layout.ts";
import { findScreen } from "../registry.ts";
import { bindingsInForce } from "../router.ts";
import type { CockpitState } from "../state.ts";
import { noticeRows } from "./content.ts";
import { footerLine } from "./footer.ts";
import { breadcrumbLine, statusLine, titleLine } from "./header.ts";
import { menuOf } from "./menus.ts";

/** What ink draws besides the menu: the rows of header and footer. */
export type Chrome = {
	readonly layout: ShellLayout;
	readonly title: Line;
	readonly status: Line;
	readonly breadcrumb: Line;
	readonly footer: Line;
	/** Differs when the content needs other panes. */
	readonly contentKey: string;
	/** Differs when anything that ink draws differs: only then is ink asked to draw. */
	readonly key: string;
};

/** The shell around what the state shows. */
export function chromeOf(state: CockpitState): Chrome {
	const layout = layoutOf(state);
	const screen = findScreen(frontOf(state));
	const { width } = layout.title;
	const title = titleLine(state);
	const status = statusLine(state, width);
	const breadcrumb = breadcrumbLine(state, findScreen, width);
	const footer = footerLine(state, bindingsInForce(state), width);
	const contentKey = [state.path.join("/"), JSON.stringify(layout), screen.layoutKey?.(state) ?? ""].join("\n");
	const menu = menuOf(state);
	const marks = menu.items.map((item) => item.mark?.(state) ?? "").join();
	const dialog = state.dialog === null ? "" : JSON.stringify(dialogRect(state.dialog, state.columns, state.rows));
	const key = JSON.stringify([
		contentKey,
		title,
		status,
		breadcrumb,
		footer,
		state.focus,
		menu.screen,
		menu.highlighted,
		marks,
		dialog,
		noticeRows(state),
		state.columns,
		state.rows,
	]);
	return { layout, title, status, breadcrumb, footer, contentKey, key };
}
