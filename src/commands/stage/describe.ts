import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure, EXIT, Failure } from "../../adapters/failure.ts";
import { venueOf } from "../../adapters/mt5/account.ts";
import type { BridgeClient, BridgeReply } from "../../adapters/mt5/link/client-type.ts";
import { conversionFrom, instrumentFrom } from "../../adapters/mt5/specification.ts";
import type { AccountBody, Hello } from "../../adapters/mt5/wire/messages.ts";
import { requireFit } from "../../config/agent-fit.ts";
import type { RunPlan } from "../../config.ts";
import type { AccountTerms, SessionConfig, Venue } from "../../engine/config.ts";
import { defaultRules } from "../../engine/rules.ts";

/** A plan on live quotes, completed by what the broker says of symbol and account. `broker` and probation are not in it yet. */
export type Described = {
	readonly config: SessionConfig;
	readonly venue: Venue;
	/** The broker's server, cleaned; empty when the terminal is logged in nowhere. */
	readonly server: string;
	/** The symbol as the broker calls it. */
	readonly brokerSymbol: string;
	/** Null only for virtual sessions, which need no account. */
	readonly account: AccountBody | null;
	/** What had to be assumed, in sentences. */
	readonly notes: readonly string[];
};

const DAY_MINUTES = 1440;

/**
 * Asks the bridge for symbol, account and rates. In virtual the account is the paper one that the user chose. Throws a `Failure`: exit 3 when
 * something cannot be had or used, exit 2 for a symbol that the agent is not for, exit 4 when the symbol may not be traded.
 */
export async function describe(plan: RunPlan, client: BridgeClient, hello: Hello): Promise<Described> {
	const { live, config } = plan;
	if (live === null) throw new Error("a made-up market has nothing to ask a bridge");
	const isVirtual = config.mode === "virtual";
	const account = await accountOf(client, isVirtual);
	const spec = answered(await client.request("symbol_spec", { symbol: live.symbol }), `the symbol ${live.symbol}`);
	const venue = venueOf(hello);
	const { instrument, notes } = instrumentFrom(spec, account, live.known, venue);
	if (instrument.tradeMode === "DISABLED" || instrument.tradeMode === "CLOSEONLY") {
		throw new Failure(
			EXIT.refused,
			`${cleanText(spec.name, 40)} cannot be traded on this account (the broker's trade mode is ${instrument.tradeMode}). Choose another --symbol.`,
		);
	}
	const terms = account === null || isVirtual ? config.account : accountTermsOf(account);
	const conversion = await conversionFrom(client, instrument, terms.currency);
	const timeframeMinutes = plan.timeframeMinutes ?? 1;
	requireFit(plan.agent, { symbol: instrument.symbol, timeframeMinutes });
	const daily = dailyRule(config, timeframeMinutes);
	return {
		config: { ...config, rules: daily.rules, timeframeMinutes, instrument, conversion, account: terms },
		venue,
		server: cleanText(account?.server ?? "", 100),
		brokerSymbol: spec.name,
		account,
		notes: [...notes, ...daily.notes],
	};
}

/** The account of a demo or live session, by the broker's word. Throws a `Failure` (exit 3) for one that the engine cannot keep. */
export function accountTermsOf(account: AccountBody): AccountTerms {
	const { currency, currency_digits: currencyDigits, balance: startBalance, leverage, margin_mode: marginMode } = account;
	// MT5 ACCOUNT_MARGIN_MODE (rulebook A.1): 0 netting, 1 exchange, 2 hedging.
	if (marginMode !== 0 && marginMode !== 2) {
		throw dataFailure(
			`The account's margin mode is ${marginMode === 1 ? "EXCHANGE" : marginMode}, which Kinetra does not compute. Use a hedging or netting account.`,
		);
	}
	const isSound = /^[A-Z]{3}$/.test(currency) && currencyDigits >= 0 && currencyDigits <= 3 && leverage >= 1 && startBalance > 0;
	if (!isSound) {
		throw dataFailure(
			`The account cannot be traded on: currency "${cleanText(currency, 20)}" with ${currencyDigits} decimals, leverage ${leverage}, balance ${startBalance}. Put money on it, or use another one.`,
		);
	}
	return { currency, currencyDigits, startBalance, leverage, marginMode: marginMode === 2 ? "hedging" : "netting" };
}

/** What the bridge answered. Throws a `Failure` (exit 3) that says what could not be had and why. */
export function answered<T>(reply: BridgeReply<T>, what: string): T {
	if (reply.kind === "ok") return reply.d;
	const why = reply.kind === "lost" ? reply.why : `${reply.error.code}: ${reply.error.message}`;
	throw dataFailure(`The bridge did not tell ${what} (${cleanText(why, 300)}). Check the connection with: kinetra test-connection`);
}

/** A paper session goes without the account: a terminal may be logged in nowhere and still have quotes. */
async function accountOf(client: BridgeClient, isVirtual: boolean): Promise<AccountBody | null> {
	const reply = await client.request("account", {});
	return isVirtual && reply.kind === "error" ? null : answered(reply, "the account");
}

/** Daily bars are decided at broker midnight, where the default of C15 would forbid every entry (virtual only, as for recorded data). */
function dailyRule(config: RunPlan["config"], timeframeMinutes: number): Pick<Described, "notes"> & Pick<SessionConfig, "rules"> {
	const { rules } = config;
	const usual = defaultRules(config.mode).noEntryAroundMidnightMinutes;
	if (timeframeMinutes < DAY_MINUTES || config.mode !== "virtual" || rules.noEntryAroundMidnightMinutes !== usual) return { rules, notes: [] };
	const note = "Daily bars are decided at broker midnight: rules.noEntryAroundMidnightMinutes is 0 for this session.";
	return { rules: { ...rules, noEntryAroundMidnightMinutes: 0 }, notes: [note] };
}
