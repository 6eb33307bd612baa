import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AgentPosition, RunningAgent } from "../../../../src/engine/agents/agent.ts";
import type { AgentNote } from "../../../../src/engine/agents/note.ts";
import type { PolicyAction, PolicyManifest, TriadRole } from "../../../../src/engine/agents/policy/manifest.ts";
import type { SinglePolicy, TriadPolicy } from "../../../../src/engine/agents/policy/policy.ts";
import { RESEARCHER_SHARE_MAX, startTriad, triadShare } from "../../../../src/engine/agents/policy/triad.ts";
import { BY_HAND } from "../../../helpers/policy.ts";
import { noteTaker, PARAMS, position, shortly, viewOf, wanting } from "../../../helpers/policy-view.ts";

type Members = Readonly<Record<TriadRole, SinglePolicy>>;

function triad(members: Members): TriadPolicy {
	const manifest = { format: 1, name: "three", line: "three", timeframe: null, symbols: null, warmupBars: 20, provenance: BY_HAND } as const;
	return { kind: "triad", manifest: { ...manifest, triad: { incumbent: "a", competitor: "b", researcher: "c" } }, members };
}

/** Three that always want the same. */
function always(incumbent: PolicyAction, competitor: PolicyAction, researcher: PolicyAction, changes: Partial<PolicyManifest> = {}): Members {
	return { incumbent: wanting(incumbent, changes), competitor: wanting(competitor, changes), researcher: wanting(researcher, changes) };
}

const STABLE = { underdamped: 1, entropy: 0.5 };

/** An agent whose regime has been stable for `bars` closed bars. */
function settled(members: Members, { bars = 20, seed = 1 } = {}): RunningAgent {
	const agent = startTriad(triad(members), PARAMS, seed);
	for (let bar = 0; bar < bars; bar++) agent.onBar(viewOf({ fields: STABLE }));
	return agent;
}

function decide(agent: RunningAgent, positions: readonly AgentPosition[] = [], fields = {}): { readonly did: string; readonly notes: readonly AgentNote[] } {
	const { notes, take } = noteTaker();
	const view = viewOf({ positions, fields: { ...STABLE, ...fields } });
	agent.onBar(view);
	return { did: shortly(agent.decide(view, take)), notes };
}

/** The first seed whose first decision explores, or does not. */
function seedThat(explores: boolean): number {
	for (let seed = 1; seed < 1000; seed++) if ((decide(settled(always("hold", "hold", "buy"), { seed })).did !== "") === explores) return seed;
	throw new Error("no such seed");
}

