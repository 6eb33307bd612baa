import { fieldIndex } from "../../market/observation.ts";
import { fork, type RandomState, uniform } from "../../random.ts";
import type { AgentView, Intent, RunningAgent } from "../agent.ts";
import type { OutsideNote, TakeNote, Vote } from "../note.ts";
import { arbitrate, type Ballot, disagree, type Ruling, regimeStage } from "./arbiter.ts";
import { actionsToIntents } from "./intents.ts";
import { drawn, type Judgement } from "./judge.ts";
import { TRIAD_ROLES, type TriadRole } from "./manifest.ts";
import { createMind, isOutside, type Mind } from "./mind.ts";
import type { SinglePolicy, TriadPolicy } from "./policy.ts";

/** Risk share that a researcher alone takes at most, whatever its manifest says. */
export const RESEARCHER_SHARE_MAX = 0.25;
/** Share of the decisions without a position in which the researcher answers at random, by its own shares, and may enter alone. */
export const EXPLORE_SHARE = 0.05;
/** Decisions that an entry may take to become a position, before nobody is said to have opened it. */
const OPENING_DECISIONS_MAX = 3;
/** Positions whose opener is remembered. */
const OWNERS_MAX = 16;

const UNDERDAMPED = fieldIndex("underdamped");
const OVERDAMPED = fieldIndex("overdamped");
const ENTROPY = fieldIndex("entropy");

type TriadState = {
	/** The regime's label as the observation tells it: 1 underdamped, -1 overdamped, 0 critical; null before the first bar. */
	label: number | null;
	/** Closed bars since it changed. */
	sinceBars: number;
	decisions: number;
	/** Decisions in which each member was outside its training. */
	readonly outside: Record<TriadRole, number>;
	/** Whose entry is on its way, and since which decision. */
	opening: { readonly role: TriadRole; readonly decision: number } | null;
	readonly owners: { readonly positionId: number; readonly role: TriadRole | null }[];
	readonly random: RandomState;
};

type Opinions = Readonly<Record<TriadRole, Judgement | OutsideNote>>;

/** Three policies and their arbiter (arbiter.ts) as one agent. Deterministic by the seed; which member opened a position is part of its state. */
export function startTriad(policy: TriadPolicy, params: Readonly<Record<string, number>>, seed: number): RunningAgent {
	const { members } = policy;
	const minds: Readonly<Record<TriadRole, Mind>> = byRole((role) => createMind(members[role], params));
	const state: TriadState = {
		label: null,
		sinceBars: 0,
		decisions: 0,
		outside: { incumbent: 0, competitor: 0, researcher: 0 },
		opening: null,
		owners: [],
		random: fork(seed, "triad"),
	};
	let words: string | null = null;
	return {
		state,
		onBar: (view) => watchRegime(state, view),
		decide(view, note) {
			state.decisions++;
			rememberOwners(state, view);
			// Drawn every time, so that what one member says moves no later draw.
			const exploring = uniform(state.random) < EXPLORE_SHARE;
			const draw = uniform(state.random);
			const opinions = byRole((role) => {
				const opinion = minds[role](view.observation);
				return role === "researcher" && exploring && view.positions.length === 0 && !isOutside(opinion) ? redrawn(opinion, members.researcher, draw) : opinion;
			});
			const outside = TRIAD_ROLES.filter((role) => isOutside(opinions[role]));
			for (const role of outside) state.outside[role]++;
			tellOutside(opinions, outside, note);
			words = null;
			if (outside.length === TRIAD_ROLES.length) return NOTHING;
			const ballot = ballotOf(state, view, { opinions, outside, exploring });
			const ruling = arbitrate(ballot);
			const votes = TRIAD_ROLES.map((role) => voteOf(role, opinions[role]));
			if (disagree(ballot)) note({ note: "disagreement", votes, role: ruling.role, why: ruling.why });
			words = `${ruling.action} by ${ruling.role ?? "nobody"}: ${ruling.why} (${votes.map(voteWords).join(", ")})`;
			return act(state, view, { ruling, opinions, members, why: words });
		},
		lastWords: () => words,
	};
}

