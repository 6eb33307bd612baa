import { fieldIndex } from "../market/observation.ts";
import type { Side } from "../order.ts";
import { type AgentKind, type AgentPosition, type AgentView, type Intent, param } from "./agent.ts";

const BURST = fieldIndex("energyBurst");
const DAMPING_RANK = fieldIndex("dampingRank");
const MOMENTUM = fieldIndex("momentum");
const VELOCITY = fieldIndex("velocity");

type BerserkerState = {
	readonly params: Readonly<Record<string, number>>;
	/** Bars in a row whose kinetic energy was below the decay level. */
	decayBars: number;
};

/**
 * Enters when energy bursts while damping is low, in the direction of the move; leaves when the energy has decayed or the move
 * has turned; stop and target in average true ranges. The physics is that of chs.md 3.
 */
export const berserker: AgentKind<BerserkerState> = {
	id: "berserker",
	version: 1,
	line: "enters on energy bursts at low damping in the direction of the move, leaves on decay; ATR stop and target",
	parameters: [
		{ key: "burstMin", value: 1.8, min: 0, max: 30, line: "least kinetic energy of the last bar for an entry, in multiples of its weighted mean" },
		{ key: "dampingRankMax", value: 0.6, min: 0, max: 1, line: "largest damping rank for an entry" },
		{ key: "momentumMin", value: 0.05, min: 0, max: 1, line: "least size of the signed momentum for an entry" },
		{ key: "decayLevel", value: 0.5, min: 0, max: 30, line: "kinetic energy below which a bar counts as decayed, in multiples of its weighted mean" },
		{ key: "decayBars", value: 10, min: 1, max: 100, whole: true, line: "decayed bars in a row that end the trade" },
		{ key: "stopAtr", value: 2.5, min: 0.2, max: 20, line: "stop distance in average true ranges" },
		{ key: "targetAtr", value: 4, min: 0, max: 50, line: "target distance in average true ranges; 0 = none" },
		{ key: "lots", value: 0, min: 0, max: 100, line: "fixed volume in lots; 0 = by planned risk" },
	],
	warmupBars: () => 80,
	create: (params) => ({ params, decayBars: 0 }),
	onBar(state, view) {
		const decayed = !((view.observation[BURST] as number) >= param(state.params, "decayLevel"));
		state.decayBars = decayed ? state.decayBars + 1 : 0;
	},
	decide(state, view) {
		const exits = view.positions.flatMap((position) => exitOf(state, view, position));
		if (view.positions.length > 0) return exits;
		const side = burstSide(state, view);
		return side === null || !view.entry.mayEnter ? [] : entryOf(state, view, side);
	},
};

function burstSide(state: BerserkerState, view: AgentView): Side | null {
	const momentum = view.observation[MOMENTUM] as number;
	const velocity = view.observation[VELOCITY] as number;
	const burst =
		(view.observation[BURST] as number) >= param(state.params, "burstMin") &&
		(view.observation[DAMPING_RANK] as number) <= param(state.params, "dampingRankMax") &&
		Math.abs(momentum) >= param(state.params, "momentumMin") &&
		momentum * velocity > 0;
	if (!burst) return null;
	return momentum > 0 ? "BUY" : "SELL";
}

function entryOf(state: BerserkerState, view: AgentView, side: Side): readonly Intent[] {
	if (view.atrPoints === null) return [];
	const lots = param(state.params, "lots");
	const targetAtr = param(state.params, "targetAtr");
	const burst = (view.observation[BURST] as number).toFixed(1);
	const damping = (view.observation[DAMPING_RANK] as number).toFixed(2);
	return [
		{
			kind: "open",
			side,
			size: lots > 0 ? { kind: "lots", lots } : { kind: "risk", share: 1 },
			stopPoints: Math.ceil(param(state.params, "stopAtr") * view.atrPoints),
			targetPoints: targetAtr > 0 ? Math.ceil(targetAtr * view.atrPoints) : null,
			reason: `energy burst (${burst} times the mean) at low damping (rank ${damping})`,
		},
	];
}

function exitOf(state: BerserkerState, view: AgentView, position: AgentPosition): readonly Intent[] {
	const turned = (view.observation[MOMENTUM] as number) * (position.side === "BUY" ? 1 : -1) < -param(state.params, "momentumMin");
	if (turned) return [{ kind: "close", positionId: position.positionId, reason: "the move has turned" }];
	if (state.decayBars >= param(state.params, "decayBars")) return [{ kind: "close", positionId: position.positionId, reason: "the energy has decayed" }];
	return [];
}
