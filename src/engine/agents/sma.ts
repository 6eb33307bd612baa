import { addToMean, createMovingMean, type MovingMean, meanOf } from "../market/averages.ts";
import type { Side } from "../order.ts";
import { type AgentKind, type AgentView, type Intent, param } from "./agent.ts";

type SmaState = {
	readonly params: Readonly<Record<string, number>>;
	readonly fast: MovingMean;
	readonly slow: MovingMean;
	/** Sign of fast minus slow at the bar before; 0 = equal or unknown. */
	before: number;
	/** Side that the last cross asks for, until it is seen as a position or has waited too long. */
	wanted: Side | null;
	waitedBars: number;
};

/** Bars that a cross waits for an entry which a hold (a cooldown after the own close, a pause) does not allow at once. */
const PATIENCE_BARS = 3;

/**
 * Reverses on each cross of two simple moving means of the closes: the yardstick that every learner must beat, and the job on
 * which other systems are compared (performance.md). A cross is a strict change of order between two neighbouring bars.
 */
export const sma: AgentKind<SmaState> = {
	id: "sma",
	version: 1,
	line: "20/50 moving-average cross with an ATR stop, always reversing: the yardstick every learner must beat",
	parameters: [
		{ key: "fastBars", value: 20, min: 2, max: 500, whole: true, line: "length of the fast mean, bars" },
		{ key: "slowBars", value: 50, min: 3, max: 1000, whole: true, line: "length of the slow mean, bars" },
		{ key: "stopAtr", value: 3, min: 0, max: 20, line: "stop distance in average true ranges; 0 = no stop (needs rules.requireStop=false)" },
		{ key: "targetAtr", value: 0, min: 0, max: 50, line: "target distance in average true ranges; 0 = none" },
		{ key: "lots", value: 0, min: 0, max: 100, line: "fixed volume in lots; 0 = by planned risk" },
	],
	warmupBars: (params) => Math.max(param(params, "slowBars") + 1, 15),
	create: (params) => ({
		params,
		fast: createMovingMean(param(params, "fastBars")),
		slow: createMovingMean(param(params, "slowBars")),
		before: 0,
		wanted: null,
		waitedBars: 0,
	}),
	onBar(state, view) {
		addToMean(state.fast, view.bar.close);
		addToMean(state.slow, view.bar.close);
		const fast = meanOf(state.fast);
		const slow = meanOf(state.slow);
		const now = fast === null || slow === null ? 0 : Math.sign(fast - slow);
		const cross = now > 0 && state.before < 0 ? "BUY" : now < 0 && state.before > 0 ? "SELL" : null;
		state.before = now;
		if (cross !== null) {
			state.wanted = cross;
			state.waitedBars = 0;
		} else if (state.wanted !== null && ++state.waitedBars > PATIENCE_BARS) state.wanted = null;
	},
	decide(state, view) {
		const { wanted } = state;
		if (wanted === null) return [];
		if (view.positions.some((position) => position.side === wanted)) {
			state.wanted = null;
			return [];
		}
		const intents: Intent[] = [];
		for (const position of view.positions) {
			if (position.side !== wanted) intents.push({ kind: "close", positionId: position.positionId, reason: `cross to ${wanted}` });
		}
		if (view.entry.mayEnter) intents.push(openOnCross(state, view, wanted));
		return intents;
	},
};

function openOnCross(state: SmaState, view: AgentView, side: Side): Intent {
	const lots = param(state.params, "lots");
	const stopAtr = param(state.params, "stopAtr");
	const targetAtr = param(state.params, "targetAtr");
	const atr = view.atrPoints;
	return {
		kind: "open",
		side,
		size: lots > 0 ? { kind: "lots", lots } : { kind: "risk", share: 1 },
		stopPoints: stopAtr > 0 && atr !== null ? Math.ceil(stopAtr * atr) : null,
		targetPoints: targetAtr > 0 && atr !== null ? Math.ceil(targetAtr * atr) : null,
		reason: `fast mean crossed ${side === "BUY" ? "above" : "below"} slow`,
	};
}
