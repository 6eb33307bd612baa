import { frontOf, layoutOf } from "../layout.ts";
import type { CockpitState } from "../state.ts";

/** What keys become now in the screen in front: `text` every printable one, `digits` those of numbers, null nothing. */
export function typedKeys(state: CockpitState): "text" | "digits" | null {
	if (state.focus !== "content" || layoutOf(state).tooSmall) return null;
	const front = frontOf(state);
	if (front === "virtual") return typedInForm(state);
	const { views } = state;
	const view = front === "session" ? views.session.log : front in views ? views[front as keyof typeof views] : null;
	return view !== null && "typing" in view && view.typing ? "text" : null;
}

function typedInForm({ views }: CockpitState): "text" | "digits" | null {
	const { typed, sheet, field } = views.virtual;
	const kind = sheet?.rows[field]?.kind;
	if (typed !== null || kind === "text") return "text";
	return kind === "number" ? "digits" : null;
}
