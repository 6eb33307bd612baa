import { basename, join, resolve } from "node:path";
import { cleanText } from "../adapters/clean-text.ts";
import { dataFailure, EXIT, usageFailure } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import type { DataAction } from "../args/data.ts";
import { clip } from "../print/text.ts";
import type { Terminal } from "../terminal.ts";
import { examine, type FileReport, type UsableFile } from "./data/examine.ts";
import { findExports } from "./data/find.ts";
import { listData } from "./data/list.ts";
import { divide, refuseTwins } from "./data/prepare.ts";
import { preparedJson, preparedLines, reportJson, reportLines } from "./data/report.ts";
import { splitMoment } from "./data/split.ts";
import { listenForStop, type Stop } from "./data/stop.ts";
import { openStore } from "./data/store.ts";

/**
 * `kinetra data prepare|check|list`. Returns the exit code: 3 when no file can be used, when one is refused by `check`, and when `list` finds something
 * changed or missing. Throws a `Failure` for what cannot be done at all; nothing is changed then.
 */
export async function data(action: DataAction, home: Home, terminal: Terminal): Promise<number> {
	if (action.name === "list") return listData(action.out === null ? home.data : resolve(action.out), action.json, terminal);
	const stop = listenForStop();
	try {
		return action.name === "check" ? await check(action, terminal, stop) : await prepare(action, home, terminal, stop);
	} finally {
		stop.release();
	}
}

type Of<N extends DataAction["name"]> = Extract<DataAction, { name: N }>;

async function check({ folder, symbols, json }: Of<"check">, terminal: Terminal, stop: Stop): Promise<number> {
	const reports = await examineAll(findExports(folder, symbols), json, terminal, stop);
	terminal.print(json ? JSON.stringify({ files: reports.map(reportJson) }) : reports.flatMap((report) => reportLines(report, terminal.palette)).join("\n"));
	return reports.some(({ verdict }) => verdict === "refused") ? EXIT.data : EXIT.ok;
}

async function prepare(action: Of<"prepare">, home: Home, terminal: Terminal, stop: Stop): Promise<number> {
	const { folder, split, embargoBars, symbols, force, json } = action;
	const out = action.out === null ? home.data : resolve(action.out);
	if ([join(out, "train"), join(out, "test")].includes(resolve(folder)))
		throw usageFailure(`${cleanText(folder, 300)} holds what an earlier preparation wrote. Name the folder with the exports of MT5.`);
	const reports = await examineAll(findExports(folder, symbols), json, terminal, stop);
	if (!json) terminal.print(reports.flatMap((report) => reportLines(report, terminal.palette)).join("\n"));
	const usable = reports.filter((report): report is UsableFile => report.verdict !== "refused");
	if (usable.length === 0) throw dataFailure(json ? refusals(reports) : "None of the files can be used. Nothing was written.");
	const at = splitMoment(usable, split);
	const rows = usable.reduce((sum, file) => sum + file.rows, 0);
	const store = openStore(out, rows, force);
	try {
		const manifest = await divide(usable, { at, split, embargoBars }, store, {
			onFile: ({ name }) => progress(`Writing ${name}`, json, terminal),
			pause: stop.pause,
		});
		const sides = new Set(manifest.files.map((file) => file.folder));
		if (sides.size < 2)
			throw dataFailure(
				`Nothing would be left for ${sides.has("train") ? "the test" : "training"}: the embargo of ${embargoBars} bars is longer than what follows the split. Give more data, an earlier --train-until, or a smaller --embargo. Nothing was written.`,
			);
		await stop.pause();
		store.commit(manifest);
		progressDone(json, terminal);
		terminal.print(json ? JSON.stringify(preparedJson(reports, manifest, out)) : preparedLines(manifest, out, terminal.palette).join("\n"));
		return EXIT.ok;
	} finally {
		store.close();
	}
}

async function examineAll(files: readonly string[], json: boolean, terminal: Terminal, stop: Stop): Promise<readonly FileReport[]> {
	const reports: FileReport[] = [];
	for (const [index, file] of files.entries()) {
		progress(`Reading ${index + 1} of ${files.length}: ${cleanText(basename(file), 120)}`, json, terminal);
		await stop.pause();
		reports.push(examine(file));
	}
	progressDone(json, terminal);
	return refuseTwins(reports);
}

function progress(text: string, json: boolean, terminal: Terminal): void {
	if (!json) terminal.redraw(clip(text, Math.max(20, terminal.columns() - 1)));
}

/** The line is not left standing: the report says the same and more. */
function progressDone(json: boolean, terminal: Terminal): void {
	if (!json) terminal.redraw("");
}

function refusals(reports: readonly FileReport[]): string {
	const lines = reports.map((report) => (report.verdict === "refused" ? `${report.name}: ${report.why}` : report.name));
	return ["None of the files can be used. Nothing was written.", ...lines].join("\n");
}
