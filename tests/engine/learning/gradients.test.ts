import { describe, expect, it } from "vitest";
import { tanh } from "../../../src/engine/learning/activation.ts";
import { createBatchNet, firstWeights, layerPlaces, weightCount } from "../../../src/engine/learning/dense-net.ts";
import { huberLoss, policyLoss, valueLoss } from "../../../src/engine/learning/losses.ts";
import { fork, normal } from "../../../src/engine/random.ts";

const ROWS = 5;
const ACTIONS = 3;

/** A loss of a network's outputs, with its gradient by them. */
type Loss = (outputs: Float64Array, gradient: Float64Array) => number;

const chosen = Uint8Array.from([0, 2, 1, 2, 0]);
/** Probabilities far above, near and far below what the policy has now, so that both sides of the clip are met, with gains and losses. */
const oldLogProbs = Float64Array.from([-0.3, -1.1, -3, -1.2, -2.5]);
const gains = Float64Array.from([1.5, -0.7, 2, 0.9, -1.1]);
const targets = Float64Array.from([0.2, -4, 1, 0.1, 6]);

const LOSSES: readonly (readonly [string, Loss])[] = [
	[
		"PPO without entropy",
		(logits, gradient) => policyLoss({ rows: ROWS, actions: ACTIONS, logits, chosen, oldLogProbs, advantages: gains }, 0.2, 0, gradient).loss,
	],
	[
		"PPO with entropy",
		(logits, gradient) => policyLoss({ rows: ROWS, actions: ACTIONS, logits, chosen, oldLogProbs, advantages: gains }, 0.2, 0.3, gradient).loss,
	],
	[
		"softmax entropy alone",
		(logits, gradient) => policyLoss({ rows: ROWS, actions: ACTIONS, logits, chosen, oldLogProbs, advantages: new Float64Array(ROWS) }, 0.2, 1, gradient).loss,
	],
	["Huber", (values, gradient) => huberLoss(values, ACTIONS, chosen, targets, ROWS, 1, gradient)],
];

/** Weights of a network with something in every layer (the last of `firstWeights` is 0). */
function someWeights(sizes: readonly number[], hidden: "tanh" | "relu"): Float32Array {
	const random = fork(3, "weights");
	return firstWeights({ sizes, hidden }, random).map((weight) => weight * 0.5 + 0.4 * normal(random));
}

describe("gradients agree with finite differences", () => {
	for (const hidden of ["tanh", "relu"] as const) {
		it.each(LOSSES)(`${hidden}, loss: %s`, (_, loss) => {
			const sizes = [4, 7, 6, ACTIONS];
			const net = createBatchNet({ sizes, hidden }, 8);
			const random = fork(5, "inputs");
			net.inputs.forEach((_, index) => {
				net.inputs[index] = normal(random);
			});
			const weights = someWeights(sizes, hidden);
			const gradient = new Float64Array(ROWS * ACTIONS);
			const lossAt = (changed: Float32Array): number => {
				net.load(changed);
				return loss(net.forward(ROWS), gradient);
			};
			lossAt(weights);
			const exact = net.backward(gradient, ROWS).slice();
			expect(exact.some((slope) => Math.abs(slope) > 0.01)).toBe(true);
			for (let index = 0; index < weights.length; index++) {
				const up = weights.slice();
				const down = weights.slice();
				up[index] = (weights[index] as number) + 1e-3;
				down[index] = (weights[index] as number) - 1e-3;
				// The float32 weights do not move by exactly 0.001: the difference is taken over what they did.
				const slope = (lossAt(up) - lossAt(down)) / ((up[index] as number) - (down[index] as number));
				expect(Math.abs(slope - (exact[index] as number)), `weight ${index}: ${slope} against ${exact[index]}`).toBeLessThan(2e-5 + 1e-3 * Math.abs(slope));
			}
		});
	}

	it("half the squared error of values", () => {
		const values = Float64Array.from([1, -2, 0.5, 0, 3]);
		const gradient = new Float64Array(ROWS);
		valueLoss(values, targets, ROWS, gradient);
		for (let row = 0; row < ROWS; row++) {
			const at = (shift: number): number =>
				valueLoss(
					values.map((value, index) => value + (index === row ? shift : 0)),
					targets,
					ROWS,
					new Float64Array(ROWS),
				);
			expect(gradient[row]).toBeCloseTo((at(1e-4) - at(-1e-4)) / 2e-4, 8);
		}
	});
});

