import { VIRTUAL_FORM } from "../form/form.ts";
import { captureField, formBindings } from "../form/keys.ts";
import type { Screen } from "../screen.ts";
import { formPanes, openForm } from "./form-panes.ts";

/** Live Testing > Virtual Trading: the form of a session. Opens on Start, so that Enter starts with what was chosen last. */
export const virtualScreen: Screen = {
	id: "virtual",
	title: () => "Virtual Trading",
	menu: null,
	panes: (state, content) => formPanes(VIRTUAL_FORM, state, content),
	bindings: formBindings(VIRTUAL_FORM),
	capture: (context, key) => captureField(VIRTUAL_FORM, context, key),
	enter: (context) => openForm(context, VIRTUAL_FORM),
};
