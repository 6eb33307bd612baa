import { readKill } from "../../adapters/kill-file.ts";
import { venueOf } from "../../adapters/mt5/account.ts";
import type { BridgeClient, BridgeError } from "../../adapters/mt5/link/client-type.ts";
import { conversionFrom, instrumentFrom, marginCheck } from "../../adapters/mt5/specification.ts";
import type { AccountBody, SpecBody, StatusBody, TerminalBody } from "../../adapters/mt5/wire/messages.ts";
import type { Instrument } from "../../engine/instrument.ts";
import { BUILT_IN_INSTRUMENTS } from "../../engine/instruments/built-in.ts";
import { accountRow, bridgeRow, liveLockRow, moneyRow, termsRow } from "./account-rows.ts";
import type { ConnectionAsk } from "./checklist.ts";
import type { Connected } from "./connect.ts";
import { killRow } from "./kill-row.ts";
import { measurePings, pause, watchQuote } from "./market-facts.ts";
import { clockRow, marginRow, type QuoteFacts, quoteRow, sessionRow } from "./market-rows.ts";
import { levelsRow, noSymbolRow, spreadRow, symbolRow, tradableRow } from "./symbol-rows.ts";
import { brokerRow, pingRow, switchesRow, terminalRow } from "./terminal-rows.ts";
import { failed, skipped, type Verdict } from "./verdict.ts";
import { authenticatedRow, reachableRow, versionRow } from "./way-rows.ts";

/** What the checks have found out so far; each check adds to it and later ones build on it. */
export type Found = {
	readonly ask: ConnectionAsk;
	readonly way: Connected;
	readonly signal: AbortSignal;
	terminal: TerminalBody | null;
	account: AccountBody | null;
	spec: SpecBody | null;
	status: StatusBody | null;
	quote: QuoteFacts | null;
	offsetMs: number | null;
};

/** One line of the checklist. */
export type Check = { readonly id: string; readonly label: string; readonly run: (found: Found) => Verdict | Promise<Verdict> };

/** The checklist in its order. A check whose ground is missing is skipped and names what is missing. */
export const CHECKS: readonly Check[] = [
	{ id: "bridge-reachable", label: "bridge reachable", run: ({ ask, way }) => reachableRow(ask.address.url, way) },
	{ id: "bridge-version", label: "bridge version", run: ({ way }) => versionRow(way) },
	{ id: "authenticated", label: "authenticated", run: ({ way }) => authenticatedRow(way) },
	{ id: "bridge-health", label: "bridge's journal", run: withClient(checkBridge) },
	{ id: "terminal-running", label: "terminal running", run: withClient(checkTerminal) },
	{ id: "broker-connected", label: "connected to broker", run: ({ terminal }) => (terminal === null ? skipped(NO_TERMINAL) : brokerRow(terminal)) },
	{ id: "account", label: "account", run: withClient(checkAccount) },
	{ id: "account-terms", label: "account terms", run: ({ account }) => (account === null ? skipped(NO_ACCOUNT) : termsRow(account)) },
	{ id: "account-money", label: "money", run: ({ account }) => (account === null ? skipped(NO_ACCOUNT) : moneyRow(account)) },
	{ id: "algo-trading", label: "algo trading allowed", run: checkSwitches },
	{ id: "symbol-found", label: "symbol found", run: withClient(checkSymbol) },
	{ id: "symbol-tradable", label: "symbol tradable", run: ({ spec }) => (spec === null ? skipped(NO_SYMBOL) : tradableRow(spec)) },
	{ id: "stops-levels", label: "stops and freeze level", run: ({ spec }) => (spec === null ? skipped(NO_SYMBOL) : levelsRow(spec)) },
	{ id: "spread", label: "spread", run: withClient(checkSpread) },
	{ id: "session-open", label: "session open", run: ({ quote }) => (quote === null ? skipped(NO_QUOTE) : sessionRow(quote)) },
	{ id: "quote-age", label: "quote age", run: ({ quote }) => (quote === null ? skipped(NO_QUOTE) : quoteRow(quote)) },
	{ id: "ping", label: "ping", run: withClient(checkPing) },
	{ id: "clock-offset", label: "clock offset", run: withClient(({ offsetMs, status }) => clockRow(offsetMs, status?.server_time_offset_s ?? null)) },
	{ id: "margin", label: "margin by the broker", run: withClient(checkMargin) },
	{ id: "kill-switch", label: "kill switch", run: checkKill },
	{ id: "live-lock", label: "live lock", run: withClient(({ status }) => (status === null ? skipped(NO_STATUS) : liveLockRow(status))) },
];

const NO_BRIDGE = "needs the bridge";
const NO_TERMINAL = "needs the terminal";
const NO_ACCOUNT = "needs the account";
const NO_SYMBOL = "needs the symbol";
const NO_QUOTE = "needs a quote";
const NO_STATUS = "the bridge did not tell its state";

/** How long a bridge that has just started may look for its terminal, ms. */
const START_MS = 8000;
/** When the bridge does not say above which age it calls a quote old. */
const STALE_MS = 10_000;

type ClientCheck = (found: Found, client: BridgeClient) => Verdict | Promise<Verdict>;

function withClient(check: ClientCheck): Check["run"] {
	return (found) => (found.way.kind === "up" ? check(found, found.way.client) : skipped(NO_BRIDGE));
}

