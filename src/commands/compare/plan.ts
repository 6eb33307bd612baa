import { cleanText } from "../../adapters/clean-text.ts";
import { usageFailure } from "../../adapters/failure.ts";
import { SYNTHETIC_GENERATOR } from "../../adapters/feed/synthetic.ts";
import type { CompareRequest } from "../../args/compare.ts";
import { AGENT_FORM, agentIds, readAgentText } from "../../config/agent-name.ts";
import { parseChange } from "../../config/changes.ts";
import type { RunOptions } from "../../config/options.ts";
import { planRun, type RunPlan } from "../../config.ts";
import { POLICY_PARAMETERS } from "../../engine/agents/policy/policy.ts";
import { buildOf, findAgent } from "../../engine/agents/registry.ts";
import type { TrialPlan } from "../../trial/plan.ts";
import { trainingDataOf, trainingOverlap } from "../run/trained-on.ts";
import { cutWindows, type DataWindow } from "./windows.ts";

/** An agent that takes part. `label`: its name, with its build where another has the same name. */
export type Contestant = { readonly label: string; readonly build: string; readonly plan: RunPlan };

/** A session that every agent meets in the same way: a stretch of a file, or a seed of the generated market. */
export type ComparedSession = {
	readonly name: string;
	readonly seed: number;
	readonly window: DataWindow | null;
};

/** Everything that is compared. */
export type ComparePlan = {
	readonly contestants: readonly Contestant[];
	readonly sessions: readonly ComparedSession[];
	/** Bars of warm-up, the same for all: the most that any of them needs. */
	readonly warmupBars: number;
	readonly currency: string;
	/** The market in a few words. */
	readonly market: string;
	/** What the reader must know, in sentences. */
	readonly notes: readonly string[];
};

const AGENTS_MAX = 12;
/** Sessions when `--seeds` says nothing. */
export const DEFAULT_SEEDS = 20;
const SEED_MAX = 4_294_967_295;

/** Loads every agent and settles the sessions. Throws a `Failure` for what cannot be compared. */
export async function planComparison({ options, agents, files, seeds }: CompareRequest): Promise<ComparePlan> {
	if (agents.length < 2)
		throw usageFailure(`--agents: name at least two, such as --agents ${agents[0] ?? "sma"},buy-and-hold. Known: ${agentIds().join(", ")}.`);
	if (agents.length > AGENTS_MAX) throw usageFailure(`--agents: ${agents.length} agents; at most ${AGENTS_MAX} are compared at once.`);
	const first = files[0];
	const base: RunOptions = { ...options, seed: options.seed ?? 1, ...(first === undefined ? {} : { file: first }) };
	requireKnownParameters(base, agents);
	const contestants: Contestant[] = [];
	for (const text of agents) contestants.push(await contestant(base, text));
	const labelled = labels(contestants);
	const warmupBars = Math.max(...labelled.map(({ plan }) => plan.config.warmupBars));
	const plan = (labelled[0] as Contestant).plan;
	const count = seeds ?? DEFAULT_SEEDS;
	const start = plan.config.seed;
	if (start + count - 1 > SEED_MAX) throw usageFailure(`--seed ${start}: ${count} seeds from there on go beyond ${SEED_MAX}.`);
	const windows = plan.config.feed.kind === "csv" ? await windowsOf(plan, base, files, warmupBars, count) : null;
	const sessions = Array.from({ length: count }, (_, index) => sessionOf(start + index, windows?.[index] ?? null));
	const notes = labelled.flatMap((one) => trainingNote(one, sessions));
	return { contestants: labelled, sessions, warmupBars, currency: plan.config.account.currency, market: marketOf(plan, files.length), notes };
}

function sessionOf(seed: number, window: DataWindow | null): ComparedSession {
	return { name: window?.name ?? `seed ${seed}`, seed, window };
}

async function windowsOf(first: RunPlan, base: RunOptions, files: readonly string[], warmupBars: number, count: number): Promise<readonly DataWindow[]> {
	const plans = [first];
	for (const file of files.slice(1)) {
		const other = await planRun({ ...withoutAgentSets(base), agent: "buy-and-hold", file }, false);
		requireSameMarket(first, other);
		plans.push(other);
	}
	return cutWindows(plans, warmupBars, count);
}

function marketOf({ config }: RunPlan, files: number): string {
	const { symbol } = config.instrument;
	if (config.feed.kind === "synthetic") return `${symbol}, synthetic market, scenario ${config.feed.scenario}`;
	return `${symbol}, recorded market, ${files === 1 ? "1 file" : `${files} files`}`;
}

