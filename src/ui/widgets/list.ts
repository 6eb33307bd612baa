import type { Binding, Context, Key } from "../key.ts";
import { editText } from "./text-field.ts";

/** What a list remembers: which row is selected, what it is filtered by, and whether the filter is being typed. */
export type ListView = { readonly selected: number; readonly filter: string; readonly typing: boolean };

export const NEW_LIST: ListView = { selected: 0, filter: "", typing: false };

/** How a list is reached: its view, how it is changed, and how many rows it has now (after filtering) and on a page. */
export type ListHandle = {
	readonly get: (context: Context) => ListView;
	readonly set: (context: Context, change: Partial<ListView>) => void;
	readonly count: (context: Context) => number;
	readonly page: (context: Context) => number;
};

/** True when every word of the filter is in the text, whatever the case. */
export function matches(text: string, filter: string): boolean {
	const lower = text.toLowerCase();
	return filter
		.toLowerCase()
		.split(/\s+/)
		.every((word) => lower.includes(word));
}

/** The first row to show so that the selected one is seen. */
export function windowStart(selected: number, count: number, height: number): number {
	const centred = selected - Math.floor(height / 2);
	return Math.max(0, Math.min(centred, count - height));
}

/** The keys that every list has: moving, and `/` to filter. */
export function listBindings(list: ListHandle): readonly Binding[] {
	const move = (by: (context: Context) => number) => (context: Context) => {
		const last = Math.max(0, list.count(context) - 1);
		const from = Math.min(list.get(context).selected, last);
		list.set(context, { selected: Math.max(0, Math.min(last, from + by(context))) });
	};
	return [
		{ keys: ["up", "k"], shown: "↑↓", label: "move", help: "Move up and down (also j and k)", run: move(() => -1) },
		{ keys: ["down", "j"], label: "", help: "Move down", run: move(() => 1) },
		{ keys: ["pageup"], label: "", help: "A page up", run: move((context) => -list.page(context)) },
		{ keys: ["pagedown"], label: "", help: "A page down", run: move((context) => list.page(context)) },
		{ keys: ["home", "g"], label: "", help: "To the first row", run: move(() => Number.NEGATIVE_INFINITY) },
		{ keys: ["end", "G"], label: "", help: "To the last row", run: move(() => Number.POSITIVE_INFINITY) },
		{ keys: ["/"], label: "filter", help: "Show only rows with these words", run: (context) => list.set(context, { typing: true }) },
	];
}

/** Takes the keys of a filter that is being typed: Enter keeps it, Escape clears it, then or later. True = dealt with. */
export function captureFilter(list: ListHandle, context: Context, key: Key): boolean {
	const view = list.get(context);
	if (!view.typing) {
		// What is open closes first: the filter, then the screen.
		if (key !== "escape" || view.filter === "") return false;
		list.set(context, { filter: "", selected: 0 });
		return true;
	}
	if (key === "enter") list.set(context, { typing: false });
	else if (key === "escape") list.set(context, { typing: false, filter: "", selected: 0 });
	else {
		const field = editText({ text: view.filter, cursor: Array.from(view.filter).length }, key, 60);
		if (field !== null) list.set(context, { filter: field.text, selected: 0 });
	}
	return true;
}
