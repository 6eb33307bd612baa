import type { MarketData } from "../../adapters/ports.ts";
import type { AgentView, Intent, RunningAgent } from "../../engine/agents/agent.ts";
import { actionsToIntents } from "../../engine/agents/policy/intents.ts";
import type { SessionConfig } from "../../engine/config.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Player } from "../../engine/learning/player.ts";
import { paceOf } from "../../pace.ts";
import { type RecordSink, runSession } from "../../session.ts";
import type { Watcher } from "../../watcher.ts";
import { openBroker } from "../../wiring.ts";
import { ACTIONS, FEATURE_PLACES, FEATURES, POSITION_FEATURES_FROM, SIZING } from "./features.ts";
import { createReward, DRAWDOWN_WEIGHT, type Reward } from "./reward.ts";

/** One episode: a session to be played. The feed is closed by whoever opened it. */
export type Episode = { readonly config: SessionConfig; readonly feed: MarketData };

/** How an episode came out. `rewardSum` undiscounted; R = planned risk of a trade on the start balance. */
export type EpisodeResult = {
	readonly steps: number;
	readonly rewardSum: number;
	readonly netR: number;
	readonly drawdownR: number;
	readonly trades: number;
	/** The account was down to half: nothing more could come. */
	readonly ruined: boolean;
};

/** Share of the start balance at which an account is ruined: the episode is over, and for a learner nothing follows. */
const RUIN_SHARE = 0.5;

/**
 * Plays one session of the engine and the paper simulator with `player` as its agent, at most `stepsMax` decisions. The same episode and player give the
 * same result. Rejects when the engine has a bug: a training must not learn from one.
 */
export async function playEpisode({ config, feed }: Episode, player: Player, stepsMax: number): Promise<EpisodeResult> {
	const pace = paceOf("max");
	const learning = createLearning(config, player, stepsMax, () => {
		pace.abandoned = true;
	});
	const broker = openBroker(config, feed);
	const engine = await runSession(
		config,
		{ feed, agent: { kind: "inside", running: learning.agent, close: () => {} }, broker, journal: NO_JOURNAL, clock: NO_CLOCK },
		{ carry: null, header: null, pace, commands: [], watch: learning.watch, inputs: null, killed: () => null, onProgress: () => {} },
	);
	broker.close();
	if (engine.end?.reason === "bug") throw new Error(`an episode of the training ended by a bug: ${engine.end.detail}`);
	if (learning.fault() !== null) throw learning.fault();
	return learning.finish(engine);
}

/** Nothing of an episode is kept. */
const NO_JOURNAL: RecordSink = { append: () => {}, flush: () => {}, failure: () => null };
/** Wall time decides nothing at full speed: a clock that stands still keeps it so. */
const NO_CLOCK = { nowMs: () => 0 };

type Learning = {
	readonly agent: RunningAgent;
	readonly watch: Watcher;
	/** What the player threw: the engine takes an agent's exception for a fault of the agent. */
	fault(): unknown;
	finish(engine: Engine): EpisodeResult;
};

/** The session's agent: shows the player what the policy will see, with the reward of the action before, and turns its action into intents. */
function createLearning(config: SessionConfig, player: Player, stepsMax: number, abandon: () => void): Learning {
	const { startBalance } = config.account;
	const reward = createReward({ riskMoney: (startBalance * config.riskPct) / 100, drawdownWeight: DRAWDOWN_WEIGHT }, startBalance);
	const features = new Float32Array(FEATURES.length);
	const watch = watcher();
	let steps = 0;
	let over = false;
	let rewardSum = 0;
	let fault: unknown = null;
	/** What an action has brought: nothing before the first. */
	const earned = (engine: Engine): number => {
		const now = reward.next(engine.account.equity);
		if (steps > 0) rewardSum += now;
		return now;
	};
	const end = (engine: Engine, terminal: boolean): void => {
		over = true;
		player.end(features, earned(engine), terminal);
		abandon();
	};
	const decide = (view: AgentView): readonly Intent[] => {
		const engine = watch.engine();
		if (over) return NOTHING;
		readFeatures(view.observation, features);
		const ruined = isRuined(engine, startBalance);
		if (ruined || steps >= stepsMax) {
			end(engine, ruined);
			return NOTHING;
		}
		const action = ACTIONS[player.act(features, earned(engine))];
		steps++;
		if (action === undefined) throw new Error("the player chose an action that there is not");
		return actionsToIntents(action, view, SIZING, "training");
	};
	return {
		agent: {
			state: null,
			onBar(view) {
				// The session is closing its positions: this is what would have been acted on.
				if (!over && watch.engine().phase === "ending") readFeatures(view.observation, features);
			},
			decide(view) {
				try {
					return decide(view);
				} catch (error) {
					fault ??= error;
					abandon();
					throw error;
				}
			},
		},
		watch,
		fault: () => fault,
		finish(engine) {
			const ruined = isRuined(engine, startBalance);
			if (!over) {
				features.fill(0, POSITION_FEATURES_FROM);
				end(engine, ruined);
			}
			return resultOf(engine, reward, steps, rewardSum, ruined);
		},
	};
}

function resultOf(engine: Engine, reward: Reward, steps: number, rewardSum: number, ruined: boolean): EpisodeResult {
	return { steps, rewardSum, netR: reward.netR, drawdownR: reward.drawdownR, trades: engine.tally.closed, ruined };
}

const NOTHING: readonly Intent[] = [];

function readFeatures(observation: readonly number[], into: Float32Array): void {
	for (let index = 0; index < into.length; index++) into[index] = observation[FEATURE_PLACES[index] as number] as number;
}

function isRuined(engine: Engine, startBalance: number): boolean {
	return engine.account.equity <= startBalance * RUIN_SHARE;
}

/** Gets hold of the engine, whose equity no agent is shown; it changes nothing. */
function watcher(): Watcher & { engine(): Engine } {
	let engine: Engine | null = null;
	return {
		begin(begun) {
			engine = begun;
		},
		engine() {
			if (engine === null) throw new Error("the session has not begun");
			return engine;
		},
		record: () => {},
		sampleAt: Number.POSITIVE_INFINITY,
		sample: () => {},
		look: () => {},
	};
}
