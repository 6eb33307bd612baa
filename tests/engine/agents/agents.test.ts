import { describe, expect, it } from "vitest";
import type { AgentPosition, AgentView, Intent, RunningAgent } from "../../../src/engine/agents/agent.ts";
import { readIntents } from "../../../src/engine/agents/read-intents.ts";
import { agentParams, agentWarmupBars, buildOf, findAgent, listAgents, startAgentById } from "../../../src/engine/agents/registry.ts";
import { emptyObservation, fieldIndex } from "../../../src/engine/market/observation.ts";
import type { Side } from "../../../src/engine/order.ts";

function started(id: string, changes: Readonly<Record<string, number>> = {}): RunningAgent {
	const listing = findAgent(id);
	const params = listing === null ? "no agent" : agentParams(listing, changes);
	if (typeof params === "string") throw new Error(params);
	return startAgentById(id, params);
}

function holding(side: Side): AgentPosition {
	return { positionId: 5, side, lots: 1, openPrice: 100, openedAt: 0, sl: 1, tp: 0, ageBars: 1, floatingR: 0, mfeR: 0 };
}

type Seen = Partial<Omit<AgentView, "bar" | "observation">> & { readonly close?: number; readonly fields?: Readonly<Record<string, number>> };

function viewOf({ close, fields, ...changes }: Seen = {}): AgentView {
	const observation = emptyObservation();
	for (const [name, value] of Object.entries(fields ?? {})) observation[fieldIndex(name)] = value;
	const price = close ?? 100;
	const bar = { openAt: 0, open: price, high: price, low: price, close: price, volume: 1, spreadPoints: 1 };
	return { at: 0, bar, observation, atrPoints: 10, bid: price, ask: price + 1, positions: [], entry: { mayEnter: true }, ...changes };
}

/** What the agent answers to each close in turn, in short words. */
function answers(agent: RunningAgent, closes: readonly number[], seen: Seen = {}): string[] {
	return closes.map((close) => {
		const view = viewOf({ ...seen, close });
		agent.onBar(view);
		return shortly(agent.decide(view, () => {}));
	});
}

function shortly(intents: readonly Intent[]): string {
	return intents.map((intent) => (intent.kind === "open" ? `open ${intent.side}` : intent.kind)).join(" + ");
}

describe("sma", () => {
	const SHORT = { fastBars: 2, slowBars: 3 };

	it("asks on the bar of the cross, in its direction", () => {
		// Fast (2) and slow (3) means: 10 9 8 -> 8.5 < 9; 12 -> 10 > 9.67 (cross up); 13; 5 -> 9 < 10 (cross down).
		expect(answers(started("sma", SHORT), [10, 9, 8, 12, 13, 5])).toEqual(["", "", "", "open BUY", "open BUY", "open SELL"]);
	});

	it("knows no cross before both means exist, and none out of equal means", () => {
		// 10 10 10: equal; 20 -> fast above slow, but it was not below the bar before.
		expect(answers(started("sma", SHORT), [10, 10, 10, 20, 20, 20])).toEqual(["", "", "", "", "", ""]);
	});

	it("waits at most three bars for an entry that is not allowed", () => {
		const agent = started("sma", SHORT);
		const held = { entry: { mayEnter: false, control: "C28", reason: "cooldown" } } as const;
		answers(agent, [10, 9, 8]);
		expect(answers(agent, [12, 13, 14], held)).toEqual(["", "", ""]);
		expect(answers(agent, [15])).toEqual(["open BUY"]);
		expect(answers(agent, [16])).toEqual([""]);
	});

	it("closes the other side first, opens behind it, and is content when it sees its position", () => {
		const agent = started("sma", SHORT);
		answers(agent, [10, 9, 8]);
		expect(answers(agent, [12], { positions: [holding("SELL")] })).toEqual(["close + open BUY"]);
		expect(answers(agent, [13], { positions: [holding("BUY")] })).toEqual([""]);
		expect(answers(agent, [14])).toEqual([""]);
	});

	it("still closes the wrong side when it may not enter", () => {
		const agent = started("sma", SHORT);
		answers(agent, [10, 9, 8]);
		const entry = { mayEnter: false, control: "C36", reason: "paused" } as const;
		expect(answers(agent, [12], { positions: [holding("SELL")], entry })).toEqual(["close"]);
	});

	it("puts stop and target in average true ranges, rounded up", () => {
		const agent = started("sma", { ...SHORT, stopAtr: 3, targetAtr: 1.5 });
		answers(agent, [10, 9, 8]);
		const view = viewOf({ close: 12, atrPoints: 10.1 });
		agent.onBar(view);
		expect(agent.decide(view, () => {})).toEqual([
			{ kind: "open", side: "BUY", size: { kind: "risk", share: 1 }, stopPoints: 31, targetPoints: 16, reason: "fast mean crossed above slow" },
		]);
	});

	it("trades fixed lots without a stop when told to", () => {
		const agent = started("sma", { ...SHORT, stopAtr: 0, lots: 0.3 });
		answers(agent, [10, 9, 8]);
		const view = viewOf({ close: 12 });
		agent.onBar(view);
		expect(agent.decide(view, () => {})).toMatchObject([{ size: { kind: "lots", lots: 0.3 }, stopPoints: null, targetPoints: null }]);
	});

	it("needs one bar more than its slow mean, and enough for the true range", () => {
		expect(agentWarmupBars("sma", { fastBars: 20, slowBars: 50 })).toBe(51);
		expect(agentWarmupBars("sma", { fastBars: 2, slowBars: 3 })).toBe(15);
	});
});

