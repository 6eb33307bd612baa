import type { AccountReport } from "../../../engine/order.ts";
import { accountHashOf, loginTailOf, tradeModeOf } from "../account.ts";
import type { AccountBody } from "../wire/messages.ts";
import { type Desk, tell, tellTrouble } from "./desk.ts";
import { FOLLOW_MS, isOverdue } from "./matters.ts";
import type { ExpectedAccount } from "./types.ts";

/** No order leaves on an older reading of the account (control C02). */
const READING_MS = 5000;

/** What is wrong with an account, in words; null when it is the one that was confirmed (control C02). */
export function faultOfAccount(account: AccountBody, expected: ExpectedAccount): string | null {
	const mode = tradeModeOf(account);
	if (mode !== expected.tradeMode) {
		const is = mode === null ? `of a type that is not known (${account.trade_mode})` : mode.toUpperCase();
		return `the broker says that account *${loginTailOf(account.login)} is ${is}, not ${expected.tradeMode.toUpperCase()}`;
	}
	if (accountHashOf(account.login, account.server) !== expected.accountHash) {
		return `the terminal is logged in to account *${loginTailOf(account.login)} at ${account.server}, not to the one that was confirmed`;
	}
	return null;
}

/** A reading of the account. Another account or another kind of account kills the session; other terms of it halt (controls C02, C31). */
export function takeAccount(desk: Desk, account: AccountBody, expected: ExpectedAccount): void {
	const { first } = desk.account;
	desk.account.newest = account;
	// A reading cannot be from later than now, whatever its age is said to be.
	desk.account.readMs = desk.nowMs - Math.max(0, account.age_ms ?? 0);
	const fault = faultOfAccount(account, expected);
	if (fault !== null) {
		desk.account.asExpected = false;
		const isMode = tradeModeOf(account) !== expected.tradeMode;
		tellTrouble(desk, isMode ? "account mode" : "account", isMode ? "C02" : "C31", "KILLED", fault);
	}
	for (const name of ["leverage", "currency", "margin_mode"] as const) {
		if (account[name] === first[name]) continue;
		tellTrouble(desk, `account ${name}`, "C31", "HALTED", `the broker changed the account's ${name.replace("_", " ")} from ${first[name]} to ${account[name]}`);
	}
}

/** Whether the newest reading is young enough for an order. */
export function isAccountRead(desk: Desk): boolean {
	return desk.nowMs - desk.account.readMs <= READING_MS;
}

/** Whether the account must be read before it can be reported: something moved money since the last reading was asked for. */
export function mustReadAccount(desk: Desk): boolean {
	return desk.account.askedAtMoves < desk.account.moves;
}

/** Tells balance, credit and margin when they changed, after everything that changed them. */
export function tellAccount(desk: Desk): void {
	const { account } = desk;
	if (mustReadAccount(desk) || !account.asExpected) return;
	if (desk.waiting.length > 0 || (desk.matters.size > 0 && !isOverdue(desk))) return;
	const report = reportOf(account.newest);
	const { told } = account;
	if (
		told !== null &&
		told.balance === report.balance &&
		told.credit === report.credit &&
		told.margin === report.margin &&
		told.marginCall === report.marginCall
	) {
		return;
	}
	if (!isExplained(desk, report)) return;
	account.told = report;
	tell(desk, { type: "account", account: report });
}

/** A balance that moved before the deal behind it was shown would be booked twice: it waits for the deal, though not for long. */
function isExplained({ account, nowMs }: Desk, report: AccountReport): boolean {
	const isOdd = account.told !== null && account.told.balance !== report.balance;
	account.oddSinceMs = isOdd ? (account.oddSinceMs ?? nowMs) : null;
	return account.oddSinceMs === null || nowMs - account.oddSinceMs > FOLLOW_MS;
}

function reportOf(account: AccountBody): AccountReport {
	const { balance, credit, margin } = account;
	return { balance, credit, margin, marginCall: isMarginCall(account) };
}

/** `margin_so_mode` 0: levels are percent of margin; 1: they are money (rulebook A2.4). */
function isMarginCall({ margin, equity, margin_so_mode: mode, margin_so_call: call }: AccountBody): boolean {
	if (!(margin > 0) || !(call > 0)) return false;
	return mode === 1 ? equity < call : (equity / margin) * 100 < call;
}
