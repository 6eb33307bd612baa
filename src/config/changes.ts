import { cleanText } from "../adapters/clean-text.ts";
import { usageFailure } from "../adapters/failure.ts";
import { type AgentListing, agentParams } from "../engine/agents/registry.ts";
import type { Mode } from "../engine/config.ts";
import type { ConversionRates, Instrument } from "../engine/instrument.ts";
import { DEFAULT_SIMULATOR, type SimulatorSettings } from "../engine/paper/settings.ts";
import { applyRule, defaultRules, limitsOff, type Rules } from "../engine/rules.ts";
import type { StageLimits } from "../engine/stages/binding.ts";
import { suggestion } from "./nearest.ts";

/** One `--set AREA.KEY=VALUE`, or the same out of a configuration file. */
export type Change = {
	readonly area: ChangeArea;
	readonly key: string;
	readonly text: string;
	/** The only stage that it is for (`stages` of a configuration file); absent = every stage that accepts it. */
	readonly stage?: Mode;
	/** What the user would look for: `--set rules.maxLots` or the file and its key. */
	readonly from: string;
};

const AREAS = ["rules", "simulator", "agent", "instrument", "conversion"] as const;
export type ChangeArea = (typeof AREAS)[number];

/** The nested objects that a configuration file may hold; `agent` is one only when it is an object. */
export function isChangeArea(name: string): name is ChangeArea {
	return (AREAS as readonly string[]).includes(name);
}

/** Reads the `AREA.KEY=VALUE` of `--set`; the form has been checked. */
export function parseChange(text: string): Change {
	const equals = text.indexOf("=");
	const name = text.slice(0, equals).trim();
	const dot = name.indexOf(".");
	const area = name.slice(0, dot);
	if (!isChangeArea(area))
		throw usageFailure(
			`--set ${cleanText(name, 60)}: nothing can be set in "${cleanText(area, 40)}"${suggestion(area, AREAS) || "."} Allowed: ${AREAS.join(", ")}.`,
		);
	return { area, key: name.slice(dot + 1), text: text.slice(equals + 1).trim(), from: `--set ${cleanText(name, 60)}` };
}

/** The stage's rules with the changes applied; without limits for a measuring run, whose own changes still count. */
export function rulesWith(changes: readonly Change[], mode: Mode, unlimited: boolean): Rules {
	let rules = unlimited ? limitsOff(defaultRules(mode)) : defaultRules(mode);
	for (const change of of(changes, "rules")) {
		if (change.stage !== undefined && change.stage !== mode) continue;
		const next = applyRule(rules, change.key, change.text, mode);
		if (typeof next === "string") throw usageFailure(`${change.from}: ${sentence(next)}`);
		rules = next;
	}
	return rules;
}

/**
 * The limits of all three stages out of the same changes: what certificates are bound to (control C03). A value meant for every stage that one of
 * them does not accept leaves that stage at its default; one meant for that stage alone is refused as in `rulesWith`.
 */
export function limitsWith(changes: readonly Change[]): StageLimits {
	const rulesOf = (mode: Mode): Rules => {
		const meant = changes.filter((change) => change.stage === mode || isAccepted(change, mode));
		return rulesWith(meant, mode, false);
	};
	return { virtual: rulesOf("virtual"), demo: rulesOf("demo"), live: rulesOf("live") };
}

function isAccepted(change: Change, mode: Mode): boolean {
	return change.area !== "rules" || (change.stage === undefined && typeof applyRule(defaultRules(mode), change.key, change.text, mode) !== "string");
}

/** The agent's parameters with the changes applied. Throws a usage `Failure` for a key that it does not have, or a value out of range. */
export function parametersWith(agent: Pick<AgentListing, "id" | "parameters">, changes: readonly Change[]): Readonly<Record<string, number>> {
	const numbers: Record<string, number> = {};
	for (const change of of(changes, "agent")) {
		const value = change.text === "" ? Number.NaN : Number(change.text);
		if (!Number.isFinite(value)) throw usageFailure(`${change.from}: "${cleanText(change.text, 60)}" is not a number.`);
		numbers[change.key] = value;
	}
	const params = agentParams(agent, numbers);
	if (typeof params === "string") throw usageFailure(`--set: ${sentence(params)}`);
	return params;
}

/** The simulator's settings with the changes applied. The schema is loaded only when there is something to check. */
export async function simulatorWith(changes: readonly Change[]): Promise<SimulatorSettings> {
	const own = of(changes, "simulator");
	const first = own[0];
	if (first === undefined) return DEFAULT_SIMULATOR;
	const { checkedSimulator } = await import("./schema.ts");
	return own.reduce((settings, change) => checkedSimulator(change.from, settings, { [change.key]: jsonOrText(change.text) }), DEFAULT_SIMULATOR);
}

/** The instrument: built-in, overlaid with the specification file, then with single changes. */
export async function instrumentWith(
	symbol: string,
	base: Instrument | null,
	spec: { readonly from: string; readonly fields: Readonly<Record<string, unknown>> } | null,
	changes: readonly Change[],
): Promise<Instrument> {
	const own = of(changes, "instrument");
	if (base !== null && spec === null && own.length === 0) return base;
	const { checkedInstrument } = await import("./schema.ts");
	const fields = { symbol, ...(spec?.fields ?? {}), ...Object.fromEntries(own.map((change) => [change.key, jsonOrText(change.text)])) };
	return checkedInstrument([spec?.from, ...own.map((change) => change.from)].filter((from) => from !== undefined).join(", "), base, fields);
}

/** Conversion rates: `conversion.USDJPY=157.10` or `157.10/157.12` (bid/ask). */
export function conversionWith(base: ConversionRates, changes: readonly Change[]): ConversionRates {
	const rates: Record<string, { readonly bid: number; readonly ask: number }> = { ...base };
	for (const change of of(changes, "conversion")) {
		const [bid, ask = bid] = change.text.split("/").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
		const isRate = /^[A-Z]{6}$/.test(change.key) && bid !== undefined && ask !== undefined && bid > 0 && ask >= bid && ask < 1e9;
		if (!isRate)
			throw usageFailure(
				`${change.from}: "${cleanText(change.text, 60)}" is no rate. Write conversion.USDJPY=157.10 or conversion.USDJPY=157.10/157.12 (bid/ask).`,
			);
		rates[change.key] = { bid, ask };
	}
	return rates;
}

function of(changes: readonly Change[], area: ChangeArea): readonly Change[] {
	return changes.filter((change) => change.area === area);
}

/** `0.1`, `true` and `["FOK"]` are JSON; a bare word is itself. */
function jsonOrText(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** The engine's message as a sentence of ours: cleaned, with an end. */
function sentence(text: string): string {
	const clean = cleanText(text, 400);
	return /[.?!]$/.test(clean) ? clean : `${clean}.`;
}
