import type { Experience } from "./player.ts";

/**
 * Generalised advantage estimation (Schulman et al. 2016, equation 16), backwards over one player's steps:
 * d_t = r_t + discount V(s_t+1) - V(s_t);   A_t = d_t + discount lambda A_t+1.
 * A terminal end has nothing after it: V(s_t+1) = 0 and A_t+1 = 0. An episode that was cut off would have gone on: V of what followed (`cutOffValues`, one a cut),
 * but A_t+1 = 0, for what came then is not known. `values`: V of the steps, in units of rewards / `rewardScale`, as are the advantages.
 */
export function advantages(
	experience: Experience,
	values: Float64Array,
	cutOffValues: Float64Array,
	options: { readonly discount: number; readonly lambda: number; readonly rewardScale: number },
): Float64Array {
	const { discount, lambda, rewardScale } = options;
	const out = new Float64Array(experience.count);
	let cut = cutOffValues.length;
	let following = 0;
	for (let row = experience.count - 1; row >= 0; row--) {
		const end = experience.ends[row];
		if (end !== 0) following = 0;
		if (end === 2) cut--;
		const next = end === 0 ? (values[row + 1] as number) : end === 2 ? (cutOffValues[cut] as number) : 0;
		const surprise = (experience.rewards[row] as number) / rewardScale + discount * next - (values[row] as number);
		following = surprise + discount * lambda * following;
		out[row] = following;
	}
	return out;
}
