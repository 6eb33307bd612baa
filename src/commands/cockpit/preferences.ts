import { join } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { Failure } from "../../adapters/failure.ts";
import { type Home, makePrivateFolder, readPrivateFile, writePrivateFile } from "../../adapters/home.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { Choices } from "../../ui/state.ts";

/** What the cockpit remembers for its next start; preferences.json in the home. */
export type Preferences = {
	readonly choices: Choices;
	/** The choices of the forms at the broker. */
	readonly stageChoices: Readonly<Record<"demo" | "live", Choices>>;
	/** The folder in which a file was last looked for, or null. */
	readonly folder: string | null;
};

export const NO_PREFERENCES: Preferences = { choices: {}, stageChoices: { demo: {}, live: {} }, folder: null };

/** Longer texts are no choice anybody typed. */
const TEXT_MAX = 4096;

/**
 * The preferences, and what was wrong with them (null = nothing). Never throws: preferences that cannot be read, or a choice that `isSound`
 * refuses, are left out and said, because they are a convenience and must not keep anybody from trading or stopping.
 */
export function loadPreferences(
	home: Home,
	isSound: (key: string, text: string) => boolean,
): { readonly preferences: Preferences; readonly problem: string | null } {
	const path = pathOf(home);
	let text: string | null;
	try {
		text = readPrivateFile(path);
	} catch (error) {
		return { preferences: NO_PREFERENCES, problem: `The last choices are not used: ${error instanceof Failure ? error.message : reasonOf(error)}` };
	}
	if (text === null) return { preferences: NO_PREFERENCES, problem: null };
	const stored = parse(text);
	if (stored === null) {
		return {
			preferences: NO_PREFERENCES,
			problem: `The last choices are not used: ${cleanText(path)} is damaged. The next start of a session writes it anew.`,
		};
	}
	const sound = (choices: Choices): Choices => Object.fromEntries(Object.entries(choices).filter(([key, value]) => isSound(key, value)));
	const { demo, live } = stored.stageChoices;
	const preferences: Preferences = { ...stored, choices: sound(stored.choices), stageChoices: { demo: sound(demo), live: sound(live) } };
	const unsound = (choices: Choices): readonly string[] => Object.keys(choices).filter((key) => !(key in sound(choices)));
	const dropped = [...new Set([stored.choices, demo, live].flatMap(unsound))];
	const names = dropped
		.slice(0, 3)
		.map((key) => cleanText(key, 30))
		.join(", ");
	return { preferences, problem: dropped.length === 0 ? null : `Last choices that do not fit any more were left out: ${names}.` };
}

/** Writes the preferences in one step, mode 0600. Returns why it could not, or null. */
export function storePreferences(home: Home, preferences: Preferences): string | null {
	try {
		makePrivateFolder(home.root);
		writePrivateFile(pathOf(home), `${JSON.stringify({ format: 1, ...preferences }, null, "\t")}\n`);
		return null;
	} catch (error) {
		return `The choices could not be kept in ${cleanText(pathOf(home))}: ${reasonOf(error)}.`;
	}
}

function pathOf(home: Home): string {
	return join(home.root, "preferences.json");
}

function parse(text: string): Preferences | null {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return null;
	}
	if (typeof value !== "object" || value === null) return null;
	const { format, choices: form, stageChoices, folder } = value as { format?: unknown; choices?: unknown; stageChoices?: unknown; folder?: unknown };
	if (format !== 1 || (folder !== null && !isText(folder))) return null;
	// Files of the versions before demo and live have none of their choices.
	const { demo, live } = (stageChoices ?? { demo: {}, live: {} }) as { demo?: unknown; live?: unknown };
	const [ofForm, ofDemo, ofLive] = [form, demo, live].map(choicesOf);
	return ofForm == null || ofDemo == null || ofLive == null ? null : { choices: ofForm, stageChoices: { demo: ofDemo, live: ofLive }, folder };
}

function choicesOf(value: unknown): Choices | null {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
	const entries = Object.entries(value);
	return entries.every(([, entry]) => isText(entry)) ? (Object.fromEntries(entries) as Choices) : null;
}

function isText(value: unknown): value is string {
	return typeof value === "string" && value.length <= TEXT_MAX;
}
