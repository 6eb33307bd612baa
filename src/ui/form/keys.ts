import type { Binding, Context, Key } from "../key.ts";
import type { FieldFacts } from "../services.ts";
import type { CockpitState } from "../state.ts";
import { beginTyping, choose, fieldAt, moveTo, refresh, restoreDefaults, startPlace, step, takeTyped, typedFrom, typeKey } from "./fill-in.ts";

/** Why no session can be started now, or null. */
export function blockedStart(state: CockpitState): string | null {
	if (state.leaving) return "Kinetra is about to leave.";
	if (state.live !== null && state.live.end === null) return "A session is running (w shows it); another one can start when it has ended.";
	const { sheet } = state.views.virtual;
	return sheet === null ? "The form is not worked out yet." : sheet.problem;
}

/** True when the cursor of the form is on Start. */
export function onStart({ views }: CockpitState): boolean {
	return views.virtual.sheet === null || views.virtual.field >= views.virtual.sheet.rows.length;
}

/** Letters belong to the fields, so these two work on Start only. */
function startOnly(state: CockpitState): string | null {
	return onStart(state) ? null : "This key works on Start; End goes there.";
}

/** The keys of the form. Typing itself is `captureField`. */
export const FORM_BINDINGS: readonly Binding[] = [
	{
		keys: ["enter"],
		label: "start",
		help: "On Start: start the session",
		disabled: (state) => startOnly(state) ?? blockedStart(state),
		run: start,
	},
	{
		keys: ["enter"],
		label: "edit",
		help: "On a field: edit it, take the next word, or look for a file",
		disabled: (state) =>
			onStart(state)
				? (blockedStart(state) ?? "This is Start; arrows go to the fields.")
				: state.views.virtual.typed === null
					? null
					: "Enter takes what was typed.",
		run: openField,
	},
	{ keys: ["up", "k"], shown: "↑↓", label: "field", help: "To another field (also j and k)", run: (context) => moveTo(context, placeOf(context) - 1) },
	{ keys: ["down", "j"], label: "", help: "To the next field", run: (context) => moveTo(context, placeOf(context) + 1) },
	{
		keys: ["left", "right"],
		shown: "←→",
		label: "change",
		help: "Go through the values of the field",
		run: (context, key) => step(context, key === "right" ? 1 : -1),
	},
	{ keys: ["home"], label: "", help: "To the first field", run: (context) => moveTo(context, 0) },
	{ keys: ["end"], label: "", help: "To Start", run: (context) => moveTo(context, startPlace(context)) },
	{ keys: ["delete"], label: "", help: "The default of this field again", run: clearField },
	{
		keys: ["s"],
		label: "",
		help: "Start the session (on Start)",
		disabled: (state) => startOnly(state) ?? blockedStart(state),
		run: start,
	},
	{ keys: ["d"], label: "defaults", help: "All defaults again (on Start)", disabled: startOnly, run: restoreDefaults },
];

/** Takes typed text before anything else does. True = dealt with. */
export function captureField(context: Context, key: Key): boolean {
	const facts = fieldAt(context);
	if (facts === null) return false;
	if (context.store.getState().views.virtual.typed !== null) return typing(context, key);
	if (key === "backspace" && (facts.kind === "number" || facts.kind === "text")) {
		beginTyping(context, Array.from(typedFrom(context, facts)).slice(0, -1).join(""));
		return true;
	}
	if (facts.kind === "words") return chooseByLetter(context, facts, key);
	if (!begins(facts, key)) return false;
	// Of a number's field the only words are `max` and `none`: a letter says which.
	const word = /^[a-z]$/.test(key) && facts.kind === "number" ? facts.offers.find((offer) => offer.startsWith(key)) : undefined;
	if (word === undefined) beginTyping(context, key);
	else choose(context, facts.key, word);
	return true;
}

function typing(context: Context, key: Key): boolean {
	switch (key) {
		case "enter":
		case "down":
			moveTo(context, placeOf(context) + 1);
			return true;
		case "up":
			moveTo(context, placeOf(context) - 1);
			return true;
		case "escape":
			refresh(context, { typed: null, cursor: 0 });
			return true;
		default:
			return typeKey(context, key);
	}
}

/** The next word that begins with the letter. Capital K is the kill switch and never a letter here. */
function chooseByLetter(context: Context, facts: FieldFacts, key: Key): boolean {
	const { choices } = context.store.getState();
	const value = choices[facts.key] ?? context.services.initial(facts.key, choices);
	const words = facts.offers.filter((word) => key !== "K" && Array.from(key).length === 1 && word.toLowerCase().startsWith(key.toLowerCase()));
	const next = words[(words.indexOf(value) + 1) % words.length];
	if (next === undefined) return false;
	choose(context, facts.key, next);
	return true;
}

/** True when this key begins a new value in a number or text field. */
function begins(facts: FieldFacts, key: Key): boolean {
	if (key === "K") return false;
	if (facts.kind === "text") return /^[A-Za-z0-9._+#-]$/.test(key);
	return facts.kind === "number" && (/^[\d.+-]$/.test(key) || (/^[a-z]$/.test(key) && facts.offers.some((offer) => offer.startsWith(key))));
}

function openField(context: Context): void {
	const facts = fieldAt(context);
	if (facts === null) return;
	if (facts.kind === "words") step(context, 1);
	else if (facts.kind === "file") context.store.setState(({ path }) => ({ path: [...path, "file"] }));
	else beginTyping(context, typedFrom(context, facts));
}

function clearField(context: Context): void {
	const facts = fieldAt(context);
	if (facts !== null) choose(context, facts.key, "");
}

function start(context: Context): void {
	takeTyped(context);
	const { choices } = context.store.getState();
	context.intents.saveChoices(choices);
	context.intents.startSession(context.services.effective(choices));
}

function placeOf({ store }: Context): number {
	return store.getState().views.virtual.field;
}
