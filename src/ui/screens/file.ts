import { type Line, line, span } from "../../print/line.ts";
import { formatBytes } from "../../print/text.ts";
import { takeFile } from "../form/hand-over.ts";
import type { Binding, Context } from "../key.ts";
import { layoutOf } from "../layout.ts";
import { pane, type Size } from "../pane.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState, Folder, FolderEntry, Loadable } from "../state.ts";
import { setView } from "../store.ts";
import type { Column } from "../widgets/columns.ts";
import { captureFilter, type ListHandle, type ListView, listBindings, matches, NEW_LIST } from "../widgets/list.ts";
import { paintTable, selectedRow, tablePage } from "../widgets/table-list.ts";
import { type LoadableText, loadableLines } from "./loadable.ts";

type FileRow = FolderEntry | { readonly kind: "up"; readonly name: string; readonly path: string; readonly bytes: null; readonly note: string };

const TEXTS: LoadableText = {
	title: "Choose a file",
	none: "No folder has been read yet.",
	loading: "Reading the folder ...",
	failed: "Mend what the message says and open this screen again, or start the session from the command line with --file.",
};

const COLUMNS: readonly Column<FileRow>[] = [
	{ title: "name", width: 24, align: "left", rank: 0, grows: true, cell: (row) => span(row.kind === "folder" ? `${row.name}/` : row.name, toneOf(row)) },
	{ title: "market", width: 22, align: "left", rank: 1, cell: (row) => span(row.note, row.kind === "export" ? "plain" : "faint") },
	{ title: "size", width: 9, align: "right", rank: 2, cell: (row) => span(row.bytes === null ? "" : formatBytes(row.bytes), "faint") },
];

const FOOT_ROWS = 2;

/** The file picker of the form: folders and MT5 exports. */
export const fileScreen: Screen = {
	id: "file",
	title: () => "Choose a File",
	menu: null,
	panes: (_, content) => [
		pane<{ folder: Loadable<Folder>; view: ListView }>({
			id: "file",
			rect: content,
			select: ({ folder, views }) => ({ folder, view: views.file }),
			paint: ({ folder, view }, size) => (folder.state === "ready" ? folderLines(folder.value, view, size) : loadableLines(folder, TEXTS, size)),
		}),
	],
	bindings: fileBindings(),
	capture: (context, key) => captureFilter(handle(), context, key),
	enter(context) {
		setView(context.store, "file", NEW_LIST);
		context.intents.listFolder(null);
	},
};

function folderLines(folder: Folder, view: ListView, size: Size): readonly Line[] {
	const rows = rowsOf(folder, view.filter);
	const only = folder.entries.length === 0 && folder.parent !== null ? "No market data here (.csv or .csv.gz); Enter looks in the folder above." : null;
	const foot: readonly Line[] = [[], line(span(` ${only ?? footText(selectedRow(rows, view))}`, only === null ? "faint" : "warn"))];
	const empty: readonly Line[] = [[], [span("   Nothing here that could be market data (.csv or .csv.gz).")]];
	return paintTable({ columns: COLUMNS, rows, all: folder.entries.length, view, title: folder.shown, empty, foot }, size);
}

function footText(row: FileRow | null): string {
	switch (row?.kind) {
		case "export":
			return "Enter puts this file into the form.";
		case "other":
			return "Its name says no symbol: Enter takes it, then type the symbol in the form.";
		case "folder":
		case "up":
			return "Enter opens the folder.";
		case undefined:
			return "";
	}
}

function toneOf({ kind }: FileRow): "accent" | "plain" | "faint" {
	return kind === "folder" || kind === "up" ? "accent" : kind === "export" ? "plain" : "faint";
}

/** The way up stays whatever the filter is. */
function rowsOf(folder: Folder, filter: string): readonly FileRow[] {
	const up: readonly FileRow[] = folder.parent === null ? [] : [{ kind: "up", name: "..", path: folder.parent, bytes: null, note: "" }];
	return [...up, ...folder.entries.filter((entry) => matches(`${entry.name} ${entry.note}`, filter))];
}

function handle(): ListHandle {
	return {
		get: ({ store }) => store.getState().views.file,
		set: ({ store }, change) => setView(store, "file", change),
		count: ({ store }) => shown(store.getState()).length,
		page: ({ store }) => tablePage(layoutOf(store.getState()).content.height, FOOT_ROWS),
	};
}

function shown({ folder, views }: CockpitState): readonly FileRow[] {
	return folder.state === "ready" ? rowsOf(folder.value, views.file.filter) : [];
}

function fileBindings(): readonly Binding[] {
	const selected = (state: CockpitState): FileRow | null => selectedRow(shown(state), state.views.file);
	const none = (state: CockpitState): string | null => (selected(state) === null ? "There is nothing to choose here." : null);
	const [move, ...others] = listBindings(handle());
	return [
		...(move === undefined ? [] : [move]),
		{
			keys: ["enter", "right"],
			label: "choose",
			help: "Open the folder, or put the file into the form",
			disabled: none,
			run: (context) => take(context, selected(context.store.getState())),
		},
		{
			keys: ["left", "backspace"],
			label: "up",
			help: "To the folder above",
			disabled: ({ folder }) => (folder.state === "ready" && folder.value.parent !== null ? null : "There is no folder above."),
			run: (context) => {
				const { folder } = context.store.getState();
				if (folder.state === "ready" && folder.value.parent !== null) openFolder(context, folder.value.parent);
			},
		},
		...others,
	];
}

function take(context: Context, row: FileRow | null): void {
	if (row === null) return;
	if (row.kind === "folder" || row.kind === "up") {
		openFolder(context, row.path);
		return;
	}
	takeFile(context, row.path);
	context.store.setState(({ path }) => ({ path: path.slice(0, -1) }));
}

function openFolder({ store, intents }: Context, path: string): void {
	setView(store, "file", NEW_LIST);
	intents.listFolder(path);
}
