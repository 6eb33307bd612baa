/**
 * What agents see, as a vector of numbers that never changes shape within a version: learners are trained on it, so a change of
 * meaning, order or length makes a new version. Every value is finite; what is not known yet is the neutral value of its row.
 */
export const OBSERVATION_VERSION = "obs-1";

/** One number of the observation: its name, unit, range (values are clamped to it) and meaning. */
export type ObservationField = { readonly name: string; readonly unit: string; readonly min: number; readonly max: number; readonly line: string };

/** The fields in order; `observation[i]` is described by row i. */
export const OBSERVATION: readonly ObservationField[] = [
	{ name: "velocity", unit: "ln", min: -0.2, max: 0.2, line: "log return of the last bar (chs.md 3: v)" },
	{ name: "velocityAtr", unit: "ATR", min: -20, max: 20, line: "change of the close over the last bar in average true ranges" },
	{ name: "momentum", unit: "1", min: -1, max: 1, line: "signed steadiness: weighted mean velocity over weighted mean speed; its size is 1 - damping" },
	{ name: "kineticEnergy", unit: "ln^2", min: 0, max: 1, line: "1/2 m v^2 of the last bar (chs.md 3: e)" },
	{ name: "energyBurst", unit: "1", min: 0, max: 30, line: "kinetic energy of the last bar over its weighted mean (half-life 16 bars): 1 = as usual" },
	{ name: "energyRank", unit: "1", min: 0, max: 1, line: "percentile rank of the smoothed energy among the last 500 bars" },
	{ name: "damping", unit: "1", min: 0, max: 1, line: "friction: 1 = the market goes nowhere, 0 = straight line (chs.md 3: z)" },
	{ name: "dampingRank", unit: "1", min: 0, max: 1, line: "percentile rank of damping among the last 500 bars" },
	{ name: "regimeRank", unit: "1", min: 0, max: 1, line: "percentile rank of (damping rank + 1 - energy rank) / 2 (chs.md 3: p)" },
	{ name: "underdamped", unit: "0/1", min: 0, max: 1, line: "regime label is underdamped: energy flows" },
	{ name: "overdamped", unit: "0/1", min: 0, max: 1, line: "regime label is overdamped: moves die" },
	{ name: "entropy", unit: "1", min: 0, max: 1, line: "normalised Shannon entropy of the weighted regime label shares" },
	{ name: "rangeAtr", unit: "ATR", min: 0, max: 20, line: "high minus low of the last bar in average true ranges" },
	{ name: "closeInRange", unit: "1", min: 0, max: 1, line: "where the close lies between low (0) and high (1)" },
	{ name: "spreadAtr", unit: "ATR", min: 0, max: 20, line: "spread in average true ranges" },
	{ name: "mean20Atr", unit: "ATR", min: -50, max: 50, line: "close minus the 20-bar mean in average true ranges" },
	{ name: "mean50Atr", unit: "ATR", min: -50, max: 50, line: "close minus the 50-bar mean in average true ranges" },
	{ name: "hourSin", unit: "1", min: -1, max: 1, line: "sine of the broker's time of day" },
	{ name: "hourCos", unit: "1", min: -1, max: 1, line: "cosine of the broker's time of day" },
	{ name: "positionSide", unit: "-1/0/1", min: -1, max: 1, line: "the agent's own position: short, none, long" },
	{ name: "positionR", unit: "R", min: -10, max: 10, line: "floating result of that position" },
	{ name: "positionMfeR", unit: "R", min: 0, max: 10, line: "its best excursion so far" },
	{ name: "positionAgeBars", unit: "bars", min: 0, max: 1000, line: "closed bars since it opened" },
];

/** The index of a field by its name; an unknown name is a bug and throws at start-up, not in a session. */
export function fieldIndex(name: string): number {
	const index = OBSERVATION.findIndex((field) => field.name === name);
	if (index < 0) throw new Error(`no observation field ${name}`);
	return index;
}

/** The ranges as columns: a look-up of two numbers a value instead of a row. */
const MIN = Float64Array.from(OBSERVATION, (field) => field.min);
const MAX = Float64Array.from(OBSERVATION, (field) => field.max);

/** Writes one value clamped to its field's range; a value that is not finite becomes the field's neutral value (0, or the bound nearest to it). `index` is one of `fieldIndex`. */
export function setField(observation: number[], index: number, value: number): void {
	const finite = Number.isFinite(value) ? value : 0;
	observation[index] = Math.min(MAX[index] as number, Math.max(MIN[index] as number, finite));
}

/** An observation in which everything is neutral. */
export function emptyObservation(): number[] {
	return OBSERVATION.map((field) => Math.min(field.max, Math.max(field.min, 0)));
}
