import type { Playing, RecordingPlayer } from "./player.ts";

/** A player that acts as `playing` says and remembers what it went through; the same seed and observations give the same actions. */
export function createRecordingPlayer(playing: Playing, seed: number): RecordingPlayer {
	throw new Error(`not yet ${playing.algorithm} ${seed}`);
}