/** What must be known of an agent that has met some of the sessions in its training. */
function trainingNote({ label, plan }: Contestant, sessions: readonly ComparedSession[]): string[] {
	const data = trainingDataOf(plan.agent);
	const { symbol } = plan.config.instrument;
	const why = sessions.flatMap(({ seed, window }) => {
		const made = { kind: "synthetic", generator: SYNTHETIC_GENERATOR, symbol, scenario: "", seed, startAt: 0, sessionStartAt: 0 } as const;
		return trainingOverlap(data, window === null ? { feed: made, symbol, from: null, to: null } : { ...window.market, symbol }) ?? [];
	});
	return why.length === 0 ? [] : [`${label} knows ${why.length} of the ${sessions.length} sessions from its training. ${why[0]}`];
}

/** What a thread is asked for one agent in one session: nothing but the agent differs between two agents. */
export function trialOf({ plan }: Contestant, session: ComparedSession, warmupBars: number): TrialPlan {
	const { seed: _seed, ...config } = plan.config;
	const { feed } = config;
	const own = feed.kind === "csv" && session.window !== null ? { ...feed, file: session.window.file, from: session.window.from, to: session.window.to } : feed;
	const { agent } = plan;
	return {
		// The files of a policy are for the home's store, which a trial does not use.
		agent: agent.kind === "policy" ? { ...agent, files: new Map() } : agent,
		timeframeMinutes: plan.timeframeMinutes,
		timeframeAsked: plan.timeframeAsked,
		config: { ...config, feed: own, warmupBars },
		seed: session.seed,
	};
}

async function contestant(base: RunOptions, text: string): Promise<Contestant> {
	if (!AGENT_FORM.pattern.test(text)) throw usageFailure(`--agents: "${cleanText(text, 60)}" is no name of ${AGENT_FORM.what}.`);
	const keys = parameterKeys(text);
	const set = base.set.filter((change) => agentKeyOf(change) === null || keys.includes(agentKeyOf(change) ?? ""));
	const plan = await planRun({ ...base, agent: text, set }, false);
	if (plan.live !== null || plan.config.mode !== "virtual")
		throw usageFailure("Agents are compared on made or recorded markets only: --feed synthetic or csv, mode virtual.");
	return { label: plan.config.agent.id, build: buildOf(plan.config.agent), plan };
}

/** A parameter counts for every agent that has it; one that nobody has is a mistake. */
function requireKnownParameters({ set }: RunOptions, agents: readonly string[]): void {
	const known = new Set(agents.flatMap(parameterKeys));
	for (const text of set) {
		const key = agentKeyOf(text);
		if (key !== null && !known.has(key))
			throw usageFailure(`--set agent.${cleanText(key, 40)}: none of these agents has such a parameter. See: kinetra agents`);
	}
}

function withoutAgentSets(options: RunOptions): RunOptions {
	return { ...options, set: options.set.filter((text) => agentKeyOf(text) === null) };
}

function agentKeyOf(text: string): string | null {
	const { area, key } = parseChange(text);
	return area === "agent" ? key : null;
}

function parameterKeys(text: string): readonly string[] {
	const named = readAgentText(text);
	if (named.kind === "process") return [];
	const parameters = named.kind === "rule" ? (findAgent(named.name)?.parameters ?? []) : POLICY_PARAMETERS;
	return parameters.map(({ key }) => key);
}

function labels(contestants: readonly Contestant[]): readonly Contestant[] {
	for (const [index, { build, label }] of contestants.entries()) {
		if (contestants.findIndex((other) => other.build === build) !== index)
			throw usageFailure(`--agents names ${cleanText(label, 60)} twice (${cleanText(build, 100)}): an agent is not compared with itself. Leave one out.`);
	}
	return contestants.map((one) => (contestants.some((other) => other !== one && other.label === one.label) ? { ...one, label: one.build } : one));
}

function requireSameMarket(first: RunPlan, other: RunPlan): void {
	const [one, two] = [first.config.instrument.symbol, other.config.instrument.symbol];
	if (one !== two) throw usageFailure(`The files are of ${one} and ${two}. Compare on one symbol at a time: what is money and risk differs between them.`);
	if (first.timeframeMinutes !== other.timeframeMinutes)
		throw usageFailure("The files are of different timeframes. Compare on one at a time, or give --timeframe.");
}
