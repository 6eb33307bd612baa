import type { RandomState } from "../random.ts";
import type { LearnerState } from "./player.ts";

/** A learner's state while it is put together: what `LearnerState` holds, still open. */
export type StateBag = { readonly numbers: Record<string, number>; readonly arrays: Record<string, Float32Array> };

/** Puts a list of numbers (in float64) under `name.0`, `name.1`, ... */
export function putNumbers(bag: StateBag, name: string, values: ArrayLike<number>): void {
	// + 0: a negative zero does not survive JSON.
	for (let index = 0; index < values.length; index++) bag.numbers[`${name}.${index}`] = (values[index] as number) + 0;
}

/** Takes the list back; as long as it was put. */
export function takeNumbers(state: LearnerState, name: string): number[] {
	const values: number[] = [];
	for (;;) {
		const value = state.numbers[`${name}.${values.length}`];
		if (value === undefined) return values;
		values.push(value);
	}
}

/** A number that must be there. Throws when it is not: the state is not one of ours. */
export function takeNumber(state: LearnerState, name: string): number {
	const value = state.numbers[name];
	if (value === undefined || !Number.isFinite(value)) throw new Error(`the saved learner has no number ${name}: its file is damaged or of another version`);
	return value;
}

/** A copy of an array that must be there, with `length` numbers (null = any), all finite. Throws otherwise. */
export function takeArray(state: LearnerState, name: string, length: number | null): Float32Array {
	const array = state.arrays[name];
	if (array === undefined || (length !== null && array.length !== length) || !array.every(Number.isFinite)) {
		throw new Error(`the saved learner's ${name} is missing, of another length or not finite: its file is damaged or of another version`);
	}
	return array.slice();
}

/** Puts a stream of chance. */
export function putRandom(bag: StateBag, name: string, { a, b, c, d }: RandomState): void {
	putNumbers(bag, name, [a, b, c, d]);
}

/** Takes it back: it goes on exactly where it stopped. */
export function takeRandom(state: LearnerState, name: string): RandomState {
	const [a, b, c, d] = [0, 1, 2, 3].map((index) => takeNumber(state, `${name}.${index}`)) as [number, number, number, number];
	return { a, b, c, d };
}
