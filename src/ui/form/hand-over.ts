import type { Context } from "../key.ts";
import type { ScreenId } from "../state.ts";
import { withChoice } from "./sheet.ts";

/** Where the form is. */
const FORM_PATH: readonly ScreenId[] = ["main", "live-testing", "virtual"];

/** Puts a file of recorded quotes into the form's choices, which makes it the feed. */
export function takeFile(context: Context, path: string): void {
	const { store, intents, services } = context;
	const choices = withChoice(services, { ...store.getState().choices, file: path }, "feed", "csv");
	store.setState({ choices });
	intents.saveChoices(choices);
}

/** Puts an agent into the form's choices. */
export function takeAgent(context: Context, id: string): void {
	const { store, intents, services } = context;
	const choices = withChoice(services, store.getState().choices, "agent", id);
	store.setState({ choices });
	intents.saveChoices(choices);
}

/** Shows the form. */
export function openForm({ store }: Context): void {
	store.setState({ path: FORM_PATH, focus: "content" });
}
