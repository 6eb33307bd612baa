import { cleanText } from "../../clean-text.ts";
import { dataFailure, type Failure } from "../../failure.ts";
import type { SpecBody } from "../wire/messages.ts";

/** Reads the fields of one SymbolInfo strictly: what is missing, of the wrong type or out of range is a `Failure` (exit 3) that names field and value. */
export type SpecFields = {
	/** A number from `least` to `most`. */
	number(field: string, least: number, most: number): number;
	/** A whole number from `least` to `most`. */
	whole(field: string, least: number, most: number): number;
	/** True or false; MT5's older builds say 0 and 1. */
	flag(field: string): boolean;
	/** Cleaned text, at most `mostChars` characters. */
	text(field: string, mostChars: number): string;
	/** What a number of MT5 stands for. */
	choice<T extends string>(field: string, names: readonly T[], otherwise: string): T;
	/** What the bits of a number of MT5 stand for, lowest first; bits beyond `names` are left out: not knowing a permission is not having it. */
	bits<T extends string>(field: string, names: readonly T[]): T[];
	/** The failure of a field, `why` after its name. */
	refuse(why: string): Failure;
};

/** The fields of a specification. */
export function fieldsOf({ symbol, name, spec }: SpecBody): SpecFields {
	const called = symbol === name ? shown(symbol) : `${shown(symbol)} (${shown(name)} at this broker)`;
	const refuse = (why: string): Failure =>
		dataFailure(`The broker's specification of ${called} cannot be used: ${why}. Nothing is traded on a guess: choose another symbol, or ask the broker.`);
	const number = (field: string, least: number, most: number): number => {
		const value = spec[field];
		if (typeof value !== "number" || !(value >= least && value <= most))
			throw refuse(`${field} is ${shown(value)}, expected a number from ${least} to ${most}`);
		return value;
	};
	const whole = (field: string, least: number, most: number): number => {
		const value = number(field, least, most);
		if (!Number.isInteger(value)) throw refuse(`${field} is ${value}, expected a whole number`);
		return value;
	};
	return {
		number,
		whole,
		flag(field) {
			const value = spec[field];
			if (value === true || value === 1) return true;
			if (value === false || value === 0) return false;
			throw refuse(`${field} is ${shown(value)}, expected true or false`);
		},
		text(field, mostChars) {
			const value = spec[field];
			if (typeof value !== "string") throw refuse(`${field} is ${shown(value)}, expected a text`);
			return cleanText(value, mostChars);
		},
		choice(field, names, otherwise) {
			const value = spec[field];
			const found = typeof value === "number" ? names[value] : undefined;
			if (found === undefined) throw refuse(`${field} is ${shown(value)}, ${otherwise}`);
			return found;
		},
		bits(field, names) {
			const value = whole(field, 0, 0xffff_ffff);
			return names.filter((_, bit) => Math.floor(value / 2 ** bit) % 2 === 1);
		},
		refuse,
	};
}

function shown(value: unknown): string {
	return value === undefined ? "missing" : typeof value === "string" ? cleanText(value, 40) : String(value);
}
