import { describe, expect, it } from "vitest";
import { startPolicy } from "../../../../src/engine/agents/policy/run.ts";
import { makeNetwork } from "../../../../src/engine/network/network.ts";
import { tinyPolicy } from "../../../helpers/policy.ts";
import { fixedPolicy, noteTaker, PARAMS, position, shortly, viewOf, wanting } from "../../../helpers/policy-view.ts";

const SHA = "0".repeat(64);

function started(policy: ReturnType<typeof wanting>) {
	return startPolicy({ ...policy, sha256: SHA }, PARAMS, 1);
}

describe("a policy", () => {
	it("reads the features that it names, scaled, and says why it wants what it wants", () => {
		const { manifest, network } = tinyPolicy();
		const agent = started({ kind: "single", manifest, network });
		const { notes, take } = noteTaker();
		// tanh(1 * 2 + 2 * (0.5 / 0.5)) for buy, its negative for sell.
		const intents = agent.decide(viewOf({ fields: { velocityAtr: 2, momentum: 0.5, spreadAtr: 9 } }), take);
		expect(shortly(intents)).toBe("open BUY 0.5 stop 20 target 30");
		expect(intents[0]?.reason).toBe("buy 0.54 (hold 0.29, sell 0.07, close 0.09)");
		expect(agent.lastWords?.()).toBe(intents[0]?.reason);
		expect(notes).toEqual([]);
		expect(shortly(agent.decide(viewOf({ fields: { velocityAtr: -2, momentum: -0.5 } }), take))).toBe("open SELL 0.5 stop 20 target 30");
		expect(agent.state).toEqual({ decisions: 2, outside: 0, last: "sell" });
	});

	it("holds outside its training and tells it, whatever its network would say", () => {
		const agent = started(wanting("buy", { distribution: [[-2, -2, -2, -1, 0, 1, 2, 2, 2], null, null] }));
		const { notes, take } = noteTaker();
		expect(agent.decide(viewOf({ fields: { velocityAtr: 3.5 } }), take)).toEqual([]);
		expect(notes).toEqual([{ note: "outside", feature: "velocityAtr", value: 3.5, low: -3, high: 3, others: 0 }]);
		expect(agent.lastWords?.()).toBeNull();
		expect(agent.decide(viewOf({ fields: { velocityAtr: 2 } }), take)).toHaveLength(1);
		expect(agent.state).toEqual({ decisions: 2, outside: 1, last: "buy" });
	});

	it("takes the margin that it is given, and has nothing to say of an earlier decision while it holds", () => {
		const { notes, take } = noteTaker();
		const policy = wanting("buy", { distribution: [[-2, -2, -2, -1, 0, 1, 2, 2, 2], [-1, -1, -1, 0, 0, 0, 1, 1, 1], null] });
		const strict = startPolicy({ ...policy, sha256: SHA }, { outsideMargin: 0 }, 1);
		const wide = startPolicy({ ...policy, sha256: SHA }, { outsideMargin: 10 }, 1);
		expect(strict.decide(viewOf({ fields: { velocityAtr: 2 } }), take)).toHaveLength(1);
		expect(strict.lastWords?.()).toMatch(/^buy/);
		expect(strict.decide(viewOf({ fields: { velocityAtr: 2.1 } }), take)).toEqual([]);
		expect(notes).toEqual([{ note: "outside", feature: "velocityAtr", value: 2.1, low: -2, high: 2, others: 0 }]);
		expect(strict.lastWords?.()).toBeNull();
		expect(strict.state).toEqual({ decisions: 2, outside: 1, last: "hold" });
		expect(wide.decide(viewOf({ fields: { velocityAtr: 20 } }), take)).toHaveLength(1);
	});

	it("throws when its network overflows, which is a fault of the agent", () => {
		const weights = Float32Array.from([3e38, 0, 0, 0, 0, 0]);
		const network = makeNetwork(3, [{ kind: "dense", inputs: 3, outputs: 2, weights, bias: new Float32Array(2) }]);
		const output = { kind: "action-logits", actions: ["hold", "buy"] } as const;
		const agent = started({ kind: "single", manifest: tinyPolicy({ output }).manifest, network });
		expect(() => agent.decide(viewOf({ fields: { velocityAtr: 4 } }), () => {})).toThrow("output 0 (hold) of the policy is Infinity");
	});

	it("sizes an entry by the exposure that it wants", () => {
		const agent = started(fixedPolicy([-0.5], { output: { kind: "continuous", deadband: 0.1 } }));
		expect(shortly(agent.decide(viewOf(), () => {}))).toBe("open SELL 0.25 stop 20 target 30");
		expect(shortly(agent.decide(viewOf({ positions: [position("SELL")] }), () => {}))).toBe("");
	});

	it("leaves when it wants no exposure", () => {
		const agent = started(fixedPolicy([0.05], { output: { kind: "continuous", deadband: 0.1 } }));
		expect(shortly(agent.decide(viewOf({ positions: [position("BUY")] }), () => {}))).toBe("close 5");
	});

	it("refuses a network that another runtime computes", () => {
		expect(() => started({ ...wanting("buy"), network: null })).toThrow("the network of tiny is computed by another runtime");
	});

	it("keeps a state that a journal can hold", () => {
		const agent = started(wanting("close"));
		agent.decide(viewOf(), () => {});
		expect(JSON.parse(JSON.stringify(agent.state))).toEqual(agent.state);
	});
});
