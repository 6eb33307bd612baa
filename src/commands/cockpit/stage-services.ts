import { cleanText } from "../../adapters/clean-text.ts";
import { DEFAULTS, STAGE_DEFAULTS } from "../../config/defaults.ts";
import type { RunOptionKey } from "../../config/options.ts";
import { checkTogether } from "../../config/together.ts";
import type { FormServices } from "../../ui/services.ts";
import type { Choices } from "../../ui/state.ts";
import { describeStage } from "./describe.ts";
import { checkField, commandLine, factsOf, problemOf } from "./field-facts.ts";
import { requireOptions } from "./run-options.ts";

/** The choices of the forms at the broker, in their order: nothing of a made-up market or account. */
export const STAGE_KEYS = [
	"symbol",
	"agent",
	"timeframe",
	"duration",
	"maxTrades",
	"risk",
	"chsThreshold",
	"shadow",
	"onBreaker",
	"onExit",
] as const satisfies readonly RunOptionKey[];

/** The look-ups of the form of a demo or live session. */
export function stageServices(mode: "demo" | "live"): FormServices {
	const initial = (key: string): string => INITIAL[mode][key] ?? "";
	const effective = (choices: Choices): Choices => Object.fromEntries(Object.entries(choices).filter(([key, text]) => text.trim() !== initial(key)));
	const isSound = (choices: Choices): boolean => Object.entries(effective(choices)).every(([key, text]) => checkField(key, text) === null);
	return {
		fields: STAGE_KEYS.map(factsOf),
		checkField,
		checkChoices: (choices) => problemOf(() => checkTogether(requireOptions({ ...effective(choices), mode }))),
		initial,
		describe: (choices) => (isSound(choices) ? describeStage(mode, requireOptions(effective(choices)), initial) : []),
		shown: (text) => cleanText(text, 300),
		effective,
		commandLine: (choices) => commandLine({ mode, ...effective(choices) }, ["mode", ...STAGE_KEYS]),
	};
}

const ALIKE = {
	symbol: DEFAULTS.symbol,
	agent: DEFAULTS.agent,
	timeframe: DEFAULTS.timeframe,
	chsThreshold: String(DEFAULTS.chsThreshold),
	shadow: "false",
	onBreaker: "hold",
	onExit: "flatten",
} as const;

/** What is used when nothing is chosen; a word that cannot be typed stands for what the rules of the stage allow. */
const INITIAL: Readonly<Record<"demo" | "live", Readonly<Record<string, string>>>> = { demo: initialOf("demo"), live: initialOf("live") };

function initialOf(mode: "demo" | "live"): Readonly<Record<string, string>> {
	const { durationMinutes, maxTrades, riskPct } = STAGE_DEFAULTS[mode];
	const amount = (value: number | null): string => (value === null ? "as its rules" : String(value));
	return { ...ALIKE, duration: amount(durationMinutes), maxTrades: amount(maxTrades), risk: String(riskPct) };
}
