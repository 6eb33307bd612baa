import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitrate, type Ballot, disagree, type RegimeStage, regimeStage } from "../../../../src/engine/agents/policy/arbiter.ts";
import { type PolicyAction, TRIAD_ROLES } from "../../../../src/engine/agents/policy/manifest.ts";
import { ACTIONS } from "../../../helpers/policy-view.ts";

/** Votes of incumbent, competitor and researcher. */
type Votes = readonly [PolicyAction, PolicyAction, PolicyAction];

function ballot(votes: Votes, changes: Partial<Ballot> = {}): Ballot {
	const [incumbent, competitor, researcher] = votes.map((action) => ({ action })) as [
		{ action: PolicyAction },
		{ action: PolicyAction },
		{ action: PolicyAction },
	];
	return { votes: { incumbent, competitor, researcher }, outside: [], stage: "stable", exploring: false, held: null, owner: null, ...changes };
}

function ruled(votes: Votes, changes: Partial<Ballot> = {}): string {
	const { action, role } = arbitrate(ballot(votes, changes));
	return `${action} ${role ?? "nobody"}`;
}

const ENTRIES: readonly (readonly [what: string, votes: Votes, changes: Partial<Ballot>, wanted: string])[] = [
	["stable: the incumbent enters", ["buy", "hold", "hold"], {}, "buy incumbent"],
	["stable: even against both others", ["buy", "sell", "sell"], {}, "buy incumbent"],
	["stable: the competitor has no say", ["hold", "sell", "sell"], {}, "hold nobody"],
	["turning: the competitor enters", ["hold", "sell", "hold"], { stage: "turning" }, "sell competitor"],
	["turning: both together, by the competitor", ["sell", "sell", "hold"], { stage: "turning" }, "sell competitor"],
	["turning: the incumbent's contradiction stops it", ["buy", "sell", "hold"], { stage: "turning" }, "hold nobody"],
	["turning: the incumbent alone has no say", ["buy", "hold", "buy"], { stage: "turning" }, "hold nobody"],
	["unsettled: both agree", ["sell", "sell", "buy"], { stage: "unsettled" }, "sell incumbent"],
	["unsettled: one alone is not enough", ["sell", "hold", "sell"], { stage: "unsettled" }, "hold nobody"],
	["unsettled: they differ", ["sell", "buy", "buy"], { stage: "unsettled" }, "hold nobody"],
	["exploring: the researcher alone", ["hold", "hold", "sell"], { exploring: true }, "sell researcher"],
	["exploring: a close of nothing is no contradiction", ["close", "close", "buy"], { exploring: true }, "buy researcher"],
	["exploring: not against the competitor", ["hold", "buy", "sell"], { exploring: true }, "hold nobody"],
	["exploring: with the incumbent whose word does not count now", ["buy", "hold", "buy"], { exploring: true, stage: "turning" }, "buy researcher"],
	["exploring: after those whose word counts", ["buy", "hold", "buy"], { exploring: true }, "buy incumbent"],
	["not exploring: never", ["hold", "hold", "sell"], { stage: "turning" }, "hold nobody"],
	["nobody wants in", ["hold", "close", "hold"], {}, "hold nobody"],
];

it.each<[RegimeStage, string]>([
	["unsettled", "nobody whose word counts in an unsettled regime wants to enter"],
	["turning", "nobody whose word counts in a turning regime wants to enter"],
])("says of an %s regime that nobody wants in", (stage, why) => {
	expect(arbitrate(ballot(["hold", "hold", "hold"], { stage })).why).toBe(why);
});

const EXITS: readonly (readonly [what: string, votes: Votes, changes: Partial<Ballot>, wanted: string])[] = [
	["who opened it closes it", ["close", "hold", "hold"], { owner: "incumbent" }, "close incumbent"],
	["who opened it wants the other side: first it leaves", ["hold", "sell", "hold"], { owner: "competitor" }, "close competitor"],
	["one other is not heard", ["hold", "close", "hold"], { owner: "incumbent" }, "hold incumbent"],
	["both others are", ["buy", "close", "sell"], { owner: "incumbent" }, "close competitor"],
	["the researcher's position is kept like any other", ["hold", "hold", "hold"], { owner: "researcher" }, "hold researcher"],
	["nobody knows who opened it: anybody is heard", ["hold", "hold", "close"], {}, "close researcher"],
	["nobody knows and nobody wants out", ["hold", "buy", "hold"], {}, "hold nobody"],
	["who opened it is outside its training: anybody is heard", ["hold", "hold", "sell"], { owner: "incumbent", outside: ["incumbent"] }, "close researcher"],
	["another one is outside: it is not heard", ["hold", "hold", "sell"], { owner: "incumbent", outside: ["competitor"] }, "hold incumbent"],
	["no entry while there is a position", ["buy", "buy", "buy"], { owner: "incumbent", exploring: true }, "hold incumbent"],
];

