import { createHash } from "node:crypto";
import type { Venue } from "../../engine/config.ts";
import type { AccountBody, Digits, Hello } from "./wire/messages.ts";

/** MT5 ACCOUNT_TRADE_MODE by number (rulebook A.1). */
const TRADE_MODES = ["demo", "contest", "real"] as const;

/** What an account is by the broker's own word. */
export type AccountTradeMode = (typeof TRADE_MODES)[number];

/** The same account always has the same one, and nobody can read the login out of it: SHA-256 over login, line feed and server, 64 hex digits. */
export function accountHashOf(login: Digits, server: string): string {
	return createHash("sha256").update(`${login}\n${server}`).digest("hex");
}

/** The last four digits of a login: all that is ever shown or stored of it (S-23). */
export function loginTailOf(login: Digits): string {
	return login.slice(-4);
}

/** What the broker says the account is (control C02); null for a number that MT5 does not publish, which is then neither demo nor real. */
export function tradeModeOf(account: Pick<AccountBody, "trade_mode">): AccountTradeMode | null {
	return TRADE_MODES[account.trade_mode] ?? null;
}

/** Where evidence from this bridge comes from. One sign of the stand-in terminal is enough: its evidence never opens a real one. */
export function venueOf(hello: Pick<Hello, "sandbox" | "package">): Venue {
	return hello.sandbox || /sandbox/i.test(hello.package) ? "sandbox" : "mt5";
}
