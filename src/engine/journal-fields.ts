/** The data of a journal line, of which nothing is known yet: a journal may come from a disk. */
export type JournalFields = Readonly<Record<string, unknown>>;

/** Whether a value has fields at all. */
export function isObject(value: unknown): value is JournalFields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field that is a finite number, or null. */
export function numberOf(data: JournalFields, name: string): number | null {
	const value = data[name];
	return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A field that is text; empty when it is not. */
export function textOf(data: JournalFields, name: string): string {
	const value = data[name];
	return typeof value === "string" ? value : "";
}

/** A field that has fields itself; without any when it is not. */
export function partOf(data: JournalFields, name: string): JournalFields {
	const value = data[name];
	return isObject(value) ? value : NOTHING;
}

/** A field that is a list; empty when it is not. */
export function listOf(data: JournalFields, name: string): readonly unknown[] {
	const value = data[name];
	return Array.isArray(value) ? value : [];
}

const NOTHING: JournalFields = {};
