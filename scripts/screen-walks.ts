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
};

/** A walk through the program started with `args`. */
export type Walk = { readonly args: readonly string[]; readonly steps: readonly Step[] };

/** Sessions of the days before, oldest first, run without a screen: the history that the later walks look at. */
export const HISTORY: readonly (readonly string[])[] = [
	["run", "--seed", "3", "--agent", "sma", "--symbol", "GBPUSD", "--duration", "120"],
	["run", "--seed", "29", "--symbol", "XAUUSD"],
	["run", "--seed", "4", "--scenario", "gap"],
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
		args: ["run", "--scenario", "crash", "--seed", "1", "--speed", "200"],
		steps: [{ until: /BREAKER|B R E A K E R/, at: "14:12:18", shot: "breaker" }],
	},
	{
		args: [],
		steps: [
			{ until: /6 System Status/ },
			{ press: ["5"], until: /1 of 6/, shot: "sessions" },
			{ press: ["j"], until: /❯ .* berserker-1 .*duration +4 / },
			{ press: ["x"], until: /Marked/ },
			{ press: ["j"], until: /❯ .* sma-1 / },
			{ press: ["C"], until: /> Compare/, shot: "compare" },
			{ press: ["0"], until: /of 6/ },
			{ press: ["k"], until: /❯x? .* berserker-1 .*duration +4 / },
			{ press: ["R"], until: /REPLAY/ },
			{ press: [" "], until: /held/ },
			{ press: ["g"], until: /Go to a time/ },
			{ press: [..."14:44"], until: /14:44/ },
			{ press: [KEYS.enter], until: /14:4[34]:\d\d broker/, shot: "replay" },
		],
	},
];
