import { type Finding, notA } from "./finding.ts";

/** How a field of a request must look. `id`: whole and above 0; `count`: whole, at least 0; `price`, `level`: finite, at least 0. */
type FieldKind = "id" | "idOrNull" | "count" | "positive" | "level" | "text" | readonly string[];

const SIDES = ["BUY", "SELL"];
const PENDING_TYPES = ["BUY_LIMIT", "SELL_LIMIT", "BUY_STOP", "SELL_STOP", "BUY_STOP_LIMIT", "SELL_STOP_LIMIT"];
const FILLINGS = ["FOK", "IOC", "RETURN", "BOC"];
const TIMES = ["GTC", "DAY", "SPECIFIED", "SPECIFIED_DAY"];

const COMMON: Readonly<Record<string, FieldKind>> = { intentId: "id", symbol: "text", magic: "count", comment: "text" };

/** Fields an action must carry (rulebook A.8), each with what it must look like. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, FieldKind>>>> = {
	DEAL: { side: SIDES, lots: "positive", price: "level", deviationPoints: "level", sl: "level", tp: "level", filling: FILLINGS, positionId: "idOrNull" },
	PENDING: {
		type: PENDING_TYPES,
		lots: "positive",
		price: "positive",
		stopLimit: "level",
		sl: "level",
		tp: "level",
		filling: FILLINGS,
		timeInForce: TIMES,
		expiresAt: "level",
	},
	SLTP: { positionId: "id", sl: "level", tp: "level" },
	MODIFY: { ticket: "id", price: "positive", stopLimit: "level", sl: "level", tp: "level", timeInForce: TIMES, expiresAt: "level" },
	REMOVE: { ticket: "id" },
	CLOSE_BY: { positionId: "id", byPositionId: "id" },
};

/** The same as rows, the common fields first. */
const FIELD_ROWS: Readonly<Record<string, readonly (readonly [string, FieldKind])[]>> = Object.fromEntries(
	Object.entries(FIELDS).map(([action, fields]) => [action, Object.entries({ ...COMMON, ...fields })]),
);

/**
 * The first field that is missing, of the wrong type or not a usable number, or null: after it the other checks may rely on the
 * request's type. Takes `unknown`, because a model's output is only claimed to be a request. Never throws.
 */
export function shapeFinding(request: unknown, plannedRisk: unknown): Finding | null {
	if (typeof request !== "object" || request === null) return notA(describe(request), "a request");
	const values = request as Readonly<Record<string, unknown>>;
	const { action } = values;
	const fields = typeof action === "string" && Object.hasOwn(FIELD_ROWS, action) ? FIELD_ROWS[action] : undefined;
	if (fields === undefined) return notA(describe(action), `action ${Object.keys(FIELDS).join("|")}`);
	for (const [name, kind] of fields) {
		if (!fits(values[name], kind)) return notA(`${name} ${describe(values[name])}`, typeof kind === "string" ? WORDS[kind] : kind.join("|"));
	}
	if (!fits(plannedRisk, "level")) return notA(`plannedRisk ${describe(plannedRisk)}`, WORDS.level);
	return null;
}

const WORDS: Readonly<Record<Exclude<FieldKind, readonly string[]>, string>> = {
	id: "a whole number above 0",
	idOrNull: "a whole number above 0 or null",
	count: "a whole number of at least 0",
	positive: "a number above 0",
	level: "a number of at least 0",
	text: "text",
};

function fits(value: unknown, kind: FieldKind): boolean {
	if (typeof kind !== "string") return typeof value === "string" && kind.includes(value);
	switch (kind) {
		case "text":
			return typeof value === "string";
		case "id":
			return Number.isSafeInteger(value) && Number(value) > 0;
		case "idOrNull":
			return value === null || (Number.isSafeInteger(value) && Number(value) > 0);
		case "count":
			return Number.isSafeInteger(value) && Number(value) >= 0;
		case "positive":
			return typeof value === "number" && Number.isFinite(value) && value > 0;
		case "level":
			return typeof value === "number" && Number.isFinite(value) && value >= 0;
	}
}

/** A foreign value in a few characters: `String` of an object could run its own code. */
function describe(value: unknown): string {
	if (typeof value === "string") return `"${value.slice(0, 40)}"`;
	return typeof value === "number" || typeof value === "boolean" || value === null || value === undefined ? String(value) : `a ${typeof value}`;
}