describe("the arbiter without a position", () => {
	it.each(ENTRIES)("%s", (_what, votes, changes, wanted) => {
		expect(ruled(votes, changes)).toBe(wanted);
	});
});

describe("the arbiter with a long position", () => {
	it.each(EXITS)("%s", (_what, votes, changes, wanted) => {
		expect(ruled(votes, { held: "BUY", ...changes })).toBe(wanted);
	});
});

const role = fc.constantFrom(...TRIAD_ROLES);
const action = fc.constantFrom(...ACTIONS);
const anyBallot = fc
	.record({
		votes: fc.tuple(action, action, action),
		outside: fc.subarray([...TRIAD_ROLES]),
		stage: fc.constantFrom("stable" as const, "turning" as const, "unsettled" as const),
		exploring: fc.boolean(),
		held: fc.constantFrom("BUY" as const, "SELL" as const, null),
		owner: fc.option(role),
	})
	.map(({ votes, outside, ...changes }) => {
		const made = ballot(votes, { outside, ...changes });
		const heard = Object.fromEntries(TRIAD_ROLES.map((one) => [one, outside.includes(one) ? { action: "hold" as const } : made.votes[one]]));
		return { ...made, votes: heard as Ballot["votes"] };
	});

describe("the arbiter", () => {
	it("never enters with a position, never closes without one, and never does what its role did not ask for", () => {
		fc.assert(
			fc.property(anyBallot, (asked) => {
				const { action: done, role: whose, why } = arbitrate(asked);
				expect(why).not.toBe("");
				if (asked.held !== null) expect(["hold", "close"]).toContain(done);
				else expect(done).not.toBe("close");
				if (done === "hold") return;
				expect(whose).not.toBeNull();
				const vote = whose === null ? null : asked.votes[whose].action;
				if (done === "close") expect(vote === "close" || vote === (asked.held === "BUY" ? "sell" : "buy")).toBe(true);
				else expect(vote).toBe(done);
				if (whose === "researcher" && asked.held === null) expect(asked.exploring).toBe(true);
				if (whose !== null) expect(asked.outside).not.toContain(whose);
			}),
		);
	});

	it("always leaves when whoever opened the position wants out", () => {
		fc.assert(
			fc.property(anyBallot, role, fc.constantFrom("BUY" as const, "SELL" as const), (asked, owner, held) => {
				const votes = { ...asked.votes, [owner]: { action: "close" as const } };
				expect(arbitrate({ ...asked, votes, held, owner, outside: asked.outside.filter((one) => one !== owner) }).action).toBe("close");
			}),
		);
	});
});

describe("disagreement", () => {
	it.each([
		["flat, all hold", ["hold", "hold", "hold"], null, false],
		["flat, a close of nothing is a hold", ["hold", "close", "hold"], null, false],
		["flat, one wants in", ["hold", "buy", "hold"], null, true],
		["long, a buy is a hold", ["hold", "buy", "hold"], "BUY", false],
		["long, a sell is a close", ["close", "sell", "close"], "BUY", false],
		["long, one wants out", ["hold", "buy", "sell"], "BUY", true],
	] as const)("%s", (_what, votes, held, wanted) => {
		expect(disagree(ballot(votes, { held }))).toBe(wanted);
	});
});

describe("the stage of a regime", () => {
	it.each([
		[0, 0, "turning"],
		[9, 0, "turning"],
		[10, 0.9, "stable"],
		[10, 0.91, "unsettled"],
		[500, 0.2, "stable"],
	] as const)("%d bars, entropy %d: %s", (bars, entropy, stage) => {
		expect(regimeStage(bars, entropy)).toBe(stage);
	});
});
