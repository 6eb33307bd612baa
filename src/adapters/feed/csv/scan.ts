import { COLUMN, type Layout } from "./layout.ts";

/** The digits are the bytes 0x30 to 0x39: `byte ^ ZERO` is the digit's value for them, and more than 9 for every other byte. */
const ZERO = 0x30;
const POINT = 0x2e;
const DASH = 0x2d;
const COLON = 0x3a;
const SPACE = 0x20;
const LETTER_T = 0x54;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];
/** More digits than this are left to the thorough reader: up to here a count in a double is exact. */
const DIGITS_MAX = 15;
const DAY_MS = 86_400_000;
/** Epoch numbers below this are seconds (until the year 5138), others milliseconds (since 1973). */
const EPOCH_SECONDS_MAX = 1e11;

/** Where the date or time read last ended: a second result without an allocation. Meaningless between calls. */
let fieldEnd = 0;

/**
 * Reads the row at `at` into `layout.values` and returns where the next row begins, or -1 when the row is not in the plain form that MT5
 * writes: then `readRow` (row.ts), which takes its time and knows every accepted form and every reason, decides. Dates and
 * times are checked here; whether the numbers make sense is for the caller. Bytes at `at` must hold a whole line.
 *
 * One loop over the bytes with everything in local variables: this is where reading a file spends its time.
 */
export function scanRow(layout: Layout, bytes: Uint8Array, at: number): number {
	const { columns, values, delimiter, digits } = layout;
	const last = columns.length - 1;
	let i = at;
	for (let c = 0; c <= last; c++) {
		const column = columns[c] as number;
		if (column >= COLUMN.open) {
			const start = i;
			let number = 0;
			let digit = (bytes[i] as number) ^ ZERO;
			while (digit <= 9) {
				number = number * 10 + digit;
				digit = (bytes[++i] as number) ^ ZERO;
			}
			if (column !== COLUMN.tickVolume && column !== COLUMN.spread) {
				let missing = digits;
				if (bytes[i] === POINT && i > start) {
					const pointAt = i;
					digit = (bytes[++i] as number) ^ ZERO;
					while (digit <= 9) {
						number = number * 10 + digit;
						digit = (bytes[++i] as number) ^ ZERO;
					}
					missing -= i - pointAt - 1;
				}
				if (missing < 0) return -1;
				number *= POWERS[missing] as number;
			}
			if (i - start > DIGITS_MAX) return -1;
			if (i === start) {
				if (column < COLUMN.bid) return -1;
				number = Number.NaN;
			}
			values[column] = number;
		} else if (column === COLUMN.ignored) {
			let byte = bytes[i] as number;
			while (byte !== delimiter && byte !== RETURN && byte !== NEWLINE) byte = bytes[++i] as number;
		} else {
			const value = column === COLUMN.date ? scanDate(layout, bytes, i) : scanTime(bytes, i);
			if (!(value >= 0)) return -1;
			values[column] = value;
			i = fieldEnd;
		}
		if (c < last && bytes[i++] !== delimiter) return -1;
	}
	if (bytes[i] === RETURN) i++;
	return bytes[i] === NEWLINE ? i + 1 : -1;
}

/** `YYYY.MM.DD` or with dashes, alone or followed by blank or `T` and a time; or seconds or milliseconds since 1970; or -1. */
function scanDate(layout: Layout, bytes: Uint8Array, at: number): number {
	const mark = bytes[at + 4] as number;
	if (mark !== POINT && mark !== DASH) return scanEpoch(bytes, at);
	const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
	const month = twoDigits(bytes, at + 5);
	const day = twoDigits(bytes, at + 8);
	if (bytes[at + 7] !== mark) return -1;
	const key = year * 10_000 + month * 100 + day;
	if (key !== layout.cachedDay) {
		const ms = dayMs(year, month, day);
		if (ms < 0) return -1;
		layout.cachedDay = key;
		layout.cachedDayMs = ms;
	}
	fieldEnd = at + 10;
	const next = bytes[fieldEnd];
	if (next !== SPACE && next !== LETTER_T) return layout.cachedDayMs;
	return layout.cachedDayMs + scanTime(bytes, fieldEnd + 1);
}

function scanEpoch(bytes: Uint8Array, at: number): number {
	let i = at;
	let count = 0;
	let digit = (bytes[i] as number) ^ ZERO;
	while (digit <= 9) {
		count = count * 10 + digit;
		digit = (bytes[++i] as number) ^ ZERO;
	}
	fieldEnd = i;
	// Eight digits are a date without marks (20240102): the thorough reader takes them.
	if (i - at < 9 || i - at > DIGITS_MAX) return -1;
	const ms = epochMs(count);
	return isPlausible(ms) ? ms : -1;
}

/** `HH:MM`, `HH:MM:SS` or `HH:MM:SS.mmm` as ms since midnight, or NaN. */
function scanTime(bytes: Uint8Array, at: number): number {
	const hour = twoDigits(bytes, at);
	const minute = twoDigits(bytes, at + 3);
	if (bytes[at + 2] !== COLON || !(hour < 24 && minute < 60)) return Number.NaN;
	const minutes = hour * 60 + minute;
	fieldEnd = at + 5;
	if (bytes[at + 5] !== COLON) return minutes * 60_000;
	const second = twoDigits(bytes, at + 6);
	if (!(second < 60)) return Number.NaN;
	fieldEnd = at + 8;
	const ms = minutes * 60_000 + second * 1000;
	if (bytes[at + 8] !== POINT) return ms;
	fieldEnd = at + 12;
	return ms + twoDigits(bytes, at + 9) * 10 + (twoDigits(bytes, at + 10) % 10);
}

/** Two digits as a number, NaN when they are no digits: every comparison with it fails. */
function twoDigits(bytes: Uint8Array, at: number): number {
	const tens = (bytes[at] as number) ^ ZERO;
	const ones = (bytes[at + 1] as number) ^ ZERO;
	return tens <= 9 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Broker ms of a day's midnight, or -1 when there is no such day between 1971 and 2100. */
export function dayMs(year: number, month: number, day: number): number {
	if (!(year >= 1971 && year <= 2100 && month >= 1 && month <= 12 && day >= 1)) return -1;
	const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
	const length = month === 2 ? (isLeap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
	return day > length ? -1 : Date.UTC(year, month - 1, day);
}

/** A number of seconds or milliseconds since 1970 as milliseconds. */
export function epochMs(count: number): number {
	return count < EPOCH_SECONDS_MAX ? count * 1000 : count;
}

/** Whether a time lies where market data can lie: 1971 to 2100. */
export function isPlausible(ms: number): boolean {
	return ms >= 365 * DAY_MS && ms < 4_133_980_800_000;
}