describe("a triad", () => {
	it("lets the incumbent enter in a stable regime and tells every vote of a disagreement", () => {
		const agent = settled(always("buy", "sell", "hold"), { seed: seedThat(false) });
		const { did, notes } = decide(agent);
		expect(did).toBe("open BUY 0.5 stop 20 target 30");
		expect(notes).toEqual([
			{
				note: "disagreement",
				role: "incumbent",
				why: "the regime is stable",
				votes: [
					{ role: "incumbent", action: "buy", confidence: expect.closeTo(0.948, 3) },
					{ role: "competitor", action: "sell", confidence: expect.closeTo(0.948, 3) },
					{ role: "researcher", action: "hold", confidence: expect.closeTo(0.948, 3) },
				],
			},
		]);
		expect(agent.lastWords?.()).toBe("buy by incumbent: the regime is stable (incumbent buy 0.95, competitor sell 0.95, researcher hold 0.95)");
	});

	it("is silent when all agree", () => {
		expect(decide(settled(always("buy", "buy", "buy"))).notes).toEqual([]);
	});

	it("hears the competitor for ten bars after the label has changed", () => {
		const agent = settled(always("hold", "sell", "hold"), { seed: seedThat(false) });
		const turned = { underdamped: 0, overdamped: 1 };
		const did = Array.from({ length: 11 }, () => decide(agent, [], turned).did);
		expect(did.slice(0, 10)).toEqual(new Array(10).fill("open SELL 0.5 stop 20 target 30"));
		expect(did[10]).toBe("");
	});

	it("remembers who opened a position and lets that member decide when it ends", () => {
		const agent = settled(always("close", "sell", "hold"), { bars: 5 });
		expect(decide(agent).did).toBe("open SELL 0.5 stop 20 target 30");
		// The competitor opened it: that the incumbent wants out is not enough.
		for (let bar = 0; bar < 12; bar++) expect(decide(agent, [position("SELL", 9)]).did).toBe("");
		// A position that nobody sent for: the incumbent's word is enough.
		expect(decide(agent, [position("SELL", 10)]).did).toBe("close 10");
		expect(agent.state).toMatchObject({
			opening: null,
			owners: [
				{ positionId: 9, role: "competitor" },
				{ positionId: 10, role: null },
			],
		});
	});

	it("remembers the openers of the last sixteen positions, however many there were", () => {
		const agent = settled(always("hold", "hold", "hold"));
		for (let id = 1; id <= 40; id++) decide(agent, [position("SELL", id)]);
		const { owners } = agent.state as { readonly owners: readonly { readonly positionId: number }[] };
		expect(owners.map(({ positionId }) => positionId)).toEqual(Array.from({ length: 16 }, (_, index) => 25 + index));
	});

	it("says that nobody opened a position that comes long after the entry", () => {
		const agent = settled(always("close", "sell", "hold"), { bars: 5, seed: seedThat(false) });
		expect(decide(agent).did).not.toBe("");
		for (let bar = 0; bar < 20; bar++) decide(agent);
		expect(decide(agent, [position("SELL", 9)]).did).toBe("close 9");
	});

	it("holds and tells it once when the observation is outside everybody's training", () => {
		const agent = settled(always("buy", "buy", "buy", { distribution: [[-1, -1, -1, 0, 0, 0, 1, 1, 1], null, null] }));
		const { did, notes } = decide(agent, [], { velocityAtr: 9 });
		expect(did).toBe("");
		expect(notes).toEqual([{ note: "outside", feature: "velocityAtr", value: 9, low: -1.5, high: 1.5, others: 0 }]);
		expect(agent.lastWords?.()).toBeNull();
	});

	it("goes on without a member for which it is outside, and says which", () => {
		const narrow = wanting("buy", { distribution: [[-1, -1, -1, 0, 0, 0, 1, 1, 1], null, null] });
		const agent = settled({ ...always("buy", "sell", "hold"), incumbent: narrow });
		const { did, notes } = decide(agent, [], { velocityAtr: 9 });
		expect(did).toBe("");
		expect(notes[0]).toEqual({ note: "outside", feature: "velocityAtr", value: 9, low: -1.5, high: 1.5, others: 0, member: "incumbent" });
		expect(notes[1]).toMatchObject({ note: "disagreement", role: null, votes: [{ role: "incumbent", action: "hold", confidence: 0 }, {}, {}] });
		expect(agent.state).toMatchObject({ outside: { incumbent: 1, competitor: 0, researcher: 0 } });
	});

	it("throws when a member's network is not ours", () => {
		const members = { ...always("buy", "buy", "buy"), researcher: { ...wanting("buy"), network: null } };
		expect(() => startTriad(triad(members), PARAMS, 1)).toThrow("is computed by another runtime");
	});
});

describe("the researcher", () => {
	it("enters alone only when it explores, and small", () => {
		expect(decide(settled(always("hold", "hold", "buy"), { seed: seedThat(false) })).did).toBe("");
		expect(decide(settled(always("hold", "hold", "buy"), { seed: seedThat(true) })).did).toBe(`open BUY ${RESEARCHER_SHARE_MAX} stop 20 target 30`);
	});

	it("explores about once in twenty decisions, the same ones for the same seed", () => {
		const run = (seed: number): string => {
			const agent = settled(always("hold", "hold", "buy"), { seed });
			return Array.from({ length: 1000 }, () => (decide(agent).did === "" ? "." : "x")).join("");
		};
		const entries = run(5).replaceAll(".", "").length;
		expect(entries).toBeGreaterThan(25);
		expect(entries).toBeLessThan(80);
		expect(run(5)).toBe(run(5));
		expect(run(5)).not.toBe(run(6));
	});

	it("does not let chance close a position", () => {
		const agent = settled(always("hold", "hold", "hold"));
		for (let bar = 0; bar < 500; bar++) expect(decide(agent, [position("BUY", 9)]).did).toBe("");
	});
});

describe("the size of a triad's entry", () => {
	const share = fc.double({ min: 0.01, max: 1, noNaN: true });
	const sized = (riskShare: number): SinglePolicy => wanting("buy", { sizing: { riskShare, stopAtr: 2, targetAtr: null } });

	it("is never larger than any member allows, and never larger than the cap when the researcher acts alone", () => {
		fc.assert(
			fc.property(share, share, share, share, (incumbent, competitor, researcher, size) => {
				const members = { incumbent: sized(incumbent), competitor: sized(competitor), researcher: sized(researcher) };
				for (const role of ["incumbent", "competitor", "researcher"] as const) {
					const taken = triadShare(members, role, size);
					expect(taken).toBeGreaterThan(0);
					expect(taken).toBeLessThanOrEqual(Math.min(incumbent, competitor, researcher));
					expect(taken).toBeLessThanOrEqual(members[role].manifest.sizing.riskShare * size);
					if (role === "researcher") expect(taken).toBeLessThanOrEqual(RESEARCHER_SHARE_MAX);
				}
			}),
		);
	});
});