describe("berserker", () => {
	const BURST = { energyBurst: 3, dampingRank: 0.2, momentum: 0.4, velocity: 0.001 };

	const ENTRIES: readonly (readonly [string, Readonly<Record<string, number>>, string])[] = [
		["a burst upwards", BURST, "open BUY"],
		["a burst downwards", { ...BURST, momentum: -0.4, velocity: -0.001 }, "open SELL"],
		["exactly at its limits", { energyBurst: 1.8, dampingRank: 0.6, momentum: 0.05, velocity: 0.001 }, "open BUY"],
		["too little energy", { ...BURST, energyBurst: 1.79 }, ""],
		["too much damping", { ...BURST, dampingRank: 0.61 }, ""],
		["too little momentum", { ...BURST, momentum: 0.04 }, ""],
		["a bar against the move", { ...BURST, velocity: -0.001 }, ""],
		["a bar that went nowhere", { ...BURST, velocity: 0 }, ""],
	];
	it.each(ENTRIES)("%s", (_name, fields, expected) => {
		expect(shortly(started("berserker").decide(viewOf({ fields }), () => {}))).toBe(expected);
	});

	it("waits without a true range or when it may not enter", () => {
		expect(started("berserker").decide(viewOf({ fields: BURST, atrPoints: null }), () => {})).toEqual([]);
		expect(started("berserker").decide(viewOf({ fields: BURST, entry: { mayEnter: false, control: "C28", reason: "" } }), () => {})).toEqual([]);
	});

	it("puts its stop at 2.5 and its target at 4 average true ranges", () => {
		expect(started("berserker").decide(viewOf({ fields: BURST, atrPoints: 10.1 }), () => {})).toMatchObject([
			{ stopPoints: 26, targetPoints: 41, size: { kind: "risk", share: 1 } },
		]);
		expect(started("berserker", { targetAtr: 0, lots: 0.2 }).decide(viewOf({ fields: BURST }), () => {})).toMatchObject([
			{ targetPoints: null, size: { kind: "lots", lots: 0.2 } },
		]);
	});

	it("adds nothing to what it has", () => {
		expect(started("berserker").decide(viewOf({ fields: BURST, positions: [holding("BUY")] }), () => {})).toEqual([]);
	});

	it("leaves when the move has turned, per side", () => {
		const turned = { ...BURST, momentum: -0.06 };
		expect(shortly(started("berserker").decide(viewOf({ fields: turned, positions: [holding("BUY")] }), () => {}))).toBe("close");
		expect(shortly(started("berserker").decide(viewOf({ fields: turned, positions: [holding("SELL")] }), () => {}))).toBe("");
		expect(shortly(started("berserker").decide(viewOf({ fields: { ...BURST, momentum: 0.06 }, positions: [holding("SELL")] }), () => {}))).toBe("close");
	});

	it("leaves after ten decayed bars in a row, not after nine, and one lively bar starts the count anew", () => {
		const agent = started("berserker");
		const decayed = { ...BURST, energyBurst: 0.49 };
		const bar = (fields: Readonly<Record<string, number>>): string => {
			const view = viewOf({ fields, positions: [holding("BUY")] });
			agent.onBar(view);
			return shortly(agent.decide(view, () => {}));
		};
		for (let n = 0; n < 9; n++) expect(bar(decayed)).toBe("");
		expect(bar({ ...BURST, energyBurst: 0.5 })).toBe("");
		for (let n = 0; n < 9; n++) expect(bar(decayed)).toBe("");
		expect(bar(decayed)).toBe("close");
	});
});

describe("buy-and-hold", () => {
	it("buys once with a far stop, keeps, and buys again when it is stopped out", () => {
		const agent = started("buy-and-hold", { stopAtr: 20 });
		expect(agent.decide(viewOf(), () => {})).toEqual([
			{ kind: "open", side: "BUY", size: { kind: "risk", share: 1 }, stopPoints: 200, targetPoints: null, reason: "buy and keep" },
		]);
		expect(agent.decide(viewOf({ positions: [holding("BUY")] }), () => {})).toEqual([]);
		expect(shortly(agent.decide(viewOf(), () => {}))).toBe("open BUY");
	});

	it("waits while it may not enter, and for the range that its stop is made of", () => {
		const agent = started("buy-and-hold");
		expect(agent.decide(viewOf({ entry: { mayEnter: false, control: "C28", reason: "cooldown" } }), () => {})).toEqual([]);
		expect(agent.decide(viewOf({ atrPoints: null }), () => {})).toEqual([]);
	});
});