async function checkBridge(found: Found, client: BridgeClient): Promise<Verdict> {
	const reply = await client.request("status", {});
	if (reply.kind !== "ok") return noAnswer(reply);
	found.status = reply.d;
	return bridgeRow(reply.d);
}

async function checkTerminal(found: Found, client: BridgeClient): Promise<Verdict> {
	const until = performance.now() + START_MS;
	for (;;) {
		const reply = await client.request("terminal", {});
		if (reply.kind !== "ok") return noAnswer(reply);
		if (reply.d.link === "starting" && performance.now() < until && !found.signal.aborted) {
			await pause(200, found.signal);
			continue;
		}
		if (reply.d.link === "up" || reply.d.link === "wrong_account") found.terminal = reply.d;
		return found.way.kind === "up" ? terminalRow(reply.d, found.way.hello) : skipped(NO_BRIDGE);
	}
}

async function checkAccount(found: Found, client: BridgeClient): Promise<Verdict> {
	const { terminal } = found;
	if (terminal === null) return skipped(NO_TERMINAL);
	const reply = await client.request("account", {});
	if (reply.kind === "ok") {
		found.account = reply.d;
		return accountRow(reply.d);
	}
	if (terminal.link === "wrong_account" || (reply.kind === "error" && reply.error.code === "WRONG_ACCOUNT")) {
		const why = terminal.trouble ?? (reply.kind === "error" ? reply.error.message : "");
		return failed(
			`another one than the bridge is bound to${why === "" ? "" : `: ${why}`}`,
			"Log in to the right account in the terminal (File > Login to Trade Account). If the change was wanted, start the bridge anew, and change account in its bridge.json if that names one.",
		);
	}
	return noAnswer(reply);
}

function checkSwitches({ terminal, account }: Found): Verdict {
	// Without an account the bridge cannot know two of the four, and tells none.
	return terminal === null || account === null ? skipped(NO_ACCOUNT) : switchesRow(terminal);
}

async function checkSymbol(found: Found, client: BridgeClient): Promise<Verdict> {
	if (found.account === null) return skipped(NO_ACCOUNT);
	const { symbol } = found.ask;
	const reply = await client.request("symbol_spec", { symbol });
	if (reply.kind === "ok") {
		found.spec = reply.d;
		return symbolRow(reply.d);
	}
	return reply.kind === "error" ? noSymbolRow(symbol, reply.error) : noAnswer(reply);
}

/** Watches the quote first, so that spread, hours and age are judged on the newest. */
async function checkSpread(found: Found, client: BridgeClient): Promise<Verdict> {
	if (found.spec === null || found.way.kind !== "up") return skipped(NO_SYMBOL);
	const staleS = found.way.hello.limits.stale_tick_s;
	const staleMs = staleS === undefined ? STALE_MS : staleS * 1000;
	const { spec, status, moved, watchedMs } = await watchQuote(client, found.spec, staleMs, found.signal);
	found.spec = spec;
	found.status = status ?? found.status;
	const offset = found.status?.server_time_offset_s ?? null;
	const serverNow = offset === null ? null : found.ask.clock.nowMs() + offset * 1000;
	if (spec.tick !== null) found.quote = { ageMs: spec.quote_age_ms, moved, watchedMs, staleMs, serverNow, instrument: hoursOf(found, spec) };
	return spreadRow(spec);
}

/** The symbol with its hours; null where Kinetra cannot make sense of it, which the margin's row then says. */
function hoursOf({ account, way, ask }: Found, spec: SpecBody): Instrument | null {
	try {
		return way.kind === "up" ? instrumentFrom(spec, account, knownInstrument(ask.symbol), venueOf(way.hello)).instrument : null;
	} catch {
		return null;
	}
}

function knownInstrument(asked: string): Instrument | null {
	return BUILT_IN_INSTRUMENTS.find(({ symbol }) => symbol === asked.toUpperCase()) ?? null;
}

async function checkPing(found: Found, client: BridgeClient): Promise<Verdict> {
	const { bestMs, offsetMs } = await measurePings(client, found.ask.clock);
	found.offsetMs = offsetMs;
	return pingRow(bestMs, found.terminal);
}

async function checkMargin({ account, spec, terminal, ask }: Found, client: BridgeClient): Promise<Verdict> {
	if (account === null) return skipped(NO_ACCOUNT);
	if (spec?.tick == null) return skipped(spec === null ? NO_SYMBOL : NO_QUOTE);
	if (terminal?.connected !== true) return skipped("needs the connection to the broker");
	const { instrument } = instrumentFrom(spec, account, knownInstrument(ask.symbol));
	const rates = await conversionFrom(client, instrument, account.currency);
	const terms = { currency: account.currency, currencyDigits: account.currency_digits, leverage: account.leverage };
	return marginRow(await marginCheck(client, spec, instrument, terms, rates), account.currency);
}

function checkKill({ status, ask }: Found): Verdict {
	const file = ask.home === undefined ? null : readKill(ask.home);
	return status === null && file === null ? skipped(NO_BRIDGE) : killRow(status, file);
}

function noAnswer(reply: { readonly kind: "error"; readonly error: BridgeError } | { readonly kind: "lost"; readonly why: string }): Verdict {
	const found = reply.kind === "error" ? `${reply.error.code}: ${reply.error.message}` : reply.why;
	return failed(found, "The bridge did not answer the question. Look at its window; test again in a moment.");
}
