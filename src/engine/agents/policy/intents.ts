import type { AgentPosition, AgentView, Intent } from "../agent.ts";
import type { PolicyAction, PolicySizing } from "./manifest.ts";

/** What an action needs to see to become intents. */
type Sight = Pick<AgentView, "positions" | "atrPoints" | "entry">;

/**
 * What a policy's action asks of the engine. `hold`: nothing. `close`: every own position. `buy`, `sell`: enters when flat, keeps a position on that
 * side, and turns round one on the other side (close and open; the engine opens once the close is confirmed). Nothing is opened while an entry is not
 * allowed or the average true range, which stop and target are measured in, is unknown; what must be closed is closed all the same.
 */
export function actionsToIntents(action: PolicyAction, view: Sight, sizing: PolicySizing, why: string): readonly Intent[] {
	if (action === "hold") return NOTHING;
	const { positions } = view;
	if (action === "close") return positions.length === 0 ? NOTHING : positions.map((position) => closing(position, why));
	const side = action === "buy" ? "BUY" : "SELL";
	const against = positions.length === 0 ? NONE : positions.filter((position) => position.side !== side);
	const closes = against.length === 0 ? NOTHING : against.map((position) => closing(position, why));
	if (against.length < positions.length) return closes;
	const atr = view.atrPoints;
	// The permission comes last: a no is counted as an entry that was held back.
	if (atr === null || !(atr > 0) || !view.entry.mayEnter) return closes;
	return [
		...closes,
		{
			kind: "open",
			side,
			size: { kind: "risk", share: sizing.riskShare },
			stopPoints: Math.ceil(sizing.stopAtr * atr),
			targetPoints: sizing.targetAtr === null ? null : Math.ceil(sizing.targetAtr * atr),
			reason: why,
		},
	];
}

const NOTHING: readonly Intent[] = [];
const NONE: readonly AgentPosition[] = [];

function closing({ positionId }: AgentPosition, reason: string): Intent {
	return { kind: "close", positionId, reason };
}
