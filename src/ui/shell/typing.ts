import { frontOf, layoutOf } from "../layout.ts";
import type { CockpitState } from "../state.ts";
import type { FormView } from "../views.ts";

/** What keys become now in the screen in front: `text` every printable one, `digits` those of numbers, null nothing. */
export function typedKeys(state: CockpitState): "text" | "digits" | null {
	if (state.focus !== "content" || layoutOf(state).tooSmall) return null;
	const front = frontOf(state);
	const { views } = state;
	if (front === "stage-start") return state.stageStart?.question != null ? "text" : null;
	const view = front === "session" ? views.session.log : front in views ? views[front as keyof typeof views] : null;
	if (view === null) return null;
	if ("typing" in view && view.typing) return "text";
	if ("sheet" in view) return typedInForm(view);
	return "typed" in view && view.typed !== null ? "text" : null;
}

function typedInForm({ typed, sheet, field }: FormView): "text" | "digits" | null {
	const kind = sheet?.rows[field]?.kind;
	if (typed !== null || kind === "text") return "text";
	return kind === "number" ? "digits" : null;
}
