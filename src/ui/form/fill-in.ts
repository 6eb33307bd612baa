import type { Context, Key } from "../key.ts";
import type { FieldFacts, Services } from "../services.ts";
import type { Choices, CockpitState } from "../state.ts";
import { setView } from "../store.ts";
import { editText } from "../widgets/text-field.ts";
import { fieldsFor, sheetOf, withChoice } from "./sheet.ts";

/** Longest text that a field takes; a symbol has 31 characters at most, numbers have fewer. */
const TYPED_MAX = 40;

/** Works the form out anew, with what is being typed taken as typed. */
export function refresh(context: Context, change: Partial<CockpitState["views"]["virtual"]> = {}): void {
	const { store, services } = context;
	setView(store, "virtual", change);
	const { choices, views } = store.getState();
	const facts = fieldAt(context);
	const { typed } = views.virtual;
	const draft = typed === null || facts === null ? choices : withChoice(services, choices, facts.key, typed);
	setView(store, "virtual", { sheet: sheetOf(services, draft) });
}

/** The field that has the cursor, or null when it is on Start. */
export function fieldAt({ store, services }: Context): FieldFacts | null {
	const { choices, views } = store.getState();
	return fieldsFor(services, choices)[views.virtual.field] ?? null;
}

/** Number of fields, which is the place of Start. */
export function startPlace({ store, services }: Context): number {
	return fieldsFor(services, store.getState().choices).length;
}

/** Moves to another field, or to Start; what was typed is taken. */
export function moveTo(context: Context, field: number): void {
	takeTyped(context);
	refresh(context, { field: Math.max(0, Math.min(startPlace(context), field)) });
}

/** Takes what was typed as the field's choice. */
export function takeTyped(context: Context): void {
	const facts = fieldAt(context);
	const { typed } = context.store.getState().views.virtual;
	if (facts === null || typed === null) return;
	setView(context.store, "virtual", { typed: null, cursor: 0 });
	choose(context, facts.key, typed);
}

/** Chooses a value for an option; an empty text takes the default. Remembered for the next start. */
export function choose(context: Context, key: string, text: string): void {
	const choices = withChoice(context.services, context.store.getState().choices, key, text);
	context.store.setState({ choices });
	context.intents.saveChoices(choices);
	refresh(context);
}

/** All defaults again. */
export function restoreDefaults(context: Context): void {
	context.store.setState({ choices: {} });
	context.intents.saveChoices({});
	refresh(context, { typed: null, cursor: 0 });
}

/** The next (+1) or the last (-1) of the field's handy values. */
export function step(context: Context, by: 1 | -1): void {
	const facts = fieldAt(context);
	if (facts === null) return;
	const value = valueInForce(context.services, context.store.getState().choices, facts.key);
	const next = facts.kind === "number" ? nextNumber(facts.offers, value, by) : nextWord(facts.offers, value, by);
	if (next !== null) choose(context, facts.key, next);
}

/** Begins to type in a number or text field, with this text in it. */
export function beginTyping(context: Context, text: string): void {
	refresh(context, { typed: text, cursor: Array.from(text).length });
}

/** A key of the text being typed. False when it is none of its keys. */
export function typeKey(context: Context, key: Key): boolean {
	const { typed, cursor } = context.store.getState().views.virtual;
	if (typed === null) return false;
	const edited = editText({ text: typed, cursor }, key, TYPED_MAX);
	if (edited !== null) refresh(context, { typed: edited.text, cursor: edited.cursor });
	return edited !== null;
}

/** The text that editing starts from: the value in force where it can be typed, else nothing. */
export function typedFrom({ services, store }: Context, facts: FieldFacts): string {
	const value = valueInForce(services, store.getState().choices, facts.key);
	return services.checkField(facts.key, value) === null || store.getState().choices[facts.key] !== undefined ? value : "";
}

function valueInForce(services: Services, choices: Choices, key: string): string {
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
