import type { Choices } from "./state.ts";

/** A choice of the form: what it is, and what may be typed. Taken from the options of `kinetra run`, so the two cannot differ. */
export type FieldFacts = {
	/** Key of the option: `maxTrades`. */
	readonly key: string;
	/** What the option is, in a sentence. */
	readonly line: string;
	/** What is used when nothing is chosen. */
	readonly fallback: string;
	/** The words that may be chosen, or null for free text and numbers. */
	readonly words: readonly string[] | null;
	/** Unit and range as text: `0.1 to 5256000 minutes`; empty where there is none. */
	readonly range: string;
	/** How it is filled in: one of `words`; one of them or anything typed; a number; free text; or a file that the picker finds. */
	readonly kind: "words" | "open-words" | "number" | "text" | "file";
	/** Handy values that the arrows go through: all of `words`, common numbers, the built-in symbols. */
	readonly offers: readonly string[];
};

/** The look-ups of one form. Pure: the screen may ask without waiting. */
export type FormServices = {
	/** The form's choices in order. */
	readonly fields: readonly FieldFacts[];
	/** What is wrong with this text for this option, or null. */
	checkField(key: string, text: string): string | null;
	/** What is wrong with these choices taken together, or null; never touches the disk. */
	checkChoices(choices: Choices): string | null;
	/** What is used when nothing is chosen, given the other choices: `EURUSD`, `whole file`, `random`. */
	initial(key: string, choices: Choices): string;
	/** What these choices mean, in sentences. */
	describe(choices: Choices): readonly string[];
	/** Outside text (a path) made safe to show; the value itself stays as it is. */
	shown(text: string): string;
	/** The choices that count: what belongs to the other feed is left out, and what says no more than the default. They are texts of options. */
	effective(choices: Choices): Choices;
	/** The command line that does the same as these choices. */
	commandLine(choices: Choices): string;
};

/** Pure look-ups that the screen may ask without waiting: those of the virtual form, and of the two at the broker. */
export type Services = FormServices & {
	readonly stages: Readonly<Record<"demo" | "live", FormServices>>;
	/** The text of the guide (docs/LIVE_TESTING_GUIDE.md). */
	readonly guide: string;
};
