import type { Projection } from "../engine/project.ts";

/** The parts of a projection that are objects; every projection comes with new ones, mostly equal to those before. */
const PARTS = [
	"limits",
	"holds",
	"entryHold",
	"health",
	"breaker",
	"positions",
	"orders",
	"stopping",
	"link",
	"paperTwin",
	"agent",
] as const satisfies readonly (keyof Projection)[];

/**
 * The projection with those parts of the one before that are still true, so that a pane which shows only them sees that nothing has changed.
 */
export function withSharedParts(before: Projection | null, now: Projection): Projection {
	if (before === null) return now;
	const kept = PARTS.filter((part) => now[part] !== before[part] && isEqual(before[part], now[part]));
	return kept.length === 0 ? now : Object.assign({ ...now }, Object.fromEntries(kept.map((part) => [part, before[part]])));
}

/** True for plain data that is equal all the way down. */
function isEqual(left: unknown, right: unknown): boolean {
	if (Object.is(left, right)) return true;
	if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) return false;
	if (Array.isArray(left) !== Array.isArray(right)) return false;
	const keys = Object.keys(left);
	if (keys.length !== Object.keys(right).length) return false;
	return keys.every((key) => Object.hasOwn(right, key) && isEqual(Reflect.get(left, key), Reflect.get(right, key)));
}
