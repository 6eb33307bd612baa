import { DEMO_FORM } from "../form/form.ts";
import { captureField, formBindings } from "../form/keys.ts";
import type { Screen } from "../screen.ts";
import { formPanes, gateNote, openForm } from "./form-panes.ts";

/** Live Testing > Demo Account Testing: the form of a demo session, with what the gate says. Start leads to checks and questions. */
export const demoScreen: Screen = {
	id: "demo",
	title: () => "Demo Account Testing",
	menu: null,
	panes: (state, content) => formPanes(DEMO_FORM, state, content, gateNote("demo")),
	bindings: formBindings(DEMO_FORM),
	capture: (context, key) => captureField(DEMO_FORM, context, key),
	enter(context) {
		openForm(context, DEMO_FORM);
		context.intents.loadStandings();
	},
};
