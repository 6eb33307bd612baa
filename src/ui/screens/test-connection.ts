import { laterScreen } from "./later.ts";

/** Test MT5 Connection: what it will check. */
export const testConnectionScreen = laterScreen("test-connection", "Test MT5 Connection", [
	"What it will do: check the way to MetaTrader 5 step by step (terminal found, bridge answers, login, account type, symbol, clock, a fresh quote) and say for each step that fails what to do.",
	"Why it is not here: this version has no bridge to MetaTrader 5, so there is no connection to test.",
	"What you can do today: System Status (0, 0, then 6) checks everything that virtual sessions need: data, home folder and terminal.",
]);
