import { closeSync, existsSync, openSync, rmSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { readStart, readSummary, type SessionFolder } from "../adapters/archive/sessions.ts";
import { cleanText } from "../adapters/clean-text.ts";
import { dataFailure, EXIT, usageFailure } from "../adapters/failure.ts";
import { makePrivateFolder } from "../adapters/home.ts";
import type { JournalRecord } from "../adapters/journal/line.ts";
import { readJournal } from "../adapters/journal/reader.ts";
import { reasonOf } from "../adapters/reason.ts";
import { toPrice } from "../engine/units.ts";
import { type Cell, csvLine } from "../print/csv.ts";
import { formatTime } from "../print/text.ts";
import type { Terminal } from "../terminal.ts";

/** The files of an export, and the journal's kinds that each is made of. */
const FILES = ["trades.csv", "orders.csv", "equity.csv"] as const;

const TRADE_COLUMNS = [
	"number",
	"side",
	"lots",
	"openedAt",
	"closedAt",
	"openPrice",
	"closePrice",
	"net",
	"r",
	"mfeR",
	"maeR",
	"entryReason",
	"exitReason",
	"shadow",
] as const;

/** A file of an export: its path, and rows without the heading. */
type ExportedFile = { readonly file: string; readonly rows: number };

/** `kinetra sessions export`: writes the files and says which. Throws a `Failure`. */
export function exportSession(files: SessionFolder, folder: string, json: boolean, terminal: Terminal): number {
	const written = writeExport(files, folder);
	terminal.print(
		json ? JSON.stringify({ sessionId: files.id, files: written }) : written.map(({ file, rows }) => `${cleanText(file, 300)}  ${rows} rows`).join("\n"),
	);
	return EXIT.ok;
}

/**
 * Writes trades, orders with their answers, and the equity curve as CSV (RFC 4180, decimal points, broker times) into a folder, which is
 * made when it is missing. Existing files are never overwritten. Throws a `Failure`.
 */
export function writeExport(files: SessionFolder, folder: string): readonly ExportedFile[] {
	const target = resolve(folder);
	refuseExisting(target);
	try {
		makePrivateFolder(target);
	} catch (error) {
		throw usageFailure(`--csv: the folder ${cleanText(target, 200)} cannot be made: ${reasonOf(error)}.`);
	}
	const counts = writeAll(files, target);
	return FILES.map((name) => ({ file: join(target, name), rows: counts[name] }));
}

function refuseExisting(target: string): void {
	for (const name of FILES) {
		const path = join(target, name);
		if (existsSync(path)) throw usageFailure(`--csv: ${cleanText(path, 200)} exists already and is not overwritten. Choose another folder or move it away.`);
	}
}

type FileName = (typeof FILES)[number];

function writeAll(files: SessionFolder, target: string): Record<FileName, number> {
	const counts: Record<FileName, number> = { "trades.csv": 0, "orders.csv": 0, "equity.csv": 0 };
	const opened: { name: FileName; fd: number }[] = [];
	try {
		for (const name of FILES) opened.push({ name, fd: openSync(join(target, name), "wx", 0o600) });
		const write = (name: FileName, cells: readonly Cell[]): void => {
			const file = opened.find((candidate) => candidate.name === name);
			if (file !== undefined) writeSync(file.fd, csvLine(cells));
			counts[name] += 1;
		};
		writeRows(files, write);
	} catch (error) {
		for (const { name } of opened) rmSync(join(target, name), { force: true });
		if (error instanceof Error && error.name === "Failure") throw error;
		throw dataFailure(`The export to ${cleanText(target, 200)} failed: ${reasonOf(error)}. Nothing was left behind.`);
	} finally {
		for (const { fd } of opened) closeSync(fd);
	}
	// The heading is no row of data.
	for (const name of FILES) counts[name] -= 1;
	return counts;
}

function writeRows(files: SessionFolder, write: (name: FileName, cells: readonly Cell[]) => void): void {
	const { digits } = readStart(files).config.instrument;
	write("trades.csv", TRADE_COLUMNS);
	write("orders.csv", ["line", "at", "kind", ...ORDER_FIELDS]);
	readJournal(files.journal, (record) => {
		if (record.kind === "trade" || record.kind === "shadow-trade") write("trades.csv", tradeCells(record));
		const order = orderCells(record, digits);
		if (order !== null) write("orders.csv", order);
	});
	write("equity.csv", ["at", "equity", "chs"]);
	for (const point of readSummary(files)?.curve ?? []) write("equity.csv", [formatTime(point.at), point.equity, point.chs]);
}

function tradeCells(record: JournalRecord): Cell[] {
	const data = asObject(record.data);
	return TRADE_COLUMNS.map((column) => {
		const value = data[column];
		return (column === "openedAt" || column === "closedAt") && typeof value === "number" ? formatTime(value) : cellOf(value);
	});
}

/** A request that was asked for, refused or answered; null for every other line. */
function orderCells(record: JournalRecord, digits: number): Cell[] | null {
	const data = asObject(record.data);
	if (record.kind === "broker") {
		if (data.type !== "answer") return null;
		const answer = asObject(data.answer);
		return line(record, digits, "answer", { ...answer, reason: answer.comment });
	}
	if (!ORDER_KINDS.includes(record.kind)) return null;
	const request = asObject(data.request ?? data.proposal);
	return line(record, digits, record.kind, {
		...request,
		...data,
		side: request.side ?? request.type,
		reason: data.reason ?? data.text ?? data.message ?? data.comment,
	});
}

/** Journal kinds that are about one request. */
const ORDER_KINDS: readonly string[] = ["order", "refused", "entry-failed", "shadow-order"];

const ORDER_FIELDS = ["intentId", "action", "side", "lots", "price", "sl", "tp", "outcome", "retcode", "reason"];
/** Fields that the engine counts in points; an empty cell stands for "no price" (0). */
const PRICE_FIELDS: readonly string[] = ["price", "sl", "tp"];

function line(record: JournalRecord, digits: number, kind: string, data: Readonly<Record<string, unknown>>): Cell[] {
	const fields = ORDER_FIELDS.map((name) => {
		const value = data[name];
		if (!PRICE_FIELDS.includes(name) || typeof value !== "number") return cellOf(value);
		return value === 0 ? null : toPrice(value, digits);
	});
	return [record.n, formatTime(record.at), kind, ...fields];
}

function cellOf(value: unknown): Cell {
	if (value === undefined || value === null) return null;
	if (typeof value === "number" || typeof value === "string") return value;
	return JSON.stringify(value);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
