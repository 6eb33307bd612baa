import type { ConversionRates, Instrument } from "../../../engine/instrument.ts";
import { createMoneyTerms, marginOf } from "../../../engine/money.ts";
import { lotsOf, roundMoney, stepsIn } from "../../../engine/units.ts";
import type { BridgeClient } from "../link/client-type.ts";
import type { SpecBody } from "../wire/messages.ts";

/** The account as far as money depends on it. */
export type MoneyAccount = { readonly currency: string; readonly currencyDigits: number; readonly leverage: number };

/** The broker's margin of a small buy beside that of our own formula (rulebook A2.1), both in account currency. */
export type MarginCheck = {
	readonly lots: number;
	/** Null: the broker told none. */
	readonly broker: number | null;
	/** Null: a rate or a quote is missing. */
	readonly ours: number | null;
	/** How much larger the broker's is than ours, percent; null when one of them is not known or ours is 0. */
	readonly differsPct: number | null;
	/** Why something is not known; empty when all is. */
	readonly why: string;
};

const USUAL_LOTS = 0.01;

/** Asks the broker for the margin of 0.01 lot (or the least that the symbol allows) bought at the present ask, and computes it. Never throws. */
export async function marginCheck(
	client: BridgeClient,
	spec: SpecBody,
	instrument: Instrument,
	account: MoneyAccount,
	rates: ConversionRates,
): Promise<MarginCheck> {
	const { volumeMin, volumeStep, digits } = instrument;
	const lots = lotsOf(Math.max(1, stepsIn(Math.max(USUAL_LOTS, volumeMin), volumeStep)), volumeStep);
	const price = spec.tick?.ask ?? 0;
	if (!(price > 0)) return { lots, broker: null, ours: null, differsPct: null, why: "there is no quote" };
	const computed = marginOf(createMoneyTerms(instrument, account, rates), "BUY", lots, Math.round(price * 10 ** digits));
	const ours = Number.isFinite(computed) ? roundMoney(computed, account.currencyDigits) : null;
	const reply = await client.request("calc", { what: "margin", symbol: spec.name, type: "buy", volume: lots, price });
	const broker = reply.kind === "ok" ? reply.d.value : null;
	const whyNot = reply.kind === "lost" ? reply.why : reply.kind === "error" ? reply.error.message : broker === null ? "the broker tells no margin" : "";
	const differsPct = broker === null || ours === null || !(ours > 0) ? null : ((broker - ours) / ours) * 100;
	return { lots, broker, ours, differsPct, why: ours === null ? "a conversion rate is missing" : whyNot };
}
