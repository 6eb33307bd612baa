import type { Screen } from "./screen.ts";
import { agentsScreen } from "./screens/agents.ts";
import { compareScreen } from "./screens/compare.ts";
import { connectionScreen } from "./screens/connection.ts";
import { dataScreen } from "./screens/data.ts";
import { demoScreen } from "./screens/demo.ts";
import { fileScreen } from "./screens/file.ts";
import { gatesScreen } from "./screens/gates.ts";
import { guideScreen } from "./screens/guide.ts";
import { createHelpScreen } from "./screens/help.ts";
import { liveScreen } from "./screens/live.ts";
import { liveTestingScreen } from "./screens/live-testing.ts";
import { mainScreen } from "./screens/main.ts";
import { sessionScreen } from "./screens/session.ts";
import { sessionsScreen } from "./screens/sessions.ts";
import { stageStartScreen } from "./screens/stage-start.ts";
import { statusScreen } from "./screens/status.ts";
import { summaryScreen } from "./screens/summary.ts";
import { testConnectionScreen } from "./screens/test-connection.ts";
import { tradeScreen } from "./screens/trade.ts";
import { virtualScreen } from "./screens/virtual.ts";
import type { ScreenId } from "./state.ts";

/** All screens of the cockpit. */
export const SCREENS: readonly Screen[] = [
	mainScreen,
	connectionScreen,
	dataScreen,
	agentsScreen,
	liveTestingScreen,
	virtualScreen,
	fileScreen,
	demoScreen,
	testConnectionScreen,
	stageStartScreen,
	guideScreen,
	liveScreen,
	gatesScreen,
	sessionsScreen,
	statusScreen,
	sessionScreen,
	tradeScreen,
	summaryScreen,
	compareScreen,
	createHelpScreen(findScreen),
];

/** The screen of this id; the main menu for an id without one. */
export function findScreen(id: ScreenId): Screen {
	return SCREENS.find((screen) => screen.id === id) ?? mainScreen;
}
