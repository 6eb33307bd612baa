import { buildOf } from "../agents/registry.ts";
import type { Mode, SessionConfig } from "../config.ts";
import { timeframeName } from "../market/timeframe.ts";
import { defaultRules, formatRule, type Rules } from "../rules.ts";
import { RULES, type RuleKey } from "../rules-table.ts";

/** The limits of all three stages as one configuration sets them: a certificate is about the whole of it (control C03). */
export type StageLimits = Readonly<Record<Mode, Rules>>;

/**
 * Everything that evidence and certificates are bound to (control C03): what must be the same between the sessions that prove something and the
 * session that relies on it. Not in it: seed, feed, duration, count of trades, what happens at the exit, account. Plain JSON.
 */
export type Binding = {
	/** Kind, code version and changed parameters of the agent. */
	readonly agentBuild: string;
	readonly symbol: string;
	/** What the symbol's prices and volumes mean. */
	readonly digits: number;
	readonly volumeStep: number;
	readonly contractSize: number;
	readonly timeframeMinutes: number;
	/** Version of Kinetra: another one may decide differently. */
	readonly engineVersion: string;
	readonly bridgeProtocol: number;
	readonly observationVersion: string;
	readonly chsThreshold: number;
	readonly riskPct: number;
	readonly onBreaker: "hold" | "flatten";
	readonly warmupBars: number;
	readonly limits: StageLimits;
};

/** What the program is, besides its configuration. */
export type ProgramVersions = Pick<Binding, "engineVersion" | "bridgeProtocol" | "observationVersion">;

/** The binding of a session with this configuration. */
export function bindingOf(config: Omit<SessionConfig, "rules">, limits: StageLimits, versions: ProgramVersions): Binding {
	const { instrument } = config;
	return {
		agentBuild: buildOf(config.agent),
		symbol: instrument.symbol,
		digits: instrument.digits,
		volumeStep: instrument.volumeStep,
		contractSize: instrument.contractSize,
		timeframeMinutes: config.timeframeMinutes,
		...versions,
		chsThreshold: config.chsThreshold,
		riskPct: config.riskPct,
		onBreaker: config.onBreaker,
		warmupBars: config.warmupBars,
		limits,
	};
}

/** What must be equal, in words. */
const IDENTITY = {
	agentBuild: "agent build",
	symbol: "symbol",
	digits: "digits of the symbol",
	volumeStep: "volume step of the symbol",
	contractSize: "contract size of the symbol",
	timeframeMinutes: "timeframe",
	engineVersion: "version of Kinetra",
	bridgeProtocol: "protocol of the bridge",
	observationVersion: "version of the observation",
	warmupBars: "bars of warm-up",
} as const satisfies Partial<Record<keyof Binding, string>>;

/**
 * Why a certificate of `certified` does not cover `now`, each in a sentence part that names the field; empty when it does: the same agent,
 * symbol, timeframe and program, and no limit looser (tightening keeps a certificate, loosening voids it; control C03).
 */
export function uncovered(now: Binding, certified: Binding): readonly string[] {
	const changed = (Object.keys(IDENTITY) as (keyof typeof IDENTITY)[])
		.filter((key) => now[key] !== certified[key])
		.map((key) => `${IDENTITY[key]} is ${now[key]}, was ${certified[key]}`);
	return [...changed, ...looserThan(now, certified)];
}

/** Which limits are looser now than they were certified, in words; empty when none is. A value that cannot be compared is looser: fail closed. */
export function looserThan(now: Binding, certified: Binding): readonly string[] {
	const looser: string[] = [];
	if (!(now.chsThreshold >= certified.chsThreshold)) looser.push(`CHS threshold is ${now.chsThreshold}, was ${certified.chsThreshold}: lower is looser`);
	if (!(now.riskPct <= certified.riskPct)) looser.push(`risk is ${now.riskPct} %, was ${certified.riskPct} %: higher is looser`);
	if (now.onBreaker !== certified.onBreaker && now.onBreaker !== "flatten") looser.push(`on-breaker is ${now.onBreaker}, was ${certified.onBreaker}`);
	for (const mode of MODES) for (const key of RULE_KEYS) looser.push(...looserRule(mode, key, now.limits[mode]?.[key], certified.limits[mode]?.[key]));
	return looser;
}

function looserRule(mode: Mode, key: RuleKey, now: number | boolean | undefined, was: number | boolean | undefined): readonly string[] {
	if (now === was && now !== undefined) return [];
	const row = RULES[key];
	const known = typeof now === "number" && typeof was === "number" && row.kind === "number";
	if (known && (row.tighter === "lower" ? now < was : now > was)) return [];
	// A flag that differs may only be the safer of the two: every one of them is safer when it is on.
	if (now === true && was === false) return [];
	return [`limit ${key} of ${mode} is ${shown(key, now)}, was ${shown(key, was)}`];
}

function shown(key: RuleKey, value: number | boolean | undefined): string {
	return value === undefined ? "missing" : formatRule(key, value);
}

/** What differs from the defaults, in words, so that two bindings of one agent can be told apart. */
export function settingsOf(binding: Binding): readonly string[] {
	const settings: string[] = [];
	if (binding.riskPct !== 1) settings.push(`risk ${binding.riskPct} %`);
	if (binding.chsThreshold !== 0.55) settings.push(`CHS threshold ${binding.chsThreshold}`);
	if (binding.onBreaker !== "hold") settings.push(`on-breaker ${binding.onBreaker}`);
	for (const mode of MODES) {
		const usual = defaultRules(mode);
		for (const key of RULE_KEYS) if (binding.limits[mode][key] !== usual[key]) settings.push(`${mode} ${key} ${formatRule(key, binding.limits[mode][key])}`);
	}
	return settings;
}

/** The timeframe as people write it. */
export function timeframeOf(binding: Binding): string {
	return timeframeName(binding.timeframeMinutes);
}

const MODES: readonly Mode[] = ["virtual", "demo", "live"];
const RULE_KEYS = Object.keys(RULES) as RuleKey[];
