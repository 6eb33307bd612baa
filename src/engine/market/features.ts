import type { Points } from "../units.ts";
import { type AverageTrueRange, addToAtr, addToMean, atrOf, createAtr, createMovingMean, type MovingMean, meanOf } from "./averages.ts";
import type { Bar } from "./bars.ts";
import { emptyObservation, fieldIndex, setField } from "./observation.ts";
import { createRegimeTracker, onClose, type RegimeLabel, type RegimeTracker } from "./regime.ts";

const ATR_BARS = 14;
const DAY_MS = 86_400_000;

/** The running features of one symbol and timeframe, and the observation made of them. Plain JSON. */
export type Features = {
	readonly regime: RegimeTracker;
	readonly atr: AverageTrueRange;
	readonly mean20: MovingMean;
	readonly mean50: MovingMean;
	previousClose: Points;
	/** Change of the close over the last bar; 0 for the first. */
	change: Points;
	/** The vector agents read; rewritten in place by `observe` and `observePosition`. */
	readonly observation: number[];
};

/** What the observation says of the agent's own position; all 0 when it has none. */
export type PositionFeature = { readonly side: -1 | 0 | 1; readonly r: number; readonly mfeR: number; readonly ageBars: number };

/** Features that have seen nothing. */
export function createFeatures(): Features {
	return {
		regime: createRegimeTracker(),
		atr: createAtr(ATR_BARS),
		mean20: createMovingMean(20),
		mean50: createMovingMean(50),
		previousClose: 0,
		change: 0,
		observation: emptyObservation(),
	};
}

/** Takes in a closed bar and returns its regime label (null for the first bar). The observation is written when somebody looks: see `observe`. */
export function addBarToFeatures(features: Features, bar: Bar): RegimeLabel | null {
	const label = onClose(features.regime, bar.close, bar.volume);
	addToAtr(features.atr, bar);
	addToMean(features.mean20, bar.close);
	addToMean(features.mean50, bar.close);
	features.change = features.previousClose > 0 ? bar.close - features.previousClose : 0;
	features.previousClose = bar.close;
	return label;
}

/** Average true range of 14 bars in points, or null while there are fewer. */
export function atrPointsOf(features: Features): Points | null {
	return atrOf(features.atr);
}

/** Writes what the observation says of the market after `bar`, the last one taken in. */
export function observe(features: Features, bar: Bar): void {
	const { observation, regime } = features;
	const { physics } = regime;
	const atr = atrOf(features.atr);
	/** In average true ranges; 0 while the range is unknown or nothing moves. */
	const inAtr = (points: Points): number => (atr !== null && atr > 0 ? points / atr : 0);
	setField(observation, FIELD.velocity, physics.velocity);
	setField(observation, FIELD.velocityAtr, inAtr(features.change));
	setField(observation, FIELD.momentum, physics.momentum);
	setField(observation, FIELD.kineticEnergy, physics.kineticEnergy);
	setField(observation, FIELD.energyBurst, physics.energy > 0 ? physics.kineticEnergy / physics.energy : 0);
	setField(observation, FIELD.energyRank, physics.energyRank);
	setField(observation, FIELD.damping, physics.damping);
	setField(observation, FIELD.dampingRank, physics.dampingRank);
	setField(observation, FIELD.regimeRank, physics.coordinateRank);
	setField(observation, FIELD.underdamped, regime.label === "underdamped" ? 1 : 0);
	setField(observation, FIELD.overdamped, regime.label === "overdamped" ? 1 : 0);
	setField(observation, FIELD.entropy, physics.entropy);
	setField(observation, FIELD.rangeAtr, inAtr(bar.high - bar.low));
	setField(observation, FIELD.closeInRange, bar.high > bar.low ? (bar.close - bar.low) / (bar.high - bar.low) : 0.5);
	setField(observation, FIELD.spreadAtr, inAtr(bar.spreadPoints));
	setField(observation, FIELD.mean20Atr, inAtr(bar.close - (meanOf(features.mean20) ?? bar.close)));
	setField(observation, FIELD.mean50Atr, inAtr(bar.close - (meanOf(features.mean50) ?? bar.close)));
	const phase = (2 * Math.PI * (bar.openAt % DAY_MS)) / DAY_MS;
	setField(observation, FIELD.hourSin, Math.sin(phase));
	setField(observation, FIELD.hourCos, Math.cos(phase));
}

/** Writes what the observation says of the agent's own position. */
export function observePosition(features: Features, position: PositionFeature): void {
	const { observation } = features;
	setField(observation, FIELD.positionSide, position.side);
	setField(observation, FIELD.positionR, position.r);
	setField(observation, FIELD.positionMfeR, position.mfeR);
	setField(observation, FIELD.positionAgeBars, position.ageBars);
}

const FIELD = {
	velocity: fieldIndex("velocity"),
	velocityAtr: fieldIndex("velocityAtr"),
	momentum: fieldIndex("momentum"),
	kineticEnergy: fieldIndex("kineticEnergy"),
	energyBurst: fieldIndex("energyBurst"),
	energyRank: fieldIndex("energyRank"),
	damping: fieldIndex("damping"),
	dampingRank: fieldIndex("dampingRank"),
	regimeRank: fieldIndex("regimeRank"),
	underdamped: fieldIndex("underdamped"),
	overdamped: fieldIndex("overdamped"),
	entropy: fieldIndex("entropy"),
	rangeAtr: fieldIndex("rangeAtr"),
	closeInRange: fieldIndex("closeInRange"),
	spreadAtr: fieldIndex("spreadAtr"),
	mean20Atr: fieldIndex("mean20Atr"),
	mean50Atr: fieldIndex("mean50Atr"),
	hourSin: fieldIndex("hourSin"),
	hourCos: fieldIndex("hourCos"),
	positionSide: fieldIndex("positionSide"),
	positionR: fieldIndex("positionR"),
	positionMfeR: fieldIndex("positionMfeR"),
	positionAgeBars: fieldIndex("positionAgeBars"),
} as const;
