import { formatBrokerTime } from "../engine/time.ts";
import type { BrokerMs } from "../engine/units.ts";

/** Widest line of anything printed, columns. */
export const WIDTH = 80;

/** A thousand-separated amount with its currency: `10,012.50 USD`. */
export function formatMoney(amount: number, currency: string): string {
	return `${amount < 0 ? "-" : ""}${grouped(Math.abs(amount), 2)} ${currency}`;
}

/** As `formatMoney`, always with its sign: `+12.50 USD`. */
export function formatSigned(amount: number, currency: string): string {
	return `${amount >= 0 ? "+" : "-"}${grouped(Math.abs(amount), 2)} ${currency}`;
}

/** A count with thousands separated. */
export function formatCount(count: number): string {
	return grouped(count, 0);
}

/** A broker time for people: `2024-01-31 09:30`. */
export function formatTime(at: BrokerMs): string {
	return Number.isFinite(at) && Math.abs(at) < 8.64e15 ? formatBrokerTime(at).slice(0, 16) : "unknown time";
}

/** Market or wall seconds for people: `59 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function formatSeconds(seconds: number): string {
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
	return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Bytes for people: `812 B`, `41.0 kB`, `3.2 MB`, `78.5 GB`. */
export function formatBytes(bytes: number): string {
	if (bytes < 1000) return `${bytes} B`;
	const [unit, size] = bytes < 1_000_000 ? ["kB", 1000] : bytes < 1_000_000_000 ? ["MB", 1_000_000] : ["GB", 1_000_000_000];
	return `${(bytes / size).toFixed(1)} ${unit}`;
}

/** A number with at most four significant decimals and no trailing zeros: `2.7`, `0.5512`, `-3`. */
export function formatNumber(value: number): string {
	if (!Number.isFinite(value)) return String(value);
	const decimals = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : Math.abs(value) >= 1 ? 3 : 4;
	return String(Number(value.toFixed(decimals)));
}

/** Cuts at `width` characters with an ellipsis; pads to it where `pad` says so. */
export function clip(text: string, width: number, pad: "left" | "right" | "none" = "none"): string {
	const characters = Array.from(text);
	const cut = characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
	if (pad === "none") return cut;
	const blanks = " ".repeat(Math.max(0, width - Array.from(cut).length));
	return pad === "left" ? blanks + cut : cut + blanks;
}

/** Breaks text into lines of at most `width` at blanks; a word that is too long is cut into pieces. */
export function wrap(text: string, width: number): string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(/\s+/)) {
		let rest = word;
		while (Array.from(rest).length > width) {
			if (line !== "") lines.push(line);
			line = "";
			lines.push(Array.from(rest).slice(0, width).join(""));
			rest = Array.from(rest).slice(width).join("");
		}
		if (line !== "" && Array.from(line).length + 1 + Array.from(rest).length > width) {
			lines.push(line);
			line = rest;
		} else line = line === "" ? rest : `${line} ${rest}`;
	}
	if (line !== "") lines.push(line);
	return lines;
}

/** The text without the colours of palette.ts. */
export function withoutColours(text: string): string {
	return text.replace(COLOUR, "");
}

const COLOUR = new RegExp(`${String.fromCharCode(0x1b)}\\[\\d+m`, "g");

/** Columns that a row fills, without colours: what alignment counts. */
export function visibleLength(text: string): number {
	return Array.from(withoutColours(text)).length;
}

/**
 * A table as lines: columns as wide as their widest cell (colours not counted), two blanks between, numbers to the right where `right` names the column.
 */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
	const widths: number[] = [];
	for (const row of rows) {
		for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, visibleLength(cell));
	}
	return rows.map((row) =>
		row
			.map((cell, column) => {
				const blanks = " ".repeat((widths[column] ?? 0) - visibleLength(cell));
				return right.includes(column) ? blanks + cell : cell + blanks;
			})
			.join("  ")
			.trimEnd(),
	);
}

function grouped(value: number, decimals: number): string {
	if (!Number.isFinite(value)) return String(value);
	const [whole = "", part] = value.toFixed(decimals).split(".");
	const separated = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
	return part === undefined ? separated : `${separated}.${part}`;
}
