import { KEYS } from "../tests/helpers/terminal.ts";

/** One step through the program: keys, what to wait for, and a picture perhaps. */
export type Step = {
	/** Keys; `until` or `at` must say what comes of them. */
	readonly press?: readonly string[];
	/** What must be on the screen before the walk goes on. */
	readonly until?: RegExp;
	/** Market time (HH:MM:SS, broker's clock) at which the running session is looked at: it is slowed down on the way there. */
	readonly at?: string;
	/** Name of the picture that is taken then. */
	readonly shot?: string;
	/** True for a market that nobody can slow down: the picture is taken as it goes. */
	readonly moves?: boolean;
};

/** A walk through the program started with `args`. */
export type Walk = { readonly args: readonly string[]; readonly steps: readonly Step[] };

/** Sessions of the days before, oldest first, run without a screen: the history that the later walks look at. */
export const HISTORY: readonly (readonly string[])[] = [
	["run", "--seed", "3", "--agent", "sma", "--symbol", "GBPUSD", "--duration", "120"],
	["run", "--seed", "29", "--agent", "berserker", "--symbol", "XAUUSD"],
	["run", "--seed", "4", "--agent", "berserker", "--scenario", "gap"],
	["run", "--seed", "12", "--agent", "sma"],
];

const FROM_ONE_TO_MAX = Array.from("+++++++++++");

/** In the order of a first visit. The seeds are chosen for what they show; the same seed shows the same. */
export const WALKS: readonly Walk[] = [
	{
		args: [],
		steps: [
			{ until: /6 System Status/, shot: "main" },
			{ press: ["4"], until: /Main Menu > Live Testing/ },
			{ press: ["1"], until: /Start the virtual session/, shot: "form" },
			{ press: ["0", "4"], until: /> Live Testing Guide/ },
			{ press: ["2"], until: /2\. Safety/, shot: "guide" },
		],
	},
	{
		args: ["run", "--seed", "12", "--speed", "200"],
		steps: [
			{ at: "14:58:40", shot: "session" },
			{ press: FROM_ONE_TO_MAX, until: /Promotion targets/, shot: "summary" },
		],
	},
	{
		args: ["run", "--agent", "berserker", "--scenario", "crash", "--seed", "1", "--speed", "200"],
		steps: [{ until: /BREAKER|B R E A K E R/, at: "14:12:18", shot: "breaker" }],
	},
	{
		args: [],
		steps: [
			{ until: /6 System Status/ },
			{ press: ["5"], until: /1 of 6/, shot: "sessions" },
			{ press: ["j"], until: /❯ .* ppo@\S* .*duration +\d/ },
			{ press: ["x"], until: /Marked/ },
			{ press: ["j"], until: /❯ .* sma-1 / },
			{ press: ["C"], until: /> Compare/, shot: "compare" },
			{ press: ["0"], until: /of 6/ },
			{ press: ["k"], until: /❯x? .* ppo@\S* .*duration +\d/ },
			{ press: ["R"], until: /REPLAY/ },
			{ press: [" "], until: /held/ },
			{ press: ["g"], until: /Go to a time/ },
			{ press: [..."14:44"], until: /14:44/ },
			{ press: [KEYS.enter], until: /14:4[34]:\d\d broker/, shot: "replay" },
		],
	},
];

/** An agent that enters at nearly every bar, so that a short demo session has something to show. */
const EAGER = [
	...["--agent", "berserker"],
	...["agent.burstMin=0", "agent.dampingRankMax=1", "agent.momentumMin=0", "agent.stopAtr=8", "agent.targetAtr=8", "rules.cooldownMs=1000"].flatMap(
		(change) => ["--set", change],
	),
];

/** What must have been run before the walks to the stand-in terminal: demo asks for one clean virtual session of the same agent and settings. */
export const BRIDGE_HISTORY: readonly (readonly string[])[] = [
	["run", "--seed", "7"],
	["run", "--seed", "1", ...EAGER],
];

/** Walks with the bridge on the stand-in terminal, in a home of their own. Its market is as fast as a real one: a demo session takes its minutes. */
export const BRIDGE_WALKS: readonly Walk[] = [
	{
		args: [],
		steps: [
			{ until: /6 System Status/ },
			{ press: ["4"], until: /> Live Testing ─/ },
			{ press: ["3"], until: /Enter tests the way/ },
			{ press: [KEYS.enter], until: /The way to the broker works/, shot: "connection-test" },
			{ press: ["0", "2"], until: /Start the demo session/ },
			{ press: [KEYS.enter], until: /\[y\/N\]/, shot: "demo-start" },
			{ press: [KEYS.escape], until: /Given up: nothing was sent/ },
			{ press: ["0", "6"], until: /Gate 1, virtual -> demo/, shot: "gates" },
		],
	},
	{
		args: ["run", "--mode", "demo", ...EAGER],
		steps: [
			{ until: /\[\s*y\/N\]/ },
			{ press: ["y", KEYS.enter], until: /Type the word DEMO/ },
			{ press: [..."DEMO", KEYS.enter], until: /trading begins/ },
			// Its first bar is long enough for a curve, and the first trade is open while it lasts.
			{ until: /0(0:[2-5]|[1-9]:)\d+\/30:00[\s\S]*─ 1 open ─/, shot: "demo", moves: true },
		],
	},
];
