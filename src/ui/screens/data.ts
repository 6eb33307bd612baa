import { type Line, line, span } from "../../print/line.ts";
import { wrapped } from "../../print/line-block.ts";
import { formatBytes } from "../../print/text.ts";
import { openForm, takeFile } from "../form/hand-over.ts";
import type { Binding } from "../key.ts";
import { layoutOf } from "../layout.ts";
import { pane, type Size } from "../pane.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState, Folder, FolderEntry, Loadable } from "../state.ts";
import { setView } from "../store.ts";
import type { Column } from "../widgets/columns.ts";
import { captureFilter, type ListHandle, type ListView, listBindings, matches } from "../widgets/list.ts";
import { paintTable, selectedRow, tablePage } from "../widgets/table-list.ts";
import { type LoadableText, loadableLines } from "./loadable.ts";

/** A file of the data folder, and the part of it that the file lies in. */
type DataRow = FolderEntry & { readonly part: string };

const TEXTS: LoadableText = {
	title: "Market Data",
	none: "The data folder has not been read yet.",
	loading: "Reading the data folder ...",
	failed: "Mend what the message says and open this screen again. The synthetic market needs no data.",
};

const COLUMNS: readonly Column<DataRow>[] = [
	{ title: "file", width: 24, align: "left", rank: 0, grows: true, cell: (row) => span(row.name, row.kind === "export" ? "plain" : "faint") },
	{ title: "market", width: 22, align: "left", rank: 1, cell: (row) => span(row.note, row.kind === "export" ? "plain" : "faint") },
	{ title: "part", width: 6, align: "left", rank: 3, cell: (row) => span(row.part, "plain") },
	{ title: "size", width: 9, align: "right", rank: 2, cell: (row) => span(row.bytes === null ? "--" : formatBytes(row.bytes), "faint") },
];

/** How data comes out of MetaTrader 5, and where it goes. */
const HOW_TO =
	"More: in MetaTrader 5 View > Symbols (Ctrl+U), tab Bars or Ticks, choose symbol, timeframe and dates, Request, Export. Leave the file's name as it is (.csv or .csv.gz) and put the file into the folder above; what lies in train and test is counted apart, so that an agent is tested on days it has not seen.";

/** Rows below the table: a blank one, the advice (four rows at 80 columns), and what Enter does; the same at every width, so that a page is known. */
const FOOT_ROWS = 6;

/** Market Data: the MT5 exports in the data folder, and how to get more. */
export const dataScreen: Screen = {
	id: "data",
	title: () => "Market Data",
	menu: null,
	panes: (_, content) => [
		pane<{ exports: Loadable<readonly Folder[]>; view: ListView }>({
			id: "data",
			rect: content,
			select: ({ exports, views }) => ({ exports, view: views.data }),
			paint: ({ exports, view }, size) => (exports.state === "ready" ? dataLines(exports.value, view, size) : loadableLines(exports, TEXTS, size)),
		}),
	],
	bindings: dataBindings(),
	capture: (context, key) => captureFilter(handle(), context, key),
	enter: ({ intents }) => intents.loadExports(),
};

function dataLines(folders: readonly Folder[], view: ListView, size: Size): readonly Line[] {
	const all = rowsOf(folders, "");
	const folder = folders[0]?.shown ?? "the data folder";
	const advice = wrapped(HOW_TO, Math.max(20, size.width - 2), "faint").map((row) => [span(" "), ...row]);
	const foot: Line[] = [[], ...advice.slice(0, FOOT_ROWS - 2)];
	while (foot.length < FOOT_ROWS - 1) foot.push([]);
	const rows = rowsOf(folders, view.filter);
	foot.push(
		line(
			span(
				rows.length === 0 ? " The synthetic market needs no data: Live Testing > Virtual Trading." : " Enter puts the file into the form of Virtual Trading.",
				"strong",
			),
		),
	);
	const empty: readonly Line[] = [[], [span(`   No MT5 export in ${folder} yet.`)]];
	return paintTable({ columns: COLUMNS, rows, all: all.length, view, title: folder, empty, foot }, size);
}

function rowsOf(folders: readonly Folder[], filter: string): readonly DataRow[] {
	return folders.flatMap((folder, index) => {
		// The first is the data folder itself, the others are its parts.
		const part = index === 0 ? "" : (folder.shown.split(/[/\\]/).at(-1) ?? "");
		return folder.entries
			.filter(({ kind, name, note }) => kind !== "folder" && matches(`${name} ${note} ${part}`, filter))
			.map((entry) => ({ ...entry, part }));
	});
}

function shown({ exports, views }: CockpitState): readonly DataRow[] {
	return exports.state === "ready" ? rowsOf(exports.value, views.data.filter) : [];
}

function handle(): ListHandle {
	return {
		get: ({ store }) => store.getState().views.data,
		set: ({ store }, change) => setView(store, "data", change),
		count: ({ store }) => shown(store.getState()).length,
		page: ({ store }) => tablePage(layoutOf(store.getState()).content.height, FOOT_ROWS),
	};
}

function dataBindings(): readonly Binding[] {
	const selected = (state: CockpitState): DataRow | null => selectedRow(shown(state), state.views.data);
	const [move, ...others] = listBindings(handle());
	return [
		...(move === undefined ? [] : [move]),
		{
			keys: ["enter"],
			label: "use",
			help: "Put the file into the form of Virtual Trading",
			disabled: (state) => (selected(state) === null ? "There is no file to use; the synthetic market needs none." : null),
			run(context) {
				const row = selected(context.store.getState());
				if (row === null) return;
				takeFile(context, row.path);
				openForm(context);
			},
		},
		{ keys: ["r"], label: "refresh", help: "Read the folder again", run: ({ intents }) => intents.loadExports() },
		...others,
	];
}
