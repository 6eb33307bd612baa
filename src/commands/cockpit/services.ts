import { cleanText } from "../../adapters/clean-text.ts";
import { usageFailure } from "../../adapters/failure.ts";
import { type ExportName, parseExportName } from "../../adapters/feed/csv/file-name.ts";
import { DEFAULTS } from "../../config/defaults.ts";
import type { RunOptionKey } from "../../config/options.ts";
import { checkTogether } from "../../config/together.ts";
import { timeframeName } from "../../engine/market/timeframe.ts";
import { FEED_LEAVES_OUT, feedOf } from "../../ui/form/feed.ts";
import type { Services } from "../../ui/services.ts";
import type { Choices } from "../../ui/state.ts";
import { describeChoices } from "./describe.ts";
import { checkField, commandLine, factsOf, problemOf } from "./field-facts.ts";
import { requireOptions } from "./run-options.ts";
import { stageServices } from "./stage-services.ts";

/** The look-ups of the screen, from the options of `kinetra run`. `guide` is the text of docs/LIVE_TESTING_GUIDE.md; `isThere` tells whether a file exists. */
export function createServices(guide: string, isThere: (path: string) => boolean = () => true): Services {
	return {
		fields: FORM_KEYS.map(factsOf),
		checkField,
		checkChoices: (choices) => problemOf(() => checkAll(choices, isThere)),
		initial,
		describe: (choices) => (isSound(choices) ? describeChoices(requireOptions(effective(choices)), (key) => initial(key, choices)) : []),
		shown: (text) => cleanText(text, 300),
		effective,
		commandLine: (choices) => commandLine(effective(choices), FORM_KEYS),
		stages: { demo: stageServices("demo"), live: stageServices("live") },
		guide,
	};
}

/** Throws the `Failure` that a run with these choices would end with; what is wrong with the file is said in the words of the form. */
function checkAll(choices: Choices, isThere: (path: string) => boolean): void {
	const options = requireOptions(effective(choices));
	const recorded = feedOf(choices) === "csv";
	const { file } = choices;
	if (recorded && file === undefined)
		throw usageFailure("No file is chosen: Enter on File looks for an MT5 export. Or choose the feed synthetic, which needs none.");
	checkTogether(options);
	if (recorded && file !== undefined && !isThere(file))
		throw usageFailure(`There is no file ${cleanText(file, 200)} any more: Enter on File looks for another one.`);
}

/** The choices of the form, in its order. */
export const FORM_KEYS = [
	"symbol",
	"agent",
	"feed",
	"scenario",
	"file",
	"timeframe",
	"duration",
	"maxTrades",
	"chsThreshold",
	"risk",
	"speed",
	"seed",
] as const satisfies readonly RunOptionKey[];

function initial(key: string, choices: Choices): string {
	const recorded = feedOf(choices) === "csv";
	const name = recorded && choices.file !== undefined ? parseExportName(choices.file) : null;
	switch (key) {
		case "symbol":
			return recorded ? ofFile(name?.symbol ?? name?.rawSymbol ?? null) : DEFAULTS.symbol;
		case "timeframe":
			return recorded ? ofFile(timeframeOf(name)) : DEFAULTS.timeframe;
		case "duration":
			return recorded ? "whole file" : String(DEFAULTS.durationMinutes);
		case "feed":
			return choices.file === undefined ? DEFAULTS.feed : "csv";
		default:
			return FIXED[key] ?? "";
	}
}

/** Defaults that do not depend on the other choices. */
const FIXED: Readonly<Record<string, string>> = {
	agent: DEFAULTS.agent,
	scenario: DEFAULTS.scenario,
	file: "none chosen",
	maxTrades: String(DEFAULTS.maxTrades),
	chsThreshold: String(DEFAULTS.chsThreshold),
	risk: String(DEFAULTS.riskPct),
	speed: String(DEFAULTS.speed),
	seed: "random",
};

function ofFile(said: string | null): string {
	return said === null ? "the file's" : `${said} (the file's)`;
}

function timeframeOf(name: ExportName | null): string | null {
	return name === null || name.timeframeMinutes === null ? null : timeframeName(name.timeframeMinutes);
}

function effective(choices: Choices): Choices {
	const left: readonly string[] = FEED_LEAVES_OUT[feedOf(choices)];
	const kept = Object.fromEntries(Object.entries(choices).filter(([key]) => !left.includes(key)));
	return Object.fromEntries(Object.entries(kept).filter(([key, text]) => text.trim() !== initial(key, kept)));
}

function isSound(choices: Choices): boolean {
	return Object.entries(effective(choices)).every(([key, text]) => checkField(key, text) === null);
}
