import { createRankWindow, type RankWindow, rankAndAdd } from "./percentile.ts";

/**
 * How the market moves, in the words of a damped oscillator: `underdamped` = energy flows and moves carry on, `overdamped` =
 * friction eats them, `critical` = in between (chs.md 3).
 */
export type RegimeLabel = "underdamped" | "critical" | "overdamped";

/** The physics of the last closed bar (chs.md 3). Neutral values until the second close. */
export type Physics = {
	/** v = ln(close / previous close), log return of the bar. */
	velocity: number;
	/** e = 1/2 m v^2 with m = volume / weighted mean volume (1 without volume), ln^2. */
	kineticEnergy: number;
	/** z = 1 - |weighted mean v| / weighted mean |v|, half-life 32 bars: 0 = straight line, 1 = goes nowhere. */
	damping: number;
	/** Signed steadiness, weighted mean v over weighted mean |v|, -1..1; its size is 1 - damping. */
	momentum: number;
	/** E: weighted mean of the kinetic energy, half-life 16 bars, ln^2. */
	energy: number;
	/** Rank of `damping` among its last 500 values, 0..1. */
	dampingRank: number;
	/** Rank of `energy` among its last 500 values, 0..1. */
	energyRank: number;
	/** d = (dampingRank + 1 - energyRank) / 2, 0..1. */
	coordinate: number;
	/** p: rank of `coordinate` among its last 500 values, 0..1; it decides the label. */
	coordinateRank: number;
	/**
	 * Normalised Shannon entropy, 0..1, of the regime labels' shares q, exponentially weighted by 0.99 a bar: -sum(q ln q) / ln 3.
	 * 0 = always the same label, 1 = all three equally often. The shares are those of kappa; chs.md itself defines no entropy.
	 */
	entropy: number;
};

/** State of the regime labels of one series of closes. Plain JSON; about 1,500 numbers. */
export type RegimeTracker = {
	/** Closed bars taken in. */
	closes: number;
	lastClose: number;
	label: RegimeLabel | null;
	readonly physics: Physics;
	readonly sums: { velocity: number; speed: number; energy: number; energyWeight: number; volume: number; volumeWeight: number };
	readonly shares: Record<RegimeLabel, number>;
	readonly dampings: RankWindow;
	readonly energies: RankWindow;
	readonly coordinates: RankWindow;
};

const DAMPING_DECAY = 2 ** (-1 / 32);
const ENERGY_DECAY = 2 ** (-1 / 16);
const VOLUME_DECAY = 2 ** (-1 / 64);
const SHARE_DECAY = 0.99;
const RANK_WINDOW_BARS = 500;
const HYSTERESIS = 0.05;
const LOW = 1 / 3;
const HIGH = 2 / 3;

/** A tracker that has seen nothing. */
export function createRegimeTracker(): RegimeTracker {
	return {
		closes: 0,
		lastClose: 0,
		label: null,
		physics: {
			velocity: 0,
			kineticEnergy: 0,
			damping: 0,
			momentum: 0,
			energy: 0,
			dampingRank: 0.5,
			energyRank: 0.5,
			coordinate: 0.5,
			coordinateRank: 0.5,
			entropy: 0,
		},
		sums: { velocity: 0, speed: 0, energy: 0, energyWeight: 0, volume: 0, volumeWeight: 0 },
		shares: { underdamped: 0, critical: 0, overdamped: 0 },
		dampings: createRankWindow(RANK_WINDOW_BARS),
		energies: createRankWindow(RANK_WINDOW_BARS),
		coordinates: createRankWindow(RANK_WINDOW_BARS),
	};
}

/**
 * Takes in one closed bar and returns its label; null for the first close, which has no velocity yet. `volume` is any positive
 * measure of activity (tick volume); null when unknown. A close that is not a positive number is left out: the label stays.
 */
