import type { Points } from "../units.ts";
import type { Intent, SizeIntent } from "./agent.ts";

/** An agent's answer after reading: the intents that can be used, as clean copies, and what was wrong with the rest (control C32). */
export type ReadIntents = { readonly intents: readonly Intent[]; readonly problems: readonly string[] };

const REASON_CHARS_MAX = 200;
const NOTHING: ReadIntents = { intents: [], problems: [] };

/**
 * Reads what an agent answered. Takes `unknown`, because a model's output is only claimed to be intents: numbers must be finite,
 * distances positive, shares within 0..1. More than `countMax` intents at once are no decision but a flood: none of them is used.
 */
export function readIntents(answer: unknown, countMax: number): ReadIntents {
	if (!Array.isArray(answer)) return { intents: [], problems: [`the answer is ${shown(answer)}, not a list of intents`] };
	if (answer.length === 0) return NOTHING;
	if (answer.length > countMax) return { intents: [], problems: [`${answer.length} intents at once, at most ${countMax} are read`] };
	const intents: Intent[] = [];
	const problems: string[] = [];
	for (const value of answer as readonly unknown[]) {
		const intent = readIntent(value);
		if (typeof intent === "string") problems.push(intent);
		else intents.push(intent);
	}
	return { intents, problems };
}

/** A clean copy of one intent, or what is wrong with its form. */
function readIntent(value: unknown): Intent | string {
	if (typeof value !== "object" || value === null) return `${shown(value)} is no intent`;
	const { kind, reason, ...fields } = value as Readonly<Record<string, unknown>>;
	if (kind !== "open" && kind !== "close" && kind !== "modify") return `unknown intent ${shown(kind)}`;
	if (typeof reason !== "string") return `${kind}: the reason is ${shown(reason)}, not text`;
	const why = reason.slice(0, REASON_CHARS_MAX);
	if (kind === "open") return readOpen(fields, why);
	const { positionId } = fields;
	if (!isNumber(positionId)) return `${kind}: position ${shown(positionId)}`;
	if (kind === "close") return { kind, positionId, reason: why };
	const { sl, tp } = fields;
	if (!(isNumber(sl) && isNumber(tp) && sl >= 0 && tp >= 0)) return `modify: levels ${shown(sl)}, ${shown(tp)}`;
	return { kind, positionId, sl, tp, reason: why };
}

function readOpen(fields: Readonly<Record<string, unknown>>, reason: string): Intent | string {
	const { side, stopPoints, targetPoints } = fields;
	if (side !== "BUY" && side !== "SELL") return `open: side ${shown(side)} is neither BUY nor SELL`;
	const size = readSize(fields.size);
	if (typeof size === "string") return size;
	if (!isDistance(stopPoints)) return `open: stop distance ${shown(stopPoints)} points`;
	if (!isDistance(targetPoints)) return `open: target distance ${shown(targetPoints)} points`;
	return { kind: "open", side, size, stopPoints, targetPoints, reason };
}

function readSize(value: unknown): SizeIntent | string {
	if (typeof value !== "object" || value === null) return `open: size ${shown(value)}`;
	const { kind, share, lots } = value as Readonly<Record<string, unknown>>;
	if (kind === "risk") return isNumber(share) && share > 0 && share <= 1 ? { kind, share } : `open: risk share ${shown(share)} is not within 0..1`;
	if (kind === "lots") return isNumber(lots) && lots > 0 ? { kind, lots } : `open: ${shown(lots)} lots`;
	return `open: unknown size ${shown(kind)}`;
}

function isDistance(value: unknown): value is Points | null {
	return value === null || (isNumber(value) && value > 0);
}

function isNumber(value: unknown): value is number {
	return typeof value === "number" && Number.isFinite(value);
}

/** A foreign value in a few characters: `String` of an object could run its own code. */
function shown(value: unknown): string {
	if (typeof value === "string") return `"${value.slice(0, 40)}"`;
	return typeof value === "number" || typeof value === "boolean" || value === null || value === undefined ? String(value) : `a ${typeof value}`;
}
