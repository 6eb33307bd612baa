import type { Context } from "../key.ts";
import type { FormServices } from "../services.ts";
import type { Choices, CockpitState } from "../state.ts";

/** The forms of a session, one a stage; each has a row of its own in the views. */
export type FormName = "virtual" | "demo" | "live";

/** A form: whose choices it fills in, which look-ups it has, and what its Start does. */
export type Form = {
	readonly name: FormName;
	/** The words of the row that starts: `Start the virtual session`. */
	readonly startText: string;
	/** What Enter does there, in a sentence. */
	readonly startHelp: string;
	readonly services: (context: Context) => FormServices;
	readonly choices: (state: CockpitState) => Choices;
	/** Puts the choices into the state and remembers them for the next start. */
	readonly keep: (context: Context, choices: Choices) => void;
	/** What Start does with the choices that count. */
	readonly begin: (context: Context, choices: Choices) => void;
};

/** The form of a virtual session. */
export const VIRTUAL_FORM: Form = {
	name: "virtual",
	startText: "Start the virtual session",
	startHelp: "Enter starts it.",
	services: ({ services }) => services,
	choices: ({ choices }) => choices,
	keep({ store, intents }, choices) {
		store.setState({ choices });
		intents.saveChoices(choices);
	},
	begin: ({ intents }, choices) => intents.startSession(choices),
};

/** The forms of the stages at the broker: their Start leads to checks and questions, not to a session. */
export const DEMO_FORM: Form = stageForm("demo", "Start the demo session: checks, then asks");
export const LIVE_FORM: Form = stageForm("live", "Start the LIVE session: checks, then asks");

function stageForm(mode: "demo" | "live", startText: string): Form {
	return {
		name: mode,
		startText,
		startHelp: "Nothing is sent before the last word is typed.",
		services: ({ services }) => services.stages[mode],
		choices: ({ stageChoices }) => stageChoices[mode],
		keep({ store, intents }, choices) {
			store.setState(({ stageChoices }) => ({ stageChoices: { ...stageChoices, [mode]: choices } }));
			intents.saveStageChoices(mode, choices);
		},
		begin({ store, intents }, choices) {
			intents.prepareStage(mode, choices);
			store.setState(({ path }) => ({ path: [...path.filter((id) => id !== "stage-start"), "stage-start"], focus: "content" }));
		},
	};
}