export function onClose(tracker: RegimeTracker, close: number, volume: number | null): RegimeLabel | null {
	const ratio = tracker.closes === 0 ? 1 : close / tracker.lastClose;
	if (!(close > 0 && Number.isFinite(close) && ratio > 0 && Number.isFinite(ratio))) return tracker.label;
	tracker.closes++;
	tracker.lastClose = close;
	const mass = massOf(tracker, volume);
	if (tracker.closes === 1) return null;
	const velocity = Math.log(ratio);
	move(tracker, velocity, 0.5 * mass * velocity * velocity);
	rank(tracker);
	const label = nextLabel(tracker.label, tracker.physics.coordinateRank);
	tracker.label = label;
	const { shares } = tracker;
	shares.underdamped = SHARE_DECAY * shares.underdamped + (label === "underdamped" ? 1 : 0);
	shares.critical = SHARE_DECAY * shares.critical + (label === "critical" ? 1 : 0);
	shares.overdamped = SHARE_DECAY * shares.overdamped + (label === "overdamped" ? 1 : 0);
	tracker.physics.entropy = entropyOf(shares.underdamped, shares.critical, shares.overdamped);
	return label;
}

/** Normalised Shannon entropy (0..1) of three non-negative weights; 0 when there are none. */
export function entropyOf(a: number, b: number, c: number): number {
	const total = a + b + c;
	if (!(total > 0)) return 0;
	return Math.min(1, (part(a / total) + part(b / total) + part(c / total)) / Math.log(3));
}

function part(share: number): number {
	return share > 0 ? -share * Math.log(share) : 0;
}

/** Volume in its own weighted means (this bar included), so that a busy bar weighs more; 1 when nothing is known. */
function massOf(tracker: RegimeTracker, volume: number | null): number {
	if (volume === null || !(volume >= 0 && Number.isFinite(volume))) return 1;
	const { sums } = tracker;
	sums.volume = VOLUME_DECAY * sums.volume + volume;
	sums.volumeWeight = VOLUME_DECAY * sums.volumeWeight + 1;
	const mean = sums.volume / sums.volumeWeight;
	return mean > 0 ? volume / mean : 1;
}

function move(tracker: RegimeTracker, velocity: number, kineticEnergy: number): void {
	const { sums, physics } = tracker;
	sums.velocity = DAMPING_DECAY * sums.velocity + velocity;
	sums.speed = DAMPING_DECAY * sums.speed + Math.abs(velocity);
	sums.energy = ENERGY_DECAY * sums.energy + kineticEnergy;
	sums.energyWeight = ENERGY_DECAY * sums.energyWeight + 1;
	physics.velocity = velocity;
	physics.kineticEnergy = kineticEnergy;
	physics.momentum = sums.speed > 0 ? sums.velocity / sums.speed : 0;
	physics.damping = 1 - Math.abs(physics.momentum);
	physics.energy = sums.energy / sums.energyWeight;
}

function rank(tracker: RegimeTracker): void {
	const { physics } = tracker;
	physics.dampingRank = rankAndAdd(tracker.dampings, physics.damping);
	physics.energyRank = rankAndAdd(tracker.energies, physics.energy);
	physics.coordinate = (physics.dampingRank + 1 - physics.energyRank) / 2;
	physics.coordinateRank = rankAndAdd(tracker.coordinates, physics.coordinate);
}

/** The label with hysteresis 0.05 around 1/3 and 2/3, so that it does not flicker at a border (chs.md 3). */
function nextLabel(label: RegimeLabel | null, p: number): RegimeLabel {
	switch (label) {
		case null:
			return p < LOW ? "underdamped" : p > HIGH ? "overdamped" : "critical";
		case "critical":
			return p < LOW - HYSTERESIS ? "underdamped" : p > HIGH + HYSTERESIS ? "overdamped" : "critical";
		case "underdamped":
			return p > HIGH + HYSTERESIS ? "overdamped" : p > LOW + HYSTERESIS ? "critical" : "underdamped";
		case "overdamped":
			return p < LOW - HYSTERESIS ? "underdamped" : p < HIGH - HYSTERESIS ? "critical" : "overdamped";
	}
}
