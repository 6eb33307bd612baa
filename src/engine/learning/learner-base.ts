import type { Experience, Learner, LearnerState } from "./player.ts";
import { putNumbers, type StateBag, takeNumber, takeNumbers } from "./state-bag.ts";

/** What every learner is made of, whatever it learns by. */
export type LearnerBase<Settings extends Readonly<Record<string, number>>> = {
	readonly algorithm: Learner["algorithm"];
	readonly sizes: readonly number[];
	readonly seed: number;
	readonly totalSteps: number;
	readonly settings: Settings;
	/** As saved, or null for a new learner. */
	readonly saved: LearnerState | null;
};

/** Layout of `LearnerState`; another one is not understood. */
const STATE_VERSION = 1;

/** A bag that holds what `baseOf` needs, and the steps so far. */
export function bagOf({ sizes, seed, totalSteps, settings }: LearnerBase<Readonly<Record<string, number>>>, steps: number): StateBag {
	const bag: StateBag = { numbers: { version: STATE_VERSION, seed, totalSteps, steps }, arrays: {} };
	putNumbers(bag, "size", sizes);
	for (const [name, value] of Object.entries(settings)) bag.numbers[`setting.${name}`] = value;
	return bag;
}

/** What a saved learner was made of. Throws for another version. */
export function baseOf(saved: LearnerState, defaults: Readonly<Record<string, number>>): LearnerBase<Readonly<Record<string, number>>> {
	const version = takeNumber(saved, "version");
	if (version !== STATE_VERSION) throw new Error(`the saved learner is of version ${version}, this program reads ${STATE_VERSION}: begin a new training`);
	const settings = Object.fromEntries(Object.keys(defaults).map((name) => [name, takeNumber(saved, `setting.${name}`)]));
	const sizes = takeNumbers(saved, "size");
	return { algorithm: saved.algorithm, sizes, seed: takeNumber(saved, "seed"), totalSteps: takeNumber(saved, "totalSteps"), settings, saved };
}

/** A setting that falls in a straight line from `first` to `last` over `share` of all steps, and stays there. */
export function schedule(first: number, last: number, steps: number, totalSteps: number, share = 1): number {
	const done = Math.min(1, steps / Math.max(1, totalSteps * share));
	return first + (last - first) * done;
}

/** Throws when experience cannot be what a player of these sizes went through: wrong shapes, actions that do not exist, numbers that are not finite. */
export function checkExperience(experience: readonly Experience[], sizes: readonly number[]): void {
	const features = sizes[0] ?? 0;
	const actions = sizes[sizes.length - 1] ?? 0;
	const bad = (what: string): never => {
		throw new Error(`experience cannot be learned from: ${what}`);
	};
	if (!experience.some((one) => one.count > 0)) bad("no steps were played");
	for (const one of experience) {
		if (one.features !== features) bad(`${one.features} features a step, the network has ${features}`);
		const columns = [one.actions, one.rewards, one.ends, one.logProbs];
		if (one.observations.length !== one.count * features || columns.some((column) => column.length !== one.count))
			bad(`its columns do not have ${one.count} rows`);
		if (one.count > 0 && one.ends[one.count - 1] === 0) bad("its last episode has no end");
		if (one.cutOff.length !== features * one.ends.reduce((cuts, end) => cuts + (end === 2 ? 1 : 0), 0)) bad("not every cut has what followed it");
		if (one.actions.some((action) => action >= actions)) bad(`an action beyond the network's ${actions}`);
		for (const numbers of [one.observations, one.rewards, one.cutOff, one.logProbs]) {
			if (!numbers.every(Number.isFinite)) bad("a feature, reward or probability is not a finite number");
		}
	}
}
