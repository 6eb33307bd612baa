import type { SessionConfig } from "../config.ts";
import type { Instrument } from "../instrument.ts";
import { findInstrument } from "../instruments/built-in.ts";
import { DEFAULT_SIMULATOR, type SimulatorSettings } from "../paper/settings.ts";

/**
 * Which simulated costs are kinder than the default ones, in words, or null: a session that pays less than others proves less. Costs that were made
 * harder are welcome. Without a simulator (demo, live) there is nothing to compare.
 */
export function easierCosts(config: Pick<SessionConfig, "mode" | "simulator" | "instrument" | "feed">): string | null {
	if (config.mode !== "virtual") return null;
	const kinder = [...kinderSettings(config.simulator), ...(config.feed.kind === "bridge" ? [] : kinderInstrument(config.instrument))];
	return kinder.length === 0 ? null : kinder.join(", ");
}

/** Settings of which less is kinder. */
const COSTS = ["latencyMs", "latencyJitterMs", "slippagePoints", "partialFillProbability", "requoteProbability", "rejectProbability"] as const;

function kinderSettings(settings: SimulatorSettings): readonly string[] {
	const kinder: string[] = COSTS.filter((key) => !(settings[key] >= DEFAULT_SIMULATOR[key])).map(
		(key) => `simulator.${key} ${settings[key]} (usually ${DEFAULT_SIMULATOR[key]})`,
	);
	if (settings.spreadModel === "fixed") kinder.push("simulator.spreadModel fixed (usually recorded)");
	if (!settings.chargeCommission) kinder.push("simulator.chargeCommission false");
	if (!settings.chargeSwap) kinder.push("simulator.chargeSwap false");
	if (!(settings.stopOutPct >= DEFAULT_SIMULATOR.stopOutPct))
		kinder.push(`simulator.stopOutPct ${settings.stopOutPct} (usually ${DEFAULT_SIMULATOR.stopOutPct})`);
	return kinder;
}

/** Against the built-in specification; a symbol without one is taken as its file says, because there is nothing to hold it against. */
function kinderInstrument(instrument: Instrument): readonly string[] {
	const usual = findInstrument(instrument.symbol);
	if (usual === null) return [];
	const kinder: string[] = [];
	const less = (name: string, now: number, was: number): void => {
		if (!(now >= was)) kinder.push(`instrument.${name} ${now} (usually ${was})`);
	};
	less("typicalSpreadPoints", instrument.typicalSpreadPoints, usual.typicalSpreadPoints);
	less("stopsLevelPoints", instrument.stopsLevelPoints, usual.stopsLevelPoints);
	less("freezeLevelPoints", instrument.freezeLevelPoints, usual.freezeLevelPoints);
	less("commission", costOf(instrument), costOf(usual));
	if (instrument.commission.kind !== usual.commission.kind && usual.commission.kind !== "none")
		kinder.push(`instrument.commission ${instrument.commission.kind} (usually ${usual.commission.kind})`);
	if (instrument.swapMode !== usual.swapMode) kinder.push(`instrument.swapMode ${instrument.swapMode} (usually ${usual.swapMode})`);
	if (instrument.swapLong > usual.swapLong) kinder.push(`instrument.swapLong ${instrument.swapLong} (usually ${usual.swapLong})`);
	if (instrument.swapShort > usual.swapShort) kinder.push(`instrument.swapShort ${instrument.swapShort} (usually ${usual.swapShort})`);
	return kinder;
}

function costOf({ commission }: Instrument): number {
	return commission.kind === "none" ? 0 : commission.rate * (commission.side === "both" ? 2 : 1);
}