const NOTHING: readonly Intent[] = [];

/**
 * The largest risk share at which a member's word becomes an entry: never more than any member's manifest allows, and a researcher's never more than
 * `RESEARCHER_SHARE_MAX`. `size`: what an exposure scales it by.
 */
export function triadShare(members: TriadPolicy["members"], role: TriadRole, size: number): number {
	const own = members[role].manifest.sizing.riskShare * size;
	const least = Math.min(own, ...TRIAD_ROLES.map((other) => members[other].manifest.sizing.riskShare));
	return role === "researcher" ? Math.min(least, RESEARCHER_SHARE_MAX) : least;
}

function byRole<T>(make: (role: TriadRole) => T): Record<TriadRole, T> {
	return { incumbent: make("incumbent"), competitor: make("competitor"), researcher: make("researcher") };
}

function watchRegime(state: TriadState, { observation }: AgentView): void {
	const label = (observation[UNDERDAMPED] as number) - (observation[OVERDAMPED] as number);
	state.sinceBars = label === state.label ? state.sinceBars + 1 : 0;
	state.label = label;
}

/** A position seen for the first time belongs to whoever's entry was on its way; one that nobody sent for, to nobody. */
function rememberOwners(state: TriadState, { positions }: AgentView): void {
	const { opening, owners } = state;
	if (opening !== null && state.decisions - opening.decision > OPENING_DECISIONS_MAX) state.opening = null;
	for (const { positionId } of positions) {
		if (owners.some((owner) => owner.positionId === positionId)) continue;
		owners.push({ positionId, role: state.opening?.role ?? null });
		state.opening = null;
		if (owners.length > OWNERS_MAX) owners.shift();
	}
}

function redrawn(opinion: Judgement, { manifest: { output } }: SinglePolicy, draw: number): Judgement {
	return output.kind === "continuous" ? opinion : drawn(opinion, output.actions, draw);
}

/** All outside: one note, the agent holds. Some: a note for each of them, the others go on. */
function tellOutside(opinions: Opinions, outside: readonly TriadRole[], note: TakeNote): void {
	for (const role of outside) {
		const opinion = opinions[role];
		if (!isOutside(opinion)) continue;
		if (outside.length < TRIAD_ROLES.length) note({ ...opinion, member: role });
		else {
			note(opinion);
			return;
		}
	}
}

function ballotOf(
	state: TriadState,
	{ positions, observation }: AgentView,
	asked: { readonly opinions: Opinions; readonly outside: readonly TriadRole[]; readonly exploring: boolean },
): Ballot {
	const [own] = positions;
	return {
		votes: byRole((role) => voteOf(role, asked.opinions[role])),
		outside: asked.outside,
		stage: regimeStage(state.sinceBars, observation[ENTROPY] as number),
		exploring: asked.exploring,
		held: own?.side ?? null,
		owner: state.owners.find(({ positionId }) => positionId === own?.positionId)?.role ?? null,
	};
}

function voteOf(role: TriadRole, opinion: Judgement | OutsideNote): Vote {
	return isOutside(opinion) ? { role, action: "hold", confidence: 0 } : { role, action: opinion.action, confidence: opinion.confidence };
}

function voteWords({ role, action, confidence }: Vote): string {
	return `${role} ${action} ${confidence.toFixed(2)}`;
}

function act(
	state: TriadState,
	view: AgentView,
	ruled: { readonly ruling: Ruling; readonly opinions: Opinions; readonly members: TriadPolicy["members"]; readonly why: string },
): readonly Intent[] {
	const { action, role } = ruled.ruling;
	if (role === null || action === "hold") return NOTHING;
	const opinion = ruled.opinions[role];
	const size = isOutside(opinion) ? 1 : opinion.size;
	const sizing = { ...ruled.members[role].manifest.sizing, riskShare: triadShare(ruled.members, role, size) };
	const intents = actionsToIntents(action, view, sizing, ruled.why);
	if (intents.some((intent) => intent.kind === "open")) state.opening = { role, decision: state.decisions };
	return intents;
}
