import type { AccountBody, StatusBody } from "../../adapters/mt5/wire/messages.ts";
import { formatMoney, formatNumber } from "../../print/text.ts";
import { attention, failed, ok, type Verdict } from "./verdict.ts";

/** Whose account it is: the broker's own word decides what it is (control C02). Only the last four digits of the login are shown. */
export function accountRow(account: AccountBody): Verdict {
	const who = `*${account.login.slice(-4)} at ${account.server}, ${account.company}`;
	switch (account.trade_mode) {
		case 0:
			return ok(`DEMO, ${who}`);
		case 1:
			return attention(
				`CONTEST, ${who}`,
				"Neither demo nor live sessions run on a contest account. For demo testing log in to a demo account in the terminal: File > Login to Trade Account.",
			);
		case 2:
			return attention(
				`REAL MONEY, ${who}`,
				"This is a REAL account: orders on it would move real money. Demo sessions refuse it, always. For demo testing log in to a demo account in the terminal: File > Login to Trade Account.",
			);
		default:
			return failed(
				`of a kind that is not known (${account.trade_mode}), ${who}`,
				"The broker does not say whether this account is demo or real, so nothing is traded on it. Ask the broker.",
			);
	}
}

/** Margin modes of MT5 (ENUM_ACCOUNT_MARGIN_MODE). */
const MARGIN_MODES = ["netting", "exchange netting", "hedging"];

/** Currency, leverage and how positions are counted. */
export function termsRow({ currency, leverage, margin_mode }: AccountBody): Verdict {
	const mode = MARGIN_MODES[margin_mode];
	if (mode === undefined || currency === "" || !(leverage > 0)) {
		return failed(
			`${currency || "no currency"}, 1:${leverage}, margin mode ${margin_mode}`,
			"These terms are not known, so margin cannot be computed and nothing is traded. Ask the broker what kind of account this is.",
		);
	}
	return ok(`${currency}, leverage 1:${leverage}, ${mode}`);
}

/** The money on the account. */
export function moneyRow(account: AccountBody): Verdict {
	const { balance, equity, margin, margin_level, currency } = account;
	const level = margin > 0 ? `margin level ${formatNumber(margin_level)} %` : "no margin in use";
	const found = `balance ${formatMoney(balance, currency)}, equity ${formatMoney(equity, currency)}, ${level}`;
	if (!(equity > 0))
		return attention(
			found,
			"There is no money on the account, so no order can be placed. A demo account gets money in the terminal's Navigator, or open a new one.",
		);
	// margin_so_mode 0: the call level is percent of margin, as the margin level is.
	if (margin > 0 && account.margin_so_mode === 0 && margin_level < account.margin_so_call * 2)
		return attention(
			found,
			`The broker warns at ${formatNumber(account.margin_so_call)} % and closes positions at ${formatNumber(account.margin_so_so)} %. Close something, or wait.`,
		);
	return ok(found);
}

/** The lock before real money: what it is, and who opens it. */
export function liveLockRow(status: StatusBody): Verdict {
	switch (status.live_lock) {
		case "not_needed":
			return ok("not needed: no real money here");
		case "closed":
			return attention(
				"closed",
				'The bridge sends no order to this REAL account: its bridge.json does not name it. That is right until you want live trading; then: "live": {"login", "server"} there.',
			);
		case "armed":
			return attention("armed", "bridge.json names this REAL account. The lock opens only for a live session whose login was typed.");
		case "open":
			return attention("OPEN", "A live session has opened it: real orders can be sent now.");
	}
}

/** The bridge's own state: its journal, and orders whose outcome nobody knows. */
export function bridgeRow(status: StatusBody): Verdict {
	if (status.broken !== null)
		return failed(status.broken, "The bridge sends nothing any more, because it could not write it down. Free disk space where it runs, and start it anew.");
	const open = status.unresolved.length;
	if (open > 0)
		return attention(
			`${open} order${open === 1 ? "" : "s"} of unknown outcome`,
			"The bridge asks the broker until it knows; entries wait meanwhile. If that lasts longer than a minute, compare with the terminal's History tab.",
		);
	const restarts = status.worker_restarts === 0 ? "" : `, the link to the terminal was restarted ${status.worker_restarts} times`;
	return ok(`journal writable, no open questions${restarts}`);
}
