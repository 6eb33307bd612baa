import type { JournalRecord } from "./outbox.ts";
import type { TradeRow } from "./summary-type.ts";
import type { BrokerMs, Money } from "./units.ts";

/** One thing that happened to a trade, in the order of the journal. */
export type DossierStep = { readonly at: BrokerMs; readonly what: string; readonly details: readonly (readonly [name: string, value: string])[] };

/** Everything the journal has on one trade: what the agent saw and wanted, what validation made of it, fills, costs, excursions. Plain JSON. */
export type TradeDossier = {
	readonly number: number;
	readonly shadow: boolean;
	readonly positionId: number;
	/** Null while the trade is open. */
	readonly row: TradeRow | null;
	/** Field name, value and unit, as the agent saw it at the decision; null when the decision is not at hand. */
	readonly observation: readonly { readonly name: string; readonly unit: string; readonly value: number }[] | null;
	readonly steps: readonly DossierStep[];
	readonly costs: { readonly spread: Money; readonly commission: Money; readonly swap: Money; readonly slippage: Money };
};

/** Collects dossiers from journal lines; keeps those of the last `keep` trades. */
export type Dossiers = { add(record: JournalRecord): void; of(number: number, shadow: boolean): TradeDossier | null };
