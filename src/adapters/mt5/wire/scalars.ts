import * as z from "zod";
import { cleanText } from "../../clean-text.ts";

/** What passes the cleaner unchanged, and is nearly everything: asked first because cleaning costs more than all the rest of a frame of ticks. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Text of the terminal or broker, cleaned (S-14) and cut to `longest` characters. */
export function cleaned(text: string, longest: number): string {
	return text.length <= longest && PLAIN.test(text) ? text : cleanText(text, longest);
}

/** Text of at most `longest` characters after cleaning. */
export function text(longest: number): z.ZodType<string> {
	return z.string().transform((found) => cleaned(found, longest));
}

/** A short word or name. */
export const word = text(64);
/** A sentence. */
export const sentence = text(500);
/** An identifier that is compared, never shown: printable, and refused rather than changed when it is not. */
export const id = z.string().regex(/^[\x21-\x7e]{1,64}$/);
/** A 64-bit number as text. Only a magic may be below 0: whoever made the order chose it. */
export const digits = z.string().regex(/^(?:0|[1-9][0-9]{0,19})$/);
/** Digits of whoever made an order. */
export const magic = z.string().regex(/^-?(?:0|[1-9][0-9]{0,19})$/);
/** A finite number. */
export const finite = z.number();
/** A whole number within ±(2^53 - 1). */
export const whole = z.number().int();
/** Whole and not below 0. */
export const count = z.number().int().min(0);
export const flag = z.boolean();

/** May be absent or null on the wire; null for us. */
export function maybe<T>(schema: z.ZodType<T>): z.ZodType<T | null> {
	return schema.nullish().transform((found) => found ?? null);
}

/** A flag that is only sent when it is set. */
export const ifSet: z.ZodType<boolean> = z
	.boolean()
	.nullish()
	.transform((found) => found === true);

/** A ticket of a result, where 0 means that there is none. */
export const ticketIfAny: z.ZodType<string | null> = digits.nullish().transform((found) => (found === undefined || found === "0" ? null : found));
