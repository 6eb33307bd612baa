import type { Key } from "../key.ts";

/** A text being typed and the place of the cursor, 0 = before the first character. */
export type TextField = { readonly text: string; readonly cursor: number };

/** The field after a key, or null when the key is none of its own (Enter, Escape, arrows up and down ...). At most `max` characters. */
export function editText(field: TextField, key: Key, max = 200): TextField | null {
	const characters = Array.from(field.text);
	const cursor = Math.min(field.cursor, characters.length);
	const cut = (from: number, to: number): TextField => ({ text: [...characters.slice(0, from), ...characters.slice(to)].join(""), cursor: from });
	switch (key) {
		case "left":
			return { ...field, cursor: Math.max(0, cursor - 1) };
		case "right":
			return { ...field, cursor: Math.min(characters.length, cursor + 1) };
		case "home":
		case "ctrl+a":
			return { ...field, cursor: 0 };
		case "end":
		case "ctrl+e":
			return { ...field, cursor: characters.length };
		case "backspace":
			return cursor === 0 ? field : cut(cursor - 1, cursor);
		case "delete":
			return cursor === characters.length ? field : cut(cursor, cursor + 1);
		case "ctrl+u":
			return { text: "", cursor: 0 };
		default:
	}
	const typed = key === "space" ? " " : key;
	if (Array.from(typed).length !== 1 || characters.length >= max) return Array.from(typed).length === 1 ? field : null;
	return { text: [...characters.slice(0, cursor), typed, ...characters.slice(cursor)].join(""), cursor: cursor + 1 };
}
