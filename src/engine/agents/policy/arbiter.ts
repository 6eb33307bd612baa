import type { Side } from "../../order.ts";
import type { Vote } from "../note.ts";
import { type PolicyAction, TRIAD_ROLES, type TriadRole } from "./manifest.ts";

/**
 * How settled the market's regime is. `turning`: its label has changed within the last `TURNING_BARS` bars. `stable`: it has not, and the labels of late
 * were not all mixed (entropy at most `STABLE_ENTROPY_MAX`). `unsettled`: everything else.
 */
export type RegimeStage = "stable" | "turning" | "unsettled";

/** Closed bars for which a change of label is news. */
export const TURNING_BARS = 10;
/** Entropy of the label shares (0..1) up to which a label that lasts is called stable. */
export const STABLE_ENTROPY_MAX = 0.9;

/** The stage of a regime whose label has lasted `sinceBars` closed bars. */
export function regimeStage(sinceBars: number, entropy: number): RegimeStage {
	if (sinceBars < TURNING_BARS) return "turning";
	return entropy <= STABLE_ENTROPY_MAX ? "stable" : "unsettled";
}

/** What the arbiter is asked. */
export type Ballot = {
	readonly votes: Readonly<Record<TriadRole, Pick<Vote, "action">>>;
	/** Members for which the observation lies outside their training; they vote `hold`. */
	readonly outside: readonly TriadRole[];
	readonly stage: RegimeStage;
	/** This is one of the few decisions in which the researcher may enter alone. */
	readonly exploring: boolean;
	/** Side of the own position, or null; and which member opened it, or null when nobody knows. */
	readonly held: Side | null;
	readonly owner: TriadRole | null;
};

/** What is done, whose word it was (null = nobody's: it holds), and why, for people. */
export type Ruling = { readonly action: PolicyAction; readonly role: TriadRole | null; readonly why: string };

/**
 * The rules, in this order; a decision either leaves or enters, never both.
 *
 * With a position: (1) whoever opened it wants out (says close, or the other side): out. (2) Both others want out: out. (3) Nobody knows who opened it,
 * or that member is outside its training: anybody who wants out is heard. Else it stays.
 *
 * Without one: (4) in a stable regime the incumbent's word counts. (5) When the regime turns the competitor's counts, unless the incumbent wants the
 * other side. (6) In an unsettled one both must want the same side. (7) Where nobody has entered, an exploring researcher may, unless one of the others
 * wants the other side. Else it holds.
 */
export function arbitrate(ballot: Ballot): Ruling {
	return ballot.held === null ? entryRuling(ballot) : exitRuling(ballot, ballot.held);
}

/** Whether the members want different things: with a position only leaving or staying counts, without one only the side. */
export function disagree({ votes, held }: Pick<Ballot, "votes" | "held">): boolean {
	const wishes = TRIAD_ROLES.map((role) => (held === null ? sideOf(votes[role].action) : wantsOut(votes[role].action, held)));
	return wishes.some((wish) => wish !== wishes[0]);
}

function exitRuling({ votes, outside, owner }: Ballot, held: Side): Ruling {
	const leaving = TRIAD_ROLES.filter((role) => wantsOut(votes[role].action, held));
	const [first] = leaving;
	if (owner !== null && leaving.includes(owner)) return { action: "close", role: owner, why: `the ${owner} opened it and wants out` };
	if (first === undefined) return { action: "hold", role: owner, why: "nobody wants out" };
	if (owner === null) return { action: "close", role: first, why: `nobody knows who opened it and the ${first} wants out` };
	if (outside.includes(owner)) return { action: "close", role: first, why: `the ${owner}, who opened it, is outside its training and the ${first} wants out` };
	if (leaving.length === 2) return { action: "close", role: first, why: `the ${leaving.join(" and the ")} want out` };
	return { action: "hold", role: owner, why: `the ${owner} opened it and stays` };
}

function entryRuling({ votes, stage, exploring }: Ballot): Ruling {
	const incumbent = sideOf(votes.incumbent.action);
	const competitor = sideOf(votes.competitor.action);
	const researcher = sideOf(votes.researcher.action);
	const opposed = incumbent !== null && competitor !== null && incumbent !== competitor;
	if (stage === "stable" && incumbent !== null) return enter(incumbent, "incumbent", "the regime is stable");
	if (stage === "turning" && competitor !== null && !opposed) return enter(competitor, "competitor", "the regime is turning");
	if (stage === "unsettled" && incumbent !== null && incumbent === competitor) return enter(incumbent, "incumbent", "both agree in an unsettled regime");
	const isAgainst = (side: Side | null): boolean => side !== null && side !== researcher;
	if (exploring && researcher !== null && !isAgainst(incumbent) && !isAgainst(competitor)) return enter(researcher, "researcher", "it explores");
	if (opposed) return { action: "hold", role: null, why: "incumbent and competitor want opposite sides" };
	return { action: "hold", role: null, why: `nobody whose word counts in ${stage === "unsettled" ? "an" : "a"} ${stage} regime wants to enter` };
}

function enter(side: Side, role: TriadRole, why: string): Ruling {
	return { action: side === "BUY" ? "buy" : "sell", role, why };
}

function sideOf(action: PolicyAction): Side | null {
	return action === "buy" ? "BUY" : action === "sell" ? "SELL" : null;
}

function wantsOut(action: PolicyAction, held: Side): boolean {
	const side = sideOf(action);
	return action === "close" || (side !== null && side !== held);
}
