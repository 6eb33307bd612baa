import type { MenuItem } from "../screen.ts";
import { liveTestingScreen } from "../screens/live-testing.ts";
import { mainScreen } from "../screens/main.ts";
import type { CockpitState, ScreenId } from "../state.ts";

/** The menu in force: that of the screen in front, or of the nearest screen above it that is one. */
export type Menu = {
	readonly screen: ScreenId;
	readonly items: readonly MenuItem[];
	/** The path to the menu; an item's screen is put behind it. */
	readonly path: readonly ScreenId[];
	readonly highlighted: number;
};

const MENUS = [mainScreen, liveTestingScreen];

/** The menu that the menu pane shows. */
export function menuOf(state: Pick<CockpitState, "path" | "highlighted">): Menu {
	for (let length = state.path.length; length > 0; length--) {
		const path = state.path.slice(0, length);
		const screen = MENUS.find(({ id }) => id === path.at(-1));
		if (screen?.menu == null) continue;
		return { screen: screen.id, items: screen.menu, path, highlighted: highlightedIn(state, screen.id, screen.menu) };
	}
	return { screen: "main", items: mainScreen.menu ?? [], path: ["main"], highlighted: highlightedIn(state, "main", mainScreen.menu ?? []) };
}

/** The highlights that lead to where the path is: whoever opens the menu finds himself in it. */
export function highlightsOf(path: readonly ScreenId[]): CockpitState["highlighted"] {
	const steps = path.flatMap((id, index) => {
		const place = MENUS.find((screen) => screen.id === id)?.menu?.findIndex((item) => item.to !== null && item.to === path[index + 1]) ?? -1;
		return place < 0 ? [] : [[id, place] as const];
	});
	return Object.fromEntries(steps);
}

/** The item that explains itself, or null for a menu without items. */
export function highlightedItem(menu: Menu): MenuItem | null {
	return menu.items[menu.highlighted] ?? null;
}

/** Where a menu begins: in the main menu at what most come for and a first visit needs, else at the top. */
function firstOf(items: readonly MenuItem[]): number {
	return Math.max(
		0,
		items.findIndex(({ to }) => to === "live-testing"),
	);
}

function highlightedIn(state: Pick<CockpitState, "path" | "highlighted">, screen: ScreenId, items: readonly MenuItem[]): number {
	return Math.max(0, Math.min(state.highlighted[screen] ?? firstOf(items), items.length - 1));
}