describe("the clipped loss", () => {
	/** One row of two actions with logits (0, 0): probability 1/2 of each now. */
	const gradientAt = (oldProb: number, advantage: number): number => {
		const gradient = new Float64Array(2);
		const batch = {
			rows: 1,
			actions: 2,
			logits: new Float64Array(2),
			chosen: Uint8Array.of(0),
			oldLogProbs: Float64Array.of(Math.log(oldProb)),
			advantages: Float64Array.of(advantage),
		};
		policyLoss(batch, 0.2, 0, gradient);
		return gradient[0] as number;
	};
	it.each([
		["a gain is pursued within the clip", 0.5, 1, -0.5],
		["a gain is not pursued beyond it", 0.25, 1, 0],
		["a loss is fled within the clip", 0.5, -1, 0.5],
		["a loss is not fled beyond it", 0.8, -1, 0],
		["what went the wrong way is always brought back: a gain that became rare", 0.8, 1, -0.3125],
		["and a loss that became common", 0.25, -1, 1],
	])("%s", (_, oldProb, advantage, expected) => expect(gradientAt(oldProb, advantage)).toBeCloseTo(expected, 12));
});

describe("dense networks", () => {
	it("count and place their weights", () => {
		expect(weightCount([24, 64, 64, 4])).toBe(24 * 64 + 64 + 64 * 64 + 64 + 64 * 4 + 4);
		expect(layerPlaces([2, 3, 1])).toEqual([
			{ inputs: 2, outputs: 3, weightsAt: 0, biasAt: 6 },
			{ inputs: 3, outputs: 1, weightsAt: 9, biasAt: 12 },
		]);
	});
	it.each(["tanh", "relu"] as const)("give every row what a plain computation gives (%s), whatever the sizes", (hidden) => {
		for (const sizes of [
			[3, 2],
			[1, 1, 1],
			[5, 9, 4, 6],
			[4, 8, 8, 4],
		]) {
			const weights = someWeights(sizes, hidden);
			const net = createBatchNet({ sizes, hidden }, 7);
			const random = fork(9, "inputs");
			net.inputs.forEach((_, index) => {
				net.inputs[index] = normal(random);
			});
			net.load(weights);
			const first = sizes[0] ?? 0;
			const outputs = net.forward(7);
			for (let row = 0; row < 7; row++) {
				let values = Array.from(net.inputs.subarray(row * first, (row + 1) * first));
				layerPlaces(sizes).forEach((layer, index, all) => {
					values = Array.from({ length: layer.outputs }, (_, output) => {
						const sum = values.reduce(
							(total, value, input) => total + value * (weights[layer.weightsAt + output * layer.inputs + input] as number),
							weights[layer.biasAt + output] as number,
						);
						return index === all.length - 1 ? sum : hidden === "relu" ? Math.max(0, sum) : Math.tanh(sum);
					});
				});
				values.forEach((value, output) => {
					expect(outputs[row * values.length + output]).toBeCloseTo(value, 6);
				});
			}
		}
	});
	it("begin with hidden layers at right angles and a last layer of nothing", () => {
		const weights = firstWeights({ sizes: [3, 5, 2], hidden: "relu" }, fork(1, "a"));
		for (let one = 0; one < 3; one++) {
			for (let other = 0; other < 3; other++) {
				let product = 0;
				for (let row = 0; row < 5; row++) product += (weights[row * 3 + one] as number) * (weights[row * 3 + other] as number);
				expect(product).toBeCloseTo(one === other ? 2 : 0, 5);
			}
		}
		expect(Array.from(weights.subarray(15)).every((weight) => weight === 0)).toBe(true);
	});
});

describe("our hyperbolic tangent", () => {
	it("is within 1e-7 of the library's everywhere", () => {
		let worst = 0;
		for (let value = -12; value < 12; value += 0.001) worst = Math.max(worst, Math.abs(tanh(value) - Math.tanh(value)));
		expect(worst).toBeLessThan(1e-7);
	});
});
