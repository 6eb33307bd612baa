import type { SessionConfig } from "./config.ts";
import { createFiles, type Files, onAdoption, onBroker, onOrder, onShadowTrade, onTrade, PENDING_MAX, refuse } from "./dossier-files.ts";
import { isObject } from "./journal-fields.ts";
import { bounded } from "./log-line.ts";
import { OBSERVATION_VERSION } from "./market/observation.ts";
import type { JournalRecord } from "./outbox.ts";
import type { TradeRow } from "./summary-type.ts";
import type { BrokerMs, Money } from "./units.ts";

/** One thing that happened to a trade, in the order of the journal. Texts are as the journal has them: whoever hands them to a screen cleans them. */
export type DossierStep = { readonly at: BrokerMs; readonly what: string; readonly details: readonly (readonly [name: string, value: string])[] };

/** What a trade has cost so far, account currency; a gain is negative. */
export type DossierCosts = { readonly spread: Money; readonly commission: Money; readonly swap: Money; readonly slippage: Money };

/** Everything the journal has on one trade: what the agent saw and wanted, what validation made of it, fills, costs, excursions. Plain JSON. */
export type TradeDossier = {
	readonly number: number;
	readonly shadow: boolean;
	/** 0 for a shadow trade of which the journal does not say. */
	readonly positionId: number;
	/** Null while the trade is open. */
	readonly row: TradeRow | null;
	/** Field name, value and unit, as the agent saw it at the decision; null when the decision is not at hand. */
	readonly observation: readonly { readonly name: string; readonly unit: string; readonly value: number }[] | null;
	/** At most 120; of more, those after the first twenty make room. */
	readonly steps: readonly DossierStep[];
	/** Null for shadow trades, whose deals are not in the journal. */
	readonly costs: DossierCosts | null;
};

/** Collects dossiers from journal lines; keeps those of the last `keep` trades. */
export type Dossiers = { add(record: JournalRecord): void; of(number: number, shadow: boolean): TradeDossier | null };

/**
 * A collector for one session, running or read from a disk: give it every line in its order. `lookUp` asks a running engine which trade a
 * position is. Lines that are not what they should be are passed over.
 */
export function createDossiers(
	keep: number,
	config: Pick<SessionConfig, "instrument" | "account" | "conversion">,
	lookUp?: (positionId: number) => number | null,
): Dossiers {
	const files = createFiles(Math.max(1, keep), config, lookUp);
	return {
		add(record) {
			files.numbers.note(record);
			if (isObject(record.data) && Number.isFinite(record.at)) addLine(files, record.kind, { at: record.at, data: record.data });
		},
		of(number, shadow) {
			const isIt = (file: Files["closed"][number]): boolean => file.row?.number === number && file.shadow === shadow;
			const open = shadow ? undefined : [...files.open.values()].find((file) => files.numbers.of(file.positionId) === number);
			const found = files.closed.findLast(isIt) ?? open;
			if (found === undefined) return null;
			const { levels: _levels, openedBy: _openedBy, ...file } = found;
			return { ...file, number, steps: [...found.steps] };
		},
	};
}

function addLine(files: Files, kind: string, line: Parameters<typeof onTrade>[1]): void {
	switch (kind) {
		case "session":
			files.isKnownObservation = line.data.observation === undefined || line.data.observation === OBSERVATION_VERSION;
			return;
		case "decision":
			bounded(files.decisions, line, PENDING_MAX);
			return;
		case "order":
		case "shadow-order":
			onOrder(files, line, kind === "shadow-order");
			return;
		case "refused":
			refuse(files, line);
			return;
		case "broker":
			onBroker(files, line);
			return;
		case "adoption":
			onAdoption(files, line);
			return;
		case "trade":
			onTrade(files, line);
			return;
		case "shadow-trade":
			onShadowTrade(files, line);
			return;
		default:
	}
}
