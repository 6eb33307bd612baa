import { createActor, largest } from "../../engine/learning/actor.ts";
import type { Player, Playing } from "../../engine/learning/player.ts";
import { type EpisodeResult, playEpisode } from "./environment.ts";
import { createEpisodes } from "./episodes.ts";
import type { Ground } from "./ground.ts";

/** Some of the episodes that decide which network is kept: `count` of them from `first`, played without exploring. */
export type ChoiceOrder = { readonly ground: Ground; readonly playing: Playing; readonly seed: number; readonly first: number; readonly count: number };

/** Plays them; each depends on its own number only, so that it does not matter who plays which. */
export async function playChoice({ ground, playing, seed, first, count }: ChoiceOrder): Promise<readonly EpisodeResult[]> {
	const player = greedyPlayer(playing);
	const results: EpisodeResult[] = [];
	for (let number = first; number < first + count; number++) {
		const episode = createEpisodes(ground, "choose", seed + number, number).next();
		results.push(await playEpisode(episode, player, Number.POSITIVE_INFINITY));
		episode.feed.close();
	}
	return results;
}

/** Takes what it thinks best, always; it learns nothing. */
export function greedyPlayer(playing: Playing): Player {
	const actor = createActor(playing);
	const actions = playing.sizes.at(-1) ?? 0;
	return { act: (observation) => largest(actor(observation), 0, actions), end: () => {} };
}
