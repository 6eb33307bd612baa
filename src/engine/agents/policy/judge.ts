import type { PolicyAction, PolicyManifest, PolicyOutput } from "./manifest.ts";

/** What a policy's outputs mean. */
export type Judgement = {
	readonly action: PolicyAction;
	/** Softmax share of the action, or the size of the wanted exposure, 0..1. */
	readonly confidence: number;
	/** Share 0..1 of the policy's own risk: below 1 only where the output is an exposure. */
	readonly size: number;
	/** Softmax shares in the order of the actions; null where the output is an exposure, or the choice alone. */
	readonly shares: readonly number[] | null;
	/** For people: `buy 0.62 (hold 0.30, sell 0.06, close 0.02)`. */
	readonly why: string;
};

/** What a policy's outputs are: what its manifest says, and `count`, how many there are: 1 for actions means their choice alone, as ArgMax leaves it. */
export type OutputForm = { readonly output: PolicyOutput; readonly count: number };

/** The form of a policy's outputs: a golden case with one number shows a network of actions that tells its choice alone. */
export function outputFormOf({ output, golden }: Pick<PolicyManifest, "output" | "golden">): OutputForm {
	return { output, count: output.kind === "continuous" || golden[0]?.output.length === 1 ? 1 : output.actions.length };
}

/** Reads the outputs of a policy. Throws when they are not the finite numbers that its manifest names: a fault of the agent (control C32). */
export function judge({ output, count }: OutputForm, values: ArrayLike<number>): Judgement {
	if (values.length !== count) throw new Error(`the policy gave ${values.length} outputs, not ${count}`);
	for (let index = 0; index < count; index++) {
		if (!Number.isFinite(values[index]))
			throw new Error(`output ${index}${nameOf({ output, count }, index)} of the policy is ${values[index]}, not a finite number`);
	}
	if (output.kind === "continuous") return judgeExposure(values[0] as number, output.deadband);
	return count === 1 ? chosenBy(output.actions, values[0] as number) : judgeActions(output.kind, output.actions, values);
}

/** A judgement of actions with another choice among them, as a draw by its shares makes one. */
export function drawn(judgement: Judgement, actions: readonly PolicyAction[], draw: number): Judgement {
	if (judgement.shares === null) return judgement;
	let sum = 0;
	const index = judgement.shares.findIndex((share) => {
		sum += share;
		return draw < sum;
	});
	// Shares need not add up to exactly 1: the rest belongs to the last.
	const chosen = index < 0 ? actions.length - 1 : index;
	return chosenOf(actions, judgement.shares, judgement.shares, chosen, 2);
}

/** A network that tells its choice alone says nothing of how sure it is. */
function chosenBy(actions: readonly PolicyAction[], index: number): Judgement {
	const action = actions[index];
	if (action === undefined) throw new Error(`the policy chose action ${index}; there are 0 to ${actions.length - 1}`);
	return { action, confidence: 1, size: 1, shares: null, why: `${action} (the network tells its choice alone)` };
}

function nameOf({ output, count }: OutputForm, index: number): string {
	return output.kind === "continuous" || count === 1 ? "" : ` (${output.actions[index]})`;
}

function judgeExposure(value: number, deadband: number): Judgement {
	const exposure = Math.min(1, Math.max(-1, value));
	const size = Math.abs(exposure);
	const why = `exposure ${exposure.toFixed(2)}`;
	if (size < deadband || size === 0) return { action: "close", confidence: 1 - size, size: 1, shares: null, why };
	return { action: exposure > 0 ? "buy" : "sell", confidence: size, size, shares: null, why };
}

/** The largest wins, the first of equals. */
function judgeActions(kind: "action-logits" | "q-values", actions: readonly PolicyAction[], values: ArrayLike<number>): Judgement {
	let best = 0;
	for (let index = 1; index < actions.length; index++) if ((values[index] as number) > (values[best] as number)) best = index;
	const shares = kind === "action-logits" && areShares(values) ? Array.from(values) : softmax(values);
	// Expected returns are told as they are: a share of them would say nothing.
	return chosenOf(actions, shares, kind === "q-values" ? values : shares, best, kind === "q-values" ? 4 : 2);
}

function chosenOf(actions: readonly PolicyAction[], shares: readonly number[], told: ArrayLike<number>, chosen: number, digits: number): Judgement {
	let others = "";
	for (let index = 0; index < actions.length; index++) {
		if (index !== chosen) others += `${others === "" ? "" : ", "}${actions[index]} ${(told[index] as number).toFixed(digits)}`;
	}
	const action = actions[chosen] as PolicyAction;
	return { action, confidence: shares[chosen] as number, size: 1, shares, why: `${action} ${(told[chosen] as number).toFixed(digits)} (${others})` };
}

/** A network that ends in softmax gives shares already: another softmax would flatten them. */
function areShares(values: ArrayLike<number>): boolean {
	let sum = 0;
	for (let index = 0; index < values.length; index++) {
		const value = values[index] as number;
		if (value < 0) return false;
		sum += value;
	}
	return Math.abs(sum - 1) < 1e-4;
}

function softmax(values: ArrayLike<number>): readonly number[] {
	let largest = Number.NEGATIVE_INFINITY;
	for (let index = 0; index < values.length; index++) largest = Math.max(largest, values[index] as number);
	const powers: number[] = [];
	let sum = 0;
	for (let index = 0; index < values.length; index++) {
		const power = Math.exp((values[index] as number) - largest);
		powers.push(power);
		sum += power;
	}
	for (let index = 0; index < powers.length; index++) powers[index] = (powers[index] as number) / sum;
	return powers;
}
