import type { BrokerMs } from "../../units.ts";

/** A value that runs from the first figure at a phase's start to the second at its end, in equal ratios. */
export type Ramp = readonly [from: number, to: number];

/** A stretch of a scenario. Times are seconds after the session's start, end exclusive; factors multiply the normal market. */
export type Phase = {
	readonly from: number;
	readonly to: number;
	readonly volatility: Ramp;
	/** Quotes a minute. */
	readonly quotes: Ramp;
	readonly spread: Ramp;
	/** Move at the phase's first instant, in 15-minute standard deviations; counted along `Scenario.direction`. */
	readonly jump: number;
	/** Move spread over the phase, same unit. */
	readonly drift: number;
	/** No quotes at all: only clock rows. */
	readonly silent: boolean;
	/** Chance that the broker requotes a request. */
	readonly requotes: Ramp;
};

/** A named market. Without phases it is a state of the market; phases are events at fixed times of the session. */
export type Scenario = {
	readonly name: string;
	/** One line for people. */
	readonly line: string;
	readonly volatility: number;
	readonly quotes: number;
	/** How price behaves: trend and range in turn, one long trend with pullbacks, fast swings around a level, or a lazy range. */
	readonly mood: "alternating" | "trending" | "choppy" | "lazy";
	/** Whether announcements and surprises move the market on their own. */
	readonly surprises: boolean;
	/** Which way the phases go: down, or up or down as the seed decides. */
	readonly direction: "down" | "seed";
	readonly phases: readonly Phase[];
};

const QUIET: Phase = { from: 0, to: 0, volatility: [1, 1], quotes: [1, 1], spread: [1, 1], jump: 0, drift: 0, silent: false, requotes: [0, 0] };
const NORMAL: Omit<Scenario, "name" | "line"> = {
	volatility: 1,
	quotes: 1,
	mood: "alternating",
	surprises: true,
	direction: "seed",
	phases: [],
};

/** A reopening far from the last price: ten seconds of silence, the jump, wide spreads that come back in five minutes. */
const GAP: readonly Phase[] = [
	{ ...QUIET, from: 1200, to: 1210, silent: true, requotes: [0.2, 0.2] },
	{ ...QUIET, from: 1210, to: 1510, jump: 12, volatility: [3, 1.5], quotes: [2, 1.2], spread: [6, 1.2], requotes: [0.2, 0.01] },
	{ ...QUIET, from: 1510, to: 2700, volatility: [1.5, 1], quotes: [1.2, 1], spread: [1.2, 1] },
];

/** An announcement: dealers widen before it, price bursts one way, then the other, then half of it stays and the market calms down. */
const NEWS: readonly Phase[] = [
	{ ...QUIET, from: 870, to: 900, volatility: [0.8, 0.8], quotes: [0.7, 0.7], spread: [1.5, 5], requotes: [0.02, 0.1] },
	{ ...QUIET, from: 900, to: 930, jump: 5, drift: 3, volatility: [9, 7], quotes: [5, 5], spread: [7, 5], requotes: [0.3, 0.3] },
	{ ...QUIET, from: 930, to: 1020, drift: -11, volatility: [7, 5], quotes: [5, 4], spread: [5, 3], requotes: [0.3, 0.1] },
	{ ...QUIET, from: 1020, to: 1140, drift: 6, volatility: [5, 3], quotes: [4, 2.5], spread: [3, 1.5], requotes: [0.1, 0.02] },
	{ ...QUIET, from: 1140, to: 2100, volatility: [3, 1], quotes: [2.5, 1], spread: [1.5, 1], requotes: [0.02, 0.001] },
];

/** Unrest, collapse, seventy seconds without a quote, then a thin market with wide spreads and requotes that recovers a third. */
const CRASH: readonly Phase[] = [
	{ ...QUIET, from: 720, to: 735, volatility: [1, 3], quotes: [1, 2], spread: [1, 4] },
	{ ...QUIET, from: 735, to: 810, jump: 8, drift: 32, volatility: [6, 9], quotes: [4, 6], spread: [12, 20], requotes: [0.5, 0.8] },
	{ ...QUIET, from: 810, to: 880, silent: true, spread: [20, 20], requotes: [1, 1] },
	{ ...QUIET, from: 880, to: 1480, jump: -4, drift: -9, volatility: [5, 2.5], quotes: [0.3, 0.6], spread: [20, 4], requotes: [0.6, 0.2] },
	{ ...QUIET, from: 1480, to: 2400, volatility: [2.5, 1], quotes: [0.6, 1], spread: [4, 1], requotes: [0.2, 0.01] },
];

/** Every market that `--scenario` names. */
export const SCENARIO_TABLE: readonly Scenario[] = [
	{ ...NORMAL, name: "normal", line: "an ordinary day: trends and ranges in turn, a surprise now and then" },
	{ ...NORMAL, name: "calm", line: "a sleepy market: two fifths of the usual movement, no news", volatility: 0.4, quotes: 0.8, mood: "lazy", surprises: false },
	{ ...NORMAL, name: "trend", line: "one long trend with short pullbacks; the seed picks the direction", mood: "trending", surprises: false },
	{ ...NORMAL, name: "chop", line: "fast swings around one level, which punish those who follow them", volatility: 1.2, mood: "choppy", surprises: false },
	{ ...NORMAL, name: "gap", line: "after 20 minutes price reopens far away, as after a weekend", phases: GAP },
	{ ...NORMAL, name: "news", line: "after 15 minutes an announcement: wide spreads, a burst both ways, then calm", phases: NEWS },
	{
		...NORMAL,
		name: "crash",
		line: "after 12 minutes a collapse, spread x20, requotes and 70 s without quotes; then a thin recovery",
		direction: "down",
		phases: CRASH,
	},
];

/** The scenario of that name, or null. */
export function findScenario(name: string): Scenario | null {
	return SCENARIO_TABLE.find((scenario) => scenario.name === name) ?? null;
}

/** Number of the phase in force `seconds` after the session's start, or -1 between phases. */
export function phaseIndexAt(scenario: Scenario, seconds: number): number {
	for (let index = 0; index < scenario.phases.length; index++) {
		const phase = scenario.phases[index];
		if (phase !== undefined && seconds >= phase.from && seconds < phase.to) return index;
	}
	return -1;
}

/** Value of a ramp `share` (0..1) of the way through its phase. */
export function rampAt(ramp: Ramp, share: number): number {
	if (ramp[0] === ramp[1] || ramp[0] <= 0 || ramp[1] <= 0) return ramp[0] + (ramp[1] - ramp[0]) * share;
	return ramp[0] * (ramp[1] / ramp[0]) ** share;
}

/** What the scenario does to the broker at a time: the chance, 0..1, that a request is requoted. A pure function of its arguments. */
export function requoteProbabilityAt(scenario: Scenario, sessionStartAt: BrokerMs, at: BrokerMs): number {
	const seconds = (at - sessionStartAt) / 1000;
	const phase = scenario.phases[phaseIndexAt(scenario, seconds)];
	return phase === undefined ? 0 : rampAt(phase.requotes, (seconds - phase.from) / (phase.to - phase.from));
}
