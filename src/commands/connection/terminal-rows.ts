import type { Hello, TerminalBody } from "../../adapters/mt5/wire/messages.ts";
import { attention, failed, ok, type Verdict } from "./verdict.ts";
import { milliseconds } from "./way-rows.ts";

/** What each link of bridge to terminal means when it is not up. */
const LINKS: Readonly<Record<string, readonly [found: string, advice: string]>> = {
	starting: ["the bridge is still looking for it", "Wait a moment and test again. If it stays so, look at the window of the bridge."],
	package_missing: [
		"the bridge's Python has no package MetaTrader5",
		"In the window where the bridge runs: python -m pip install MetaTrader5. It exists for Windows Python only; under Wine use the Windows Python there.",
	],
	terminal_down: [
		"MetaTrader 5 does not run, or does not answer",
		"Start MetaTrader 5 with the same Windows user as the bridge, log in, and close dialogs that are open in it.",
	],
};

/** Whether the bridge has a running terminal. A terminal on another account than the one pinned does run: the account's row says the rest. */
export function terminalRow(terminal: TerminalBody, hello: Hello): Verdict {
	if (terminal.link === "up" || terminal.link === "wrong_account") {
		const parts = [
			terminal.name ?? "MetaTrader 5",
			terminal.build === null ? null : `build ${terminal.build}`,
			hello.package === "" ? null : `package ${hello.package}`,
		];
		return ok(parts.filter((part) => part !== null).join(", "));
	}
	const [found, advice] = LINKS[terminal.link] ?? [`the bridge says "${terminal.link}"`, "Look at the window of the bridge."];
	return failed(found, terminal.trouble === null ? advice : `${sentence(terminal.trouble)} ${advice}`);
}

/** Whether the terminal is connected to its broker. */
export function brokerRow(terminal: TerminalBody): Verdict {
	if (terminal.connected !== true) {
		return failed(
			terminal.connected === null ? "not known" : "no connection",
			"In the terminal: click the connection mark in the lower right corner and choose Rescan servers; else File > Login to Trade Account. Check the machine's internet connection. While it is cut, positions are guarded by their stop-loss at the broker alone.",
		);
	}
	return ok(terminal.company ?? "yes");
}

/** The four switches, with their name and what to click (rulebook B.6). */
const SWITCHES: Readonly<Record<string, readonly [name: string, advice: string]>> = {
	algo_trading_button: ["the Algo Trading button", "Click the button Algo Trading in the terminal's toolbar until it is green (Ctrl+E)."],
	python_api_option: [
		"trading from Python",
		"In the terminal: Tools > Options > Expert Advisors, clear the option that disables automated trading via the external Python API.",
	],
	account_trade_allowed: [
		"trading on this account",
		"Log in with the master password, not the investor (read-only) one: File > Login to Trade Account. If that was it, ask the broker whether the account is archived.",
	],
	account_trade_expert: ["algorithmic trading on this account", "The broker forbids it for this account: ask the broker, or use another account."],
};

/** Whether programs may trade: all four switches on (control C05). */
export function switchesRow(terminal: TerminalBody): Verdict {
	if (terminal.switches_off.length === 0) return ok("all four switches are on");
	const told = terminal.switches_off.map((one): readonly [string, string] => SWITCHES[one.switch] ?? [one.switch, sentence(one.message)]);
	return failed(`off: ${told.map(([name]) => name).join(", ")}`, told.map(([, advice]) => advice).join(" "));
}

/** How far the bridge is, and the broker behind the terminal. `bridgeMs`: the best of a few round trips, null when none came back. */
export function pingRow(bridgeMs: number | null, terminal: TerminalBody | null): Verdict {
	if (bridgeMs === null)
		return failed("the bridge does not answer pings", "The bridge is reached but stands still. Look at its window; start it anew if it does not move.");
	const brokerMs = terminal?.ping_last == null ? null : terminal.ping_last / 1000;
	const found = `bridge ${milliseconds(bridgeMs)}, broker ${brokerMs === null ? "--" : milliseconds(brokerMs)}`;
	if (bridgeMs > SLOW_BRIDGE_MS)
		return attention(found, "Orders wait this long before they reach the terminal. Run Kinetra nearer to the bridge, or look at the line.");
	if (brokerMs !== null && brokerMs > SLOW_BROKER_MS)
		return attention(found, "The broker's server is far away: expect slippage. In the terminal choose a nearer access point (lower right corner).");
	return ok(found);
}

const SLOW_BRIDGE_MS = 250;
const SLOW_BROKER_MS = 500;

function sentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}
