import type { Experience, Playing } from "../../engine/learning/player.ts";
import { createRecordingPlayer } from "../../engine/learning/recording-player.ts";
import { type EpisodeResult, playEpisode } from "./environment.ts";
import { createEpisodes } from "./episodes.ts";
import type { Ground } from "./ground.ts";

/** One worker's share of a round. `first`: number of its first episode, which decides whose turn it is. */
export type ShareOrder = { readonly ground: Ground; readonly playing: Playing; readonly seed: number; readonly first: number; readonly steps: number };

/** What came of it. */
export type Share = { readonly experience: Experience; readonly episodes: readonly EpisodeResult[] };

/** Plays `steps` decisions; the last episode is cut off where they are used up. The same order gives the same share, wherever it is played. */
export async function playShare({ ground, playing, seed, first, steps }: ShareOrder): Promise<Share> {
	const player = createRecordingPlayer(playing, seed);
	const episodes = createEpisodes(ground, "learn", seed, first);
	const results: EpisodeResult[] = [];
	for (let empty = 0; player.count < steps && empty < EMPTY_MAX; ) {
		const episode = episodes.next();
		const result = await playEpisode(episode, player, steps - player.count);
		episode.feed.close();
		empty = result.steps === 0 ? empty + 1 : 0;
		if (result.steps > 0) results.push(result);
	}
	if (player.count < steps) throw new Error(`${EMPTY_MAX} episodes after each other had not one decision: the data is too short or its market never open`);
	return { experience: player.take(), episodes: results };
}

/** Episodes without a decision (a market that was closed all the time) before the data is called unfit. */
const EMPTY_MAX = 50;
