import { describe, expect, it } from "vitest";
import { prepareGround } from "../../../src/commands/train/data.ts";
import { type Episode, playEpisode } from "../../../src/commands/train/environment.ts";
import { createEpisodes, EPISODE_BARS } from "../../../src/commands/train/episodes.ts";
import { ACTIONS, FEATURES, POSITION_FEATURES_FROM } from "../../../src/commands/train/features.ts";
import { DRAWDOWN_WEIGHT } from "../../../src/commands/train/reward.ts";
import { createRecordingPlayer } from "../../../src/engine/learning/recording-player.ts";
import { scripted, untrained } from "../../helpers/training.ts";

const { ground } = await prepareGround({ paths: [], symbol: null, timeframe: null });
const [HOLD, BUY, SELL, CLOSE] = (["hold", "buy", "sell", "close"] as const).map((action) => ACTIONS.indexOf(action));
const FOREVER = Number.POSITIVE_INFINITY;

/** The `turn`th episode of learning: scenarios come in turn. */
function episode(turn = 0, seed = 1): Episode {
	return createEpisodes(ground, "learn", seed, turn).next();
}

function sum(values: readonly number[]): number {
	return values.reduce((all, value) => all + value, 0);
}

describe("playEpisode", () => {
	it("earns nothing by doing nothing, and asks about once a bar", async () => {
		const player = scripted(() => HOLD as number);
		const result = await playEpisode(episode(), player, FOREVER);
		expect(result).toMatchObject({ rewardSum: 0, netR: 0, drawdownR: 0, trades: 0, ruined: false });
		expect(result.steps).toBeGreaterThan(EPISODE_BARS - 5);
		expect(result.steps).toBeLessThanOrEqual(EPISODE_BARS + 1);
		expect(player.rewards).toHaveLength(result.steps);
		expect(player.ends).toEqual([false]);
	});

	it.each(Array.from({ length: 7 }, (_, turn) => turn))("pays net profit minus weighted drawdown, whatever is done (scenario %i)", async (turn) => {
		const player = scripted((step) => [BUY, HOLD, HOLD, SELL, HOLD, CLOSE][step % 6] as number);
		const { rewardSum, netR, drawdownR, trades } = await playEpisode(episode(turn), player, FOREVER);
		expect(trades).toBeGreaterThan(5);
		expect(rewardSum).toBeCloseTo(netR - DRAWDOWN_WEIGHT * drawdownR, 9);
		expect(sum(player.rewards)).toBeCloseTo(rewardSum, 9);
		expect(netR).not.toBe(0);
	});

	it("lets a learner without an edge pay the costs", async () => {
		const results = await Promise.all(
			Array.from({ length: 6 }, (_, turn) => playEpisode(episode(turn, 3), createRecordingPlayer(untrained(turn), turn), FOREVER)),
		);
		expect(sum(results.map(({ netR }) => netR))).toBeLessThan(0);
	});

	it("keeps the cool-down after a close, which sessions keep too", async () => {
		const player = scripted((step) => (step % 2 === 0 ? BUY : CLOSE) as number);
		const { trades, steps } = await playEpisode(episode(), player, FOREVER);
		expect(trades).toBeGreaterThan(10);
		// Without it every second decision would open a trade.
		expect(trades).toBeLessThan(steps / 2 - 5);
	});

	it("is the same again", async () => {
		const play = async () => {
			const player = createRecordingPlayer(untrained(2), 9);
			const result = await playEpisode(episode(3), player, FOREVER);
			return { result, experience: player.take() };
		};
		expect(await play()).toEqual(await play());
	});

	it("cuts an episode off after the steps that are left, with the reward of the last of them", async () => {
		const player = scripted(() => BUY as number);
		const { steps, rewardSum } = await playEpisode(episode(), player, 17);
		expect(steps).toBe(17);
		expect(player.rewards).toHaveLength(17);
		expect(sum(player.rewards)).toBeCloseTo(rewardSum, 12);
		expect(player.ends).toEqual([false]);
	});

	it("shows at the end a market without the position that the end has closed", async () => {
		const player = scripted(() => BUY as number);
		await playEpisode(episode(), player, FOREVER);
		const [last = []] = player.last;
		expect(last).toHaveLength(FEATURES.length);
		expect(last.slice(POSITION_FEATURES_FROM)).toEqual([0, 0, 0, 0]);
		expect(last.slice(0, POSITION_FEATURES_FROM).some((value) => value !== 0)).toBe(true);
	});

	it("ends for good when the account is down to half", async () => {
		const { config, feed } = episode(0, 4);
		const dear = { kind: "perLot", rate: 0, minimum: 200, side: "both" } as const;
		const player = scripted((step) => (step % 3 === 0 ? BUY : CLOSE) as number);
		const result = await playEpisode({ feed, config: { ...config, instrument: { ...config.instrument, commission: dear } } }, player, FOREVER);
		expect(result.ruined).toBe(true);
		expect(result.steps).toBeLessThan(EPISODE_BARS - 50);
		expect(player.ends).toEqual([true]);
		expect(result.netR).toBeLessThanOrEqual(-50);
	});

	it("rejects when the player throws, instead of calling it the agent's fault", async () => {
		const player = scripted(() => {
			throw new Error("broken player");
		});
		await expect(playEpisode(episode(), player, FOREVER)).rejects.toThrow("broken player");
	});

	it("refuses an action that there is not", async () => {
		await expect(
			playEpisode(
				episode(),
				scripted(() => 9),
				FOREVER,
			),
		).rejects.toThrow("an action that there is not");
	});
});
