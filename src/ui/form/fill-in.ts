import type { Context, Key } from "../key.ts";
import type { FieldFacts, FormServices } from "../services.ts";
import type { Choices } from "../state.ts";
import { setView } from "../store.ts";
import type { FormView } from "../views.ts";
import { editText } from "../widgets/text-field.ts";
import type { Form } from "./form.ts";
import { fieldsFor, sheetOf, withChoice } from "./sheet.ts";

/** Longest text that a field takes; a symbol has 31 characters at most, numbers have fewer, a path or a command may have more. */
const TYPED_MAX = 40;
const TYPED_OPEN_MAX = 400;

/** Works the form out anew, with what is being typed taken as typed. */
export function refresh(context: Context, form: Form, change: Partial<FormView> = {}): void {
	const { store } = context;
	setView(store, form.name, change);
	const state = store.getState();
	const choices = form.choices(state);
	const services = form.services(context);
	const facts = fieldAt(context, form);
	const { typed } = state.views[form.name];
	const draft = typed === null || facts === null ? choices : withChoice(services, choices, facts.key, typed);
	setView(store, form.name, { sheet: sheetOf(services, draft) });
}

/** The field that has the cursor, or null when it is on Start. */
export function fieldAt(context: Context, form: Form): FieldFacts | null {
	const state = context.store.getState();
	return fieldsFor(form.services(context), form.choices(state))[state.views[form.name].field] ?? null;
}

/** Number of fields, which is the place of Start. */
export function startPlace(context: Context, form: Form): number {
	return fieldsFor(form.services(context), form.choices(context.store.getState())).length;
}

/** Moves to another field, or to Start; what was typed is taken. */
export function moveTo(context: Context, form: Form, field: number): void {
	takeTyped(context, form);
	refresh(context, form, { field: Math.max(0, Math.min(startPlace(context, form), field)) });
}

/** Takes what was typed as the field's choice. */
export function takeTyped(context: Context, form: Form): void {
	const facts = fieldAt(context, form);
	const { typed } = context.store.getState().views[form.name];
	if (facts === null || typed === null) return;
	setView(context.store, form.name, { typed: null, cursor: 0 });
	choose(context, form, facts.key, typed);
}

/** Chooses a value for an option; an empty text takes the default. Remembered for the next start. */
export function choose(context: Context, form: Form, key: string, text: string): void {
	form.keep(context, withChoice(form.services(context), form.choices(context.store.getState()), key, text));
	refresh(context, form);
}

/** All defaults again. */
export function restoreDefaults(context: Context, form: Form): void {
	form.keep(context, {});
	refresh(context, form, { typed: null, cursor: 0 });
}

/** The next (+1) or the last (-1) of the field's handy values. */
export function step(context: Context, form: Form, by: 1 | -1): void {
	const facts = fieldAt(context, form);
	if (facts === null) return;
	const value = valueInForce(form.services(context), form.choices(context.store.getState()), facts.key);
	const next = facts.kind === "number" ? nextNumber(facts.offers, value, by) : nextWord(facts.offers, value, by);
	if (next !== null) choose(context, form, facts.key, next);
}

/** Begins to type in a number or text field, with this text in it. */
export function beginTyping(context: Context, form: Form, text: string): void {
	refresh(context, form, { typed: text, cursor: Array.from(text).length });
}

/** A key of the text being typed. False when it is none of its keys. */
export function typeKey(context: Context, form: Form, key: Key): boolean {
	const { typed, cursor } = context.store.getState().views[form.name];
	if (typed === null) return false;
	const edited = editText({ text: typed, cursor }, key, fieldAt(context, form)?.kind === "open-words" ? TYPED_OPEN_MAX : TYPED_MAX);
	if (edited !== null) refresh(context, form, { typed: edited.text, cursor: edited.cursor });
	return edited !== null;
}

/** The text that editing starts from: the value in force where it can be typed, else nothing. */
export function typedFrom(context: Context, form: Form, facts: FieldFacts): string {
	const services = form.services(context);
	const choices = form.choices(context.store.getState());
	const value = valueInForce(services, choices, facts.key);
	return services.checkField(facts.key, value) === null || choices[facts.key] !== undefined ? value : "";
}

function valueInForce(services: FormServices, choices: Choices, key: string): string {
	return choices[key] ?? services.initial(key, choices);
}

function nextWord(offers: readonly string[], value: string, by: 1 | -1): string | null {
	const at = offers.findIndex((offer) => offer.toLowerCase() === value.trim().toLowerCase());
	if (at < 0) return (by === 1 ? offers[0] : offers.at(-1)) ?? null;
	return offers[(at + by + offers.length) % offers.length] ?? null;
}

/** The nearest offer above or below; words such as `max` and `none` stand above every number. */
function nextNumber(offers: readonly string[], value: string, by: 1 | -1): string | null {
	const rank = (text: string): number => (/^[\d.]+$/.test(text.trim()) ? Number(text) : Number.POSITIVE_INFINITY);
	const sorted = by === 1 ? offers : [...offers].reverse();
	return sorted.find((offer) => (by === 1 ? rank(offer) > rank(value) : rank(offer) < rank(value))) ?? null;
}
