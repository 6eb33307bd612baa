import type { Intent } from "./agent.ts";

/** What is wrong with an intent's form, for control C32, or null: numbers must be finite, distances positive, shares within 0..1. */
export function intentProblem(intent: Intent): string | null {
	switch (intent.kind) {
		case "open": {
			const { size, stopPoints, targetPoints } = intent;
			if (intent.side !== "BUY" && intent.side !== "SELL") return `open: side ${String(intent.side)} is neither BUY nor SELL`;
			if (size.kind === "risk" && !(size.share > 0 && size.share <= 1)) return `open: risk share ${size.share} is not within 0..1`;
			if (size.kind === "lots" && !(size.lots > 0 && Number.isFinite(size.lots))) return `open: ${size.lots} lots`;
			if (stopPoints !== null && !(stopPoints > 0 && Number.isFinite(stopPoints))) return `open: stop distance ${stopPoints} points`;
			if (targetPoints !== null && !(targetPoints > 0 && Number.isFinite(targetPoints))) return `open: target distance ${targetPoints} points`;
			return null;
		}
		case "close":
			return Number.isFinite(intent.positionId) ? null : `close: position ${intent.positionId}`;
		case "modify":
			return intent.sl >= 0 && intent.tp >= 0 && Number.isFinite(intent.sl) && Number.isFinite(intent.tp) ? null : `modify: levels ${intent.sl}, ${intent.tp}`;
		default:
			return `unknown intent ${JSON.stringify(intent)}`;
	}
}
