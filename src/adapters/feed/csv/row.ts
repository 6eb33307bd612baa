import { COLUMN, type Layout } from "./layout.ts";
import { dayMs, epochMs, isPlausible } from "./scan.ts";
import { quoted } from "./trouble.ts";

const DATE = /^(\d{4})([.-]?)(\d{2})\2(\d{2})(?:[ T](.+))?$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|[+]00:?00)?$/;
const EPOCH = /^(\d{9,15})(?:\.0*)?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
/** How far from a whole point a price may lie, points: the noise of programs that write doubles, not another symbol's digits. */
const OFF_POINT_MAX = 1e-6;

/**
 * Reads a row that is not in MT5's plain form into `layout.values`: null when it is readable, else the reason why not. It accepts blanks
 * around fields, `20240102`, exponents, signs, superfluous zeros and doubles written with all their noise; the numbers' sense is for the caller.
 */
export function readRow(layout: Layout, text: string): string | null {
	const fields = text.split(String.fromCharCode(layout.delimiter));
	const { columns } = layout;
	if (fields.length !== columns.length) return `has ${fields.length} column${fields.length === 1 ? "" : "s"} where the header has ${columns.length}`;
	for (let i = 0; i < columns.length; i++) {
		const reason = readField(layout, i, (fields[i] as string).trim());
		if (reason !== null) return reason;
	}
	return null;
}

function readField(layout: Layout, index: number, text: string): string | null {
	const column = layout.columns[index] as number;
	const name = (layout.names[index] ?? "").replace(/[<>"]/g, "").toUpperCase();
	if (column === COLUMN.ignored) return null;
	if (column === COLUMN.date)
		return store(layout, column, dateOf(text), `${name} is ${quoted(text)}, not a date such as 2024.01.31 or a number of seconds since 1970`);
	if (column === COLUMN.time) return store(layout, column, timeOf(text), `${name} is ${quoted(text)}, not a time such as 23:45:00`);
	if (text === "" && (column === COLUMN.bid || column === COLUMN.ask)) {
		layout.values[column] = Number.NaN;
		return null;
	}
	if (!NUMBER.test(text)) return `${name} is ${quoted(text)}, not a number`;
	const number = Number(text);
	if (column === COLUMN.tickVolume || column === COLUMN.spread) {
		return store(layout, column, Number.isInteger(number) ? number : null, `${name} is ${quoted(text)}, not a whole number`);
	}
	const points = number * 10 ** layout.digits;
	const whole = Math.round(points);
	if (!(Math.abs(points - whole) <= OFF_POINT_MAX)) return tooFine(layout, name, text);
	return store(layout, column, whole, `${name} is ${quoted(text)}, not a number`);
}

function store(layout: Layout, column: number, value: number | null, reason: string): string | null {
	if (value === null) return reason;
	layout.values[column] = value;
	return null;
}

function tooFine(layout: Layout, name: string, text: string): string {
	const decimals = (text.split(".")[1] ?? "").length;
	return (
		`${name} is ${quoted(text)} with ${decimals} decimals where the symbol has ${layout.digits}. ` +
		"Is this another symbol's file? If not, give the symbol's own digits with --spec"
	);
}

function dateOf(text: string): number | null {
	const epoch = EPOCH.exec(text);
	if (epoch !== null) {
		const ms = epochMs(Number(epoch[1]));
		return isPlausible(ms) ? ms : null;
	}
	const parts = DATE.exec(text);
	if (parts === null) return null;
	const midnight = dayMs(Number(parts[1]), Number(parts[3]), Number(parts[4]));
	const time = parts[5] === undefined ? 0 : timeOf(parts[5]);
	return midnight < 0 || time === null ? null : midnight + time;
}

/** Ms since midnight; what is finer than a millisecond is cut off. */
function timeOf(text: string): number | null {
	const parts = TIME.exec(text);
	if (parts === null) return null;
	const [hour, minute, second] = [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
	if (hour > 23 || minute > 59 || second > 59) return null;
	return ((hour * 60 + minute) * 60 + second) * 1000 + Number((parts[4] ?? "0").padEnd(3, "0").slice(0, 3));
}
