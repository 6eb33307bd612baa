import type { Binding, Context, Key } from "../key.ts";
import type { FieldFacts } from "../services.ts";
import { isTrading } from "../shell/leave.ts";
import type { CockpitState } from "../state.ts";
import { beginTyping, choose, fieldAt, moveTo, refresh, restoreDefaults, startPlace, step, takeTyped, typedFrom, typeKey } from "./fill-in.ts";
import type { Form, FormName } from "./form.ts";

/** Why no session can be started now, or null. */
export function blockedStart(state: CockpitState, name: FormName): string | null {
	if (state.leaving) return "Kinetra is about to leave.";
	if (state.live !== null && state.live.end === null) return "A session is running (w shows it); another one can start when it has ended.";
	const { sheet } = state.views[name];
	return sheet === null ? "The form is not worked out yet." : sheet.problem;
}

/** True when the cursor of the form is on Start. */
export function onStart({ views }: CockpitState, name: FormName): boolean {
	const { sheet, field } = views[name];
	return sheet === null || field >= sheet.rows.length;
}

/** The keys of a form. Typing itself is `captureField`. */
export function formBindings(form: Form): readonly Binding[] {
	const { name } = form;
	/** Letters belong to the fields, so some keys work on Start only. */
	const startOnly = (state: CockpitState): string | null => (onStart(state, name) ? null : "This key works on Start; End goes there.");
	const cannotStart = (state: CockpitState): string | null => startOnly(state) ?? blockedStart(state, name);
	const begin = (context: Context): void => start(context, form);
	return [
		{
			keys: ["enter"],
			label: "start",
			help: `On Start: ${form.startText.charAt(0).toLowerCase()}${form.startText.slice(1)}`,
			disabled: cannotStart,
			run: begin,
		},
		{
			keys: ["enter"],
			label: "edit",
			help: "On a field: edit it, take the next word, or look for a file",
			disabled: (state) =>
				onStart(state, name)
					? (blockedStart(state, name) ?? "This is Start; arrows go to the fields.")
					: state.views[name].typed === null
						? null
						: "Enter takes what was typed.",
			run: (context) => openField(context, form),
		},
		{
			keys: ["up", "k"],
			shown: "↑↓",
			label: "field",
			help: "To another field (also j and k)",
			run: (context) => moveTo(context, form, placeOf(context, form) - 1),
		},
		{ keys: ["down", "j"], label: "", help: "To the next field", run: (context) => moveTo(context, form, placeOf(context, form) + 1) },
		{
			keys: ["left", "right"],
			shown: "←→",
			label: "change",
			help: "Go through the values of the field",
			run: (context, key) => step(context, form, key === "right" ? 1 : -1),
		},
		{ keys: ["home"], label: "", help: "To the first field", run: (context) => moveTo(context, form, 0) },
		{ keys: ["end"], label: "", help: "To Start", run: (context) => moveTo(context, form, startPlace(context, form)) },
		{ keys: ["delete"], label: "", help: "The default of this field again", run: (context) => clearField(context, form) },
		{ keys: ["s"], label: "", help: "The same as Enter (on Start)", disabled: cannotStart, run: begin },
		{ keys: ["d"], label: "defaults", help: "All defaults again (on Start)", disabled: startOnly, run: (context) => restoreDefaults(context, form) },
	];
}

/** Takes typed text before anything else does. True = dealt with. */
export function captureField(form: Form, context: Context, key: Key): boolean {
	const facts = fieldAt(context, form);
	if (facts === null) return false;
	// No session can be started while another runs, so nobody needs the letter: then it kills, whatever is being typed here.
	if (key === "K" && isTrading(context.store.getState())) return false;
	if (context.store.getState().views[form.name].typed !== null) return typing(context, form, key);
	if (key === "backspace" && (facts.kind === "number" || facts.kind === "text" || facts.kind === "open-words")) {
		beginTyping(
			context,
			form,
			Array.from(typedFrom(context, form, facts))
				.slice(0, -1)
				.join(""),
		);
		return true;
	}
	if (facts.kind === "words") return chooseByLetter(context, form, facts, key);
	if (facts.kind === "open-words" && chooseByLetter(context, form, facts, key)) return true;
	if (!begins(facts, key)) return false;
	// Of a number's field the only words are `max` and `none`: a letter says which.
	const word = /^[a-z]$/.test(key) && facts.kind === "number" ? facts.offers.find((offer) => offer.startsWith(key)) : undefined;
	if (word === undefined) beginTyping(context, form, key);
	else choose(context, form, facts.key, word);
	return true;
}

function typing(context: Context, form: Form, key: Key): boolean {
	switch (key) {
		case "enter":
		case "down":
			moveTo(context, form, placeOf(context, form) + 1);
			return true;
		case "up":
			moveTo(context, form, placeOf(context, form) - 1);
			return true;
		case "escape":
			refresh(context, form, { typed: null, cursor: 0 });
			return true;
		default:
			return typeKey(context, form, key);
	}
}

/** The next word that begins with the letter. Capital K is the kill switch and never a letter here. */
function chooseByLetter(context: Context, form: Form, facts: FieldFacts, key: Key): boolean {
	const choices = form.choices(context.store.getState());
	const value = choices[facts.key] ?? form.services(context).initial(facts.key, choices);
	const words = facts.offers.filter((word) => key !== "K" && Array.from(key).length === 1 && word.toLowerCase().startsWith(key.toLowerCase()));
	const next = words[(words.indexOf(value) + 1) % words.length];
	if (next === undefined) return false;
	choose(context, form, facts.key, next);
	return true;
}

/** True when this key begins a new value in a number or text field. */
function begins(facts: FieldFacts, key: Key): boolean {
	if (key === "K") return false;
	// What is no word's beginning begins a path or a command; letters that move between fields go on doing so.
	if (facts.kind === "open-words") return /^[A-Z./\\]$/.test(key);
	if (facts.kind === "text") return /^[A-Za-z0-9._+#-]$/.test(key);
	return facts.kind === "number" && (/^[\d.+-]$/.test(key) || (/^[a-z]$/.test(key) && facts.offers.some((offer) => offer.startsWith(key))));
}

function openField(context: Context, form: Form): void {
	const facts = fieldAt(context, form);
	if (facts === null) return;
	if (facts.kind === "words") step(context, form, 1);
	else if (facts.kind === "file") context.store.setState(({ path }) => ({ path: [...path, "file"] }));
	else beginTyping(context, form, typedFrom(context, form, facts));
}

function clearField(context: Context, form: Form): void {
	const facts = fieldAt(context, form);
	if (facts !== null) choose(context, form, facts.key, "");
}

function start(context: Context, form: Form): void {
	takeTyped(context, form);
	const choices = form.choices(context.store.getState());
	form.keep(context, choices);
	form.begin(context, form.services(context).effective(choices));
}

function placeOf({ store }: Context, form: Form): number {
	return store.getState().views[form.name].field;
}
