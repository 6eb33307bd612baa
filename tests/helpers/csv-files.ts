import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll } from "vitest";
import { Failure } from "../../src/adapters/failure.ts";
import { type CsvFeed, type CsvFeedRequest, openCsvFeed } from "../../src/adapters/feed/mt5-csv.ts";
import type { Instrument } from "../../src/engine/instrument.ts";
import { findInstrument } from "../../src/engine/instruments/built-in.ts";

export const BARS_HEADER = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>";
export const TICKS_HEADER = "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>";

/** How a text is stored: the encodings that exports come in. */
export type Encoding = "plain" | "bom" | "utf16le" | "utf16be" | "utf16le-bare" | "gz";

/** A folder of the test file's own that is removed when its tests are done; returns a writer of files in it, which returns their paths. */
export function csvFolder(): (name: string, content: string | Uint8Array, encoding?: Encoding) => string {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-csv-"));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	return (name, content, encoding = "plain") => {
		const path = join(folder, name);
		writeFileSync(path, typeof content === "string" ? encode(content, encoding) : content);
		return path;
	};
}

/** A text as the bytes that an exporter would write. */
export function encode(text: string, encoding: Encoding): Buffer {
	switch (encoding) {
		case "plain":
			return Buffer.from(text, "latin1");
		case "bom":
			return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text, "utf8")]);
		case "utf16le":
			return Buffer.from(`\ufeff${text}`, "utf16le");
		case "utf16be":
			return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
		case "utf16le-bare":
			return Buffer.from(text, "utf16le");
		case "gz":
			return gzipSync(text);
	}
}

/** A bars export in MT5's form with CRLF, from rows of `DATE TIME OPEN HIGH LOW CLOSE TICKVOL SPREAD` in words separated by blanks. */
export function barsText(...rows: readonly string[]): string {
	const lines = rows.map((row) => {
		const fields = row.split(" ");
		return [...fields.slice(0, 7), "0", ...fields.slice(7)].join("\t");
	});
	return [BARS_HEADER, ...lines, ""].join("\r\n");
}

/** A ticks export in MT5's form, from rows of `DATE TIME BID ASK FLAGS` separated by blanks; `-` is an empty side. */
export function ticksText(...rows: readonly string[]): string {
	const lines = rows.map((row) => {
		const [date, time, bid, ask, flags] = row.split(" ").map((field) => (field === "-" ? "" : field));
		return [date, time, bid, ask, "", "", flags].join("\t");
	});
	return [TICKS_HEADER, ...lines, ""].join("\r\n");
}

export function instrument(symbol: string): Instrument {
	const found = findInstrument(symbol);
	if (found === null) throw new Error(`${symbol} is not built in`);
	return found;
}

/** Opens a file as EURUSD with `--ticks ohlc` unless told otherwise. */
export function openCsv(file: string, request: Partial<CsvFeedRequest> = {}): CsvFeed {
	return openCsvFeed({
		file,
		symbol: null,
		timeframeMinutes: null,
		ticks: "ohlc",
		from: null,
		to: null,
		instrument: instrument("EURUSD"),
		skipBadRows: false,
		batchRows: 1024,
		...request,
	});
}

/** A row of a feed as text: `time bid ask volume kind`. */
export function playCsv(opened: CsvFeed): string[] {
	const rows: string[] = [];
	for (let batch = opened.feed.next(); batch !== null; batch = opened.feed.next()) {
		for (let i = 0; i < batch.count; i++) {
			const at = new Date(batch.atMs[i] as number).toISOString().slice(5, 23).replace("T", " ");
			rows.push(`${at} ${batch.bid[i]} ${batch.ask[i]} ${batch.volume[i]} ${batch.kind[i]}`);
		}
	}
	opened.feed.close();
	return rows;
}

/** The failure that opening ends with, as `exit code: message`; "opened" when there is none. */
export function failureOf(open: () => CsvFeed): string {
	try {
		open().feed.close();
		return "opened";
	} catch (cause) {
		if (cause instanceof Failure) return `${cause.exitCode}: ${cause.message}`;
		throw cause;
	}
}
