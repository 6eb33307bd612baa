import type { Screen } from "./screen.ts";
import { connectionScreen } from "./screens/connection.ts";
import { demoScreen } from "./screens/demo.ts";
import { guideScreen } from "./screens/guide.ts";
import { createHelpScreen } from "./screens/help.ts";
import { liveTestingScreen } from "./screens/live-testing.ts";
import { mainScreen } from "./screens/main.ts";
import { testConnectionScreen } from "./screens/test-connection.ts";
import type { ScreenId } from "./state.ts";

/** All screens of the cockpit. */
export const SCREENS: readonly Screen[] = [
	mainScreen,
	connectionScreen,
	liveTestingScreen,
	demoScreen,
	testConnectionScreen,
	guideScreen,
	createHelpScreen(findScreen),
];

/** The screen of this id; the main menu for an id without one. */
export function findScreen(id: ScreenId): Screen {
	return SCREENS.find((screen) => screen.id === id) ?? mainScreen;
}