describe("the registry", () => {
	it("lists agents with a line, parameters in range and a build", () => {
		expect(listAgents().map(({ id }) => id)).toEqual(["berserker", "sma", "buy-and-hold"]);
		for (const { line, parameters, build, warmupBars } of listAgents()) {
			expect(line.length).toBeGreaterThan(20);
			expect(build).toMatch(/^[a-z]+(-[a-z]+)*-\d+$/);
			expect(warmupBars).toBeGreaterThanOrEqual(15);
			for (const { value, min, max, whole } of parameters) {
				expect(value).toBeGreaterThanOrEqual(min);
				expect(value).toBeLessThanOrEqual(max);
				if (whole === true) expect(Number.isInteger(value)).toBe(true);
			}
		}
		expect(findAgent("ppo")).toBeNull();
		expect(() => startAgentById("ppo", {})).toThrow("unknown agent ppo");
	});

	it("binds the build to every parameter that is not its default", () => {
		const sma = findAgent("sma");
		if (sma === null) throw new Error("no sma");
		const build = (changes: Readonly<Record<string, number>>): string => {
			const params = agentParams(sma, changes);
			return typeof params === "string" ? params : buildOf({ id: "sma", params });
		};
		expect(build({})).toBe(sma.build);
		expect(build({ fastBars: 20 })).toBe(sma.build);
		expect(build({ fastBars: 21 })).toBe(`${sma.build}(fastBars=21)`);
		expect(build({ lots: 0.1, fastBars: 21 })).toBe(`${sma.build}(fastBars=21,lots=0.1)`);
	});

	it("tells policies apart whose hashes somebody has made alike as far as a machine can", () => {
		const build = (sha256: string): string => buildOf({ id: "mine", params: {}, source: { kind: "process", sha256 } });
		const [one, other] = ["1", "2"].map((digit) => `${"a".repeat(16)}${digit.repeat(48)}`);
		expect(build(one as string)).not.toBe(build(other as string));
		expect(build(one as string)).toBe(`mine@${"a".repeat(16)}${"1".repeat(16)}`);
	});

	it.each([
		[{ fast: 3 }, "agent sma has no parameter fast; it has fastBars, slowBars, stopAtr, targetAtr, lots"],
		[{ fastBars: 1 }, "agent.fastBars=1 is outside 2 to 500 (length of the fast mean, bars)"],
		[{ fastBars: Number.NaN }, "agent.fastBars=NaN is outside 2 to 500 (length of the fast mean, bars)"],
		[{ slowBars: 50.5 }, "agent.slowBars=50.5 must be a whole number (length of the slow mean, bars)"],
	])("refuses %j", (changes, message) => {
		const sma = findAgent("sma");
		expect(sma === null ? null : agentParams(sma, changes as unknown as Record<string, number>)).toBe(message);
	});
});

describe("reading an agent's answer", () => {
	const OPEN = { kind: "open", side: "SELL", size: { kind: "risk", share: 0.5 }, stopPoints: 10, targetPoints: null, reason: "because" };

	it("copies what it knows and nothing else", () => {
		const read = readIntents(
			[
				{ ...OPEN, extra: () => {} },
				{ kind: "close", positionId: 3, reason: "r", more: 1 },
				{ kind: "modify", positionId: 3, sl: 1, tp: 0, reason: "r" },
			],
			10,
		);
		expect(read).toEqual({
			intents: [OPEN, { kind: "close", positionId: 3, reason: "r" }, { kind: "modify", positionId: 3, sl: 1, tp: 0, reason: "r" }],
			problems: [],
		});
	});

	it("uses what is right beside what is wrong, and names the wrong", () => {
		const read = readIntents([OPEN, { ...OPEN, size: { kind: "risk", share: 1.01 } }, 7], 10);
		expect(read.intents).toEqual([OPEN]);
		expect(read.problems).toEqual(["open: risk share 1.01 is not within 0..1", "7 is no intent"]);
	});

	it("reads as many as allowed and none of a flood", () => {
		expect(readIntents([OPEN, OPEN], 2).intents).toHaveLength(2);
		expect(readIntents([OPEN, OPEN, OPEN], 2)).toEqual({ intents: [], problems: ["3 intents at once, at most 2 are read"] });
	});

	it("shortens reasons and never runs foreign code to describe a value", () => {
		expect(readIntents([{ ...OPEN, reason: "x".repeat(1000) }], 10).intents[0]?.reason).toHaveLength(200);
		const trap = {
			toString: () => {
				throw new Error("ran");
			},
		};
		expect(readIntents([{ ...OPEN, side: trap }], 10).problems).toEqual(["open: side a object is neither BUY nor SELL"]);
	});
});
