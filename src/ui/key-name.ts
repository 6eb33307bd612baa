import type { Binding, Key } from "./key.ts";

const NAMES: Readonly<Record<string, string>> = {
	up: "↑",
	down: "↓",
	left: "←",
	right: "→",
	pageup: "PgUp",
	pagedown: "PgDn",
	escape: "Esc",
	"shift+tab": "Shift-Tab",
	"ctrl+c": "Ctrl-C",
};

/** A key as footer, help and dialogs write it: `Esc`, `Ctrl-K`, `↑`, `x`. */
export function keyName(key: Key): string {
	const known = NAMES[key];
	if (known !== undefined) return known;
	if (Array.from(key).length === 1) return key;
	return key.startsWith("ctrl+") ? `Ctrl-${key.slice(5).toUpperCase()}` : key.charAt(0).toUpperCase() + key.slice(1);
}

/** The keys of a binding: as it wants them shown, or its first key; `all` names every one of them. */
export function bindingKeys(binding: Binding, which: "first" | "all"): string {
	if (binding.shown !== undefined) return binding.shown;
	return which === "first" ? keyName(binding.keys[0] ?? "") : binding.keys.map(keyName).join(" ");
}
