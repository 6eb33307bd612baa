import type { ConversionRates, Instrument } from "../../engine/instrument.ts";
import type { BridgeClient } from "./link/client-type.ts";
import type { AccountBody, SpecBody } from "./wire/messages.ts";

/** An instrument made from a broker's specification, and in sentences what had to be assumed because MT5's Python package does not tell it. */
export type Specified = { readonly instrument: Instrument; readonly notes: readonly string[] };

/** The account as far as money depends on it; of `AccountTerms` and AccountInfo alike. */
export type MoneyAccount = { readonly currency: string; readonly currencyDigits: number; readonly leverage: number };

/** The broker's margin for the smallest usual volume beside our own formula's; `differsPct` is null when one of them is not known or 0. */
export type MarginCheck = {
	readonly lots: number;
	readonly broker: number | null;
	readonly ours: number | null;
	readonly differsPct: number | null;
	readonly currency: string;
};

export function instrumentFrom(_spec: SpecBody, _account: AccountBody | null, _known: Instrument | null): Specified {
	throw new Error("being written");
}

export async function conversionFrom(_client: BridgeClient, _instrument: Instrument, _currency: string): Promise<ConversionRates> {
	throw new Error("being written");
}

export async function marginCheck(
	_client: BridgeClient,
	_spec: SpecBody,
	_instrument: Instrument,
	_account: MoneyAccount,
	_rates: ConversionRates,
): Promise<MarginCheck> {
	throw new Error("being written");
}
