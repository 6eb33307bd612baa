import type { Mode } from "./config.ts";
import { type NumberRow, RULES, type RuleKey, UNLIMITED } from "./rules-table.ts";

/**
 * The limits in force in a session: flat, plain JSON, units in the names, fixed at the start (fault 30). Written into the
 * configuration hash, so that loosening one voids certificates (control C03). See rules-table.ts for meaning and ranges.
 */
export type Rules = { readonly [K in RuleKey]: (typeof RULES)[K]["defaults"]["virtual"] };

const KEYS = Object.keys(RULES) as RuleKey[];

/** The rules a stage starts from (controls.md 4). */
export function defaultRules(mode: Mode): Rules {
	return Object.fromEntries(KEYS.map((key) => [key, RULES[key].defaults[mode]])) as Rules;
}

/**
 * One `--set rules.KEY=VALUE`: the changed rules, or what was wrong with the key or the value, with unit and range, for the
 * user. Percent and count are plain numbers; `none` means no limit where the stage allows it.
 */
export function applyRule(rules: Rules, key: string, text: string, mode: Mode): Rules | string {
	if (!isRuleKey(key)) return `unknown rule "${key}"; did you mean "${nearest(key)}"?`;
	const value = parseRule(key, text, mode);
	return typeof value === "string" ? value : { ...rules, [key]: value };
}

/**
 * Checks a complete record (from a file or a stored session): null, or the first thing that is wrong with it. Unknown and
 * missing keys count, as do values out of range.
 */
export function rulesProblem(rules: Readonly<Record<string, unknown>>, mode: Mode): string | null {
	for (const key of Object.keys(rules)) if (!isRuleKey(key)) return `unknown rule "${key}"; did you mean "${nearest(key)}"?`;
	for (const key of KEYS) {
		const value = rules[key];
		if (typeof value !== typeof RULES[key].defaults.virtual) return `rule ${key} is missing or not a ${typeof RULES[key].defaults.virtual}`;
		const parsed = parseRule(key, value === UNLIMITED ? "none" : String(value), mode);
		if (typeof parsed === "string") return parsed;
	}
	return null;
}

/**
 * The rules of a measuring run (`--unlimited`, virtual only): no loss, count, rate, size or exposure limit. What the broker or
 * the data would refuse, margin, the price collar and the mandatory stop stay.
 */
export function limitsOff(rules: Rules): Rules {
	return {
		...rules,
		maxLots: UNLIMITED,
		sizeDenialsToHalt: UNLIMITED,
		collarDenialsToPause: UNLIMITED,
		orderNotionalEquityMultiple: UNLIMITED,
		openNotionalEquityMultiple: UNLIMITED,
		rateDenialsToHalt: UNLIMITED,
		rateBurst: UNLIMITED,
		rateIntervalMs: 0,
		ratePerHour: UNLIMITED,
		ratePerDay: UNLIMITED,
		repeatEntriesMax: UNLIMITED,
		entriesPerWindowMax: UNLIMITED,
		sideFlipsMax: UNLIMITED,
		exposureLotsMultiple: UNLIMITED,
		openPositionsMax: UNLIMITED,
		pendingOrdersMax: UNLIMITED,
		entriesPerSessionMax: UNLIMITED,
		sessionMinutesMax: UNLIMITED,
		sessionLossPct: UNLIMITED,
		dailyLossPct: UNLIMITED,
		drawdownPct: UNLIMITED,
		lossSpeedPct: UNLIMITED,
		profitSanityMultiple: UNLIMITED,
		profitSanityFloorPct: UNLIMITED,
		losingStreakToPause: UNLIMITED,
		losingStreaksToHalt: UNLIMITED,
		stopGuardStopsToPause: UNLIMITED,
		cooldownMs: 0,
	};
}

/** A rule's value for people: `none` for no limit, else the number with its unit. */
export function formatRule(key: RuleKey, value: number | boolean): string {
	if (typeof value === "boolean") return value ? "yes" : "no";
	return value >= UNLIMITED ? "none" : `${value} ${RULES[key].unit}`;
}

function isRuleKey(key: string): key is RuleKey {
	return Object.hasOwn(RULES, key);
}

function parseRule(key: RuleKey, text: string, mode: Mode): number | boolean | string {
	const row = RULES[key];
	const word = text.trim().toLowerCase();
	if (row.kind === "flag") {
		const value = ["true", "yes", "on"].includes(word) ? true : ["false", "no", "off"].includes(word) ? false : null;
		if (value === null) return `rule ${key}: "${text}" is neither true nor false`;
		if (mode !== "virtual" && value !== row.defaults[mode]) return `rule ${key} (${row.control}) cannot be changed in ${mode}`;
		return value;
	}
	return parseNumber(key, row, word, text, mode);
}

function parseNumber(key: RuleKey, row: NumberRow, word: string, text: string, mode: Mode): number | string {
	const range = `${formatRule(key, row.min)} to ${formatRule(key, highest(row, mode))}${mayBeOff(row, mode) ? ", or 0 (off)" : ""}${mayBeNone(row, mode) ? ", or none" : ""}`;
	if (word === "none") return mayBeNone(row, mode) ? UNLIMITED : `rule ${key} (${row.control}) cannot be none in ${mode}; allowed: ${range}`;
	const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word) ? Number(word) : Number.NaN;
	if (!Number.isFinite(value)) return `rule ${key}: "${text}" is not a number; allowed: ${range}`;
	if (row.whole && !Number.isInteger(value)) return `rule ${key}: "${text}" must be a whole number; allowed: ${range}`;
	if (value === 0 && mayBeOff(row, mode)) return 0;
	if (!(value >= row.min && value <= highest(row, mode))) return `rule ${key} (${row.control}): ${text} is out of range in ${mode}; allowed: ${range}`;
	return value;
}

/** The largest value a stage accepts: the range, or the compiled-in ceiling below it. */
export function highest(row: NumberRow, mode: Mode): number {
	return row.ceiling[mode] ?? row.max;
}

function mayBeNone(row: NumberRow, mode: Mode): boolean {
	return row.none.includes(mode);
}

function mayBeOff(row: NumberRow, mode: Mode): boolean {
	return row.offInVirtual && mode === "virtual";
}

function nearest(key: string): RuleKey {
	let best: RuleKey = "maxLots";
	let least = Number.MAX_SAFE_INTEGER;
	for (const candidate of KEYS) {
		const distance = editDistance(key.toLowerCase(), candidate.toLowerCase());
		if (distance < least) [best, least] = [candidate, distance];
	}
	return best;
}

/** Levenshtein distance; keys are short, so the plain two-row form is enough. Long nonsense is cut. */
function editDistance(left: string, right: string): number {
	const a = left.slice(0, 64);
	let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const current = [i];
		for (let j = 1; j <= right.length; j++) {
			const swap = (previous[j - 1] as number) + (a[i - 1] === right[j - 1] ? 0 : 1);
			current.push(Math.min((previous[j] as number) + 1, (current[j - 1] as number) + 1, swap));
		}
		previous = current;
	}
	return previous[right.length] as number;
}
