import { clipLine, type Line, line, span } from "../../print/line.ts";
import { indented, wrapped } from "../../print/line-block.ts";
import { policyLines } from "../../print/policy-lines.ts";
import { openForm, takeAgent } from "../form/hand-over.ts";
import type { Binding, Context } from "../key.ts";
import { layoutOf } from "../layout.ts";
import { type Pane, pane, type Rect, type Size } from "../pane.ts";
import type { Screen } from "../screen.ts";
import type { AgentRow, CockpitState, Loadable } from "../state.ts";
import { setView } from "../store.ts";
import type { Column } from "../widgets/columns.ts";
import { captureFilter, type ListHandle, type ListView, listBindings, matches } from "../widgets/list.ts";
import { paintTable, selectedRow, tablePage } from "../widgets/table-list.ts";
import { type LoadableText, loadableLines } from "./loadable.ts";

const TEXTS: LoadableText = {
	title: "Agents",
	none: "The agents have not been read yet.",
	loading: "Reading the agents' records ...",
	failed: "Mend what the message says and open this screen again.",
};

/** The list takes no more of the height than this; what is below tells of the selected agent. */
const LIST_ROWS_MAX = 10;
const REASON_MIN = 3;

const COLUMNS: readonly Column<AgentRow>[] = [
	{ title: "agent", width: 12, align: "left", rank: 0, cell: ({ id }) => span(id, "strong") },
	{ title: "build", width: 16, align: "left", rank: 3, cell: ({ build }) => span(build) },
	{ title: "sessions", width: 8, align: "right", rank: 2, cell: ({ record }) => span(record === null ? "--" : String(record.sessions)) },
	{ title: "trades", width: 6, align: "right", rank: 2, cell: ({ record }) => span(record === null ? "--" : String(record.trades)) },
	{ title: "CHS", width: 5, align: "right", rank: 1, cell: ({ record }) => span(record === null ? "--" : score(record.chs)) },
	{ title: "record", width: 18, align: "left", rank: 0, grows: true, cell: standing },
];

/** Agents: who can be named in the form, with their parameters and what their record says. */
export const agentsScreen: Screen = {
	id: "agents",
	title: () => "Agents",
	menu: null,
	panes: (state, content) => {
		const wanted = state.agents.state === "ready" ? Math.min(LIST_ROWS_MAX, shown(state).length + 3) : content.height;
		const rows = Math.min(wanted, content.height);
		const list = { ...content, height: rows };
		return [listPane(list), detailPane({ ...content, y: content.y + rows, height: content.height - rows })];
	},
	layoutKey: (state) => `${state.agents.state} ${shown(state).length}`,
	bindings: agentBindings(),
	capture: (context, key) => captureFilter(handle(), context, key),
	enter: ({ intents }) => intents.loadAgents(),
};

type Slice = { readonly agents: Loadable<readonly AgentRow[]>; readonly view: ListView };

function sliceOf({ agents, views }: CockpitState): Slice {
	return { agents, view: views.agents };
}

function listPane(rect: Rect): Pane {
	return pane<Slice>({
		id: "agents",
		rect,
		select: sliceOf,
		paint: ({ agents, view }, size) => {
			if (agents.state !== "ready") return loadableLines(agents, TEXTS, size);
			const rows = rowsOf(agents.value, view.filter);
			return paintTable({ columns: COLUMNS, rows, all: agents.value.length, view, title: "Agents", empty: [], foot: [] }, size);
		},
	});
}

function detailPane(rect: Rect): Pane {
	return pane<Slice>({
		id: "agent",
		rect,
		select: sliceOf,
		paint: ({ agents, view }, size) => {
			const row = agents.state === "ready" ? selectedRow(rowsOf(agents.value, view.filter), view) : null;
			return row === null ? [] : detailLines(row, size);
		},
	});
}

function detailLines(row: AgentRow, size: Size): readonly Line[] {
	const width = Math.min(110, size.width - 2);
	const text = (words: string, tone: "plain" | "faint" | "warn" | "bad" = "plain"): readonly Line[] =>
		wrapped(words, width, tone).map((one) => [span(" "), ...one]);
	const head = [
		line(span(` ${row.id}`, "accent"), span(`  decides from bar ${row.warmupBars + 1} on`, "faint")),
		...text(row.line),
		...(row.argument === row.id ? [] : text(`Kept from a session here: ${row.argument}`, "faint")),
		...recordLines(row).flatMap(({ words, tone }) => text(words, tone)),
		...(row.policy === null ? [] : indented(policyLines(row.policy, width), 1).map((one) => clipLine(one, size.width))),
		line(span(" Parameters", "strong"), span("  changed on the command line with --set agent.NAME=VALUE", "faint")),
	];
	const whole = row.parameters.flatMap((parameter) => parameterLines(row, parameter, width));
	// Every parameter is seen before any of them is explained to the end.
	const fits = head.length + whole.length <= size.height;
	const parameters = fits ? whole : row.parameters.flatMap((parameter) => parameterLines(row, parameter, 400).map((one) => clipLine(one, size.width)));
	return cutTo([...head, ...parameters], size);
}

/** As many rows as there is room for. That rows are missing is said in the last: they may hold what a policy is worth. */
function cutTo(rows: readonly Line[], { width, height }: Size): readonly Line[] {
	if (rows.length <= height || height === 0) return rows.slice(0, height);
	const missing = rows.length - height + 1;
	return [...rows.slice(0, height - 1), clipLine(line(span(` … ${missing} more rows: in a higher terminal, or by kinetra agents`, "faint")), width)];
}

/** Name, value and range of a parameter, and what it is, in as many rows as that takes. */
function parameterLines({ parameters }: AgentRow, { key, value, min, max, line: what }: AgentRow["parameters"][number], width: number): readonly Line[] {
	const name = Math.max(0, ...parameters.map((parameter) => parameter.key.length));
	const range = `${min} to ${max}`.padEnd(12);
	const indent = 3 + name + 7 + 2 + range.length + 1;
	const [first = [], ...more] = wrapped(what, Math.max(10, width - indent), "faint");
	const head = line(span(`   ${key.padEnd(name)}`), span(String(value).padStart(7), "strong"), span(`  ${range} `, "faint"), ...first);
	return [head, ...more.map((row) => line(" ".repeat(indent), ...row))];
}

function recordLines({ record, problem, build }: AgentRow): readonly { readonly words: string; readonly tone: "plain" | "faint" | "warn" | "bad" }[] {
	if (problem !== null) return [{ words: `✗ ${problem}`, tone: "bad" }];
	if (record === null) return [{ words: "No record yet: its first virtual session begins one.", tone: "faint" }];
	const accepted = record.accepted === 0 ? "" : ` Losses accepted so far: ${record.accepted}.`;
	const words = `${build}: ${counted(record.sessions, "session")} on record, ${counted(record.trades, "trade")}. Its next session starts with a score of ${score(record.chs)}.${accepted}`;
	if (!record.latched) return [{ words, tone: "plain" }];
	return [
		{ words, tone: "plain" },
		{ words: "⚠ LATCHED: a loss beyond the plan is carried over, so its next session stops at once. a accepts the loss; its results stay.", tone: "warn" },
	];
}

function standing({ record, problem }: AgentRow): { readonly text: string; readonly tone: "plain" | "faint" | "warn" | "bad" } {
	if (problem !== null) return { text: "✗ cannot be read", tone: "bad" };
	if (record === null) return { text: "none yet", tone: "faint" };
	return record.latched ? { text: "⚠ LATCHED", tone: "warn" } : { text: "✓ may start", tone: "plain" };
}

function counted(count: number, what: string): string {
	return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Never rounded up: 0.5499 must not look like a threshold that was kept. */
function score(value: number): string {
	return Number.isFinite(value) ? (Math.floor(value * 1000 + 1e-9) / 1000).toFixed(3) : "--";
}

function rowsOf(agents: readonly AgentRow[], filter: string): readonly AgentRow[] {
	return agents.filter(({ id, build, line: what }) => matches(`${id} ${build} ${what}`, filter));
}

function shown({ agents, views }: CockpitState): readonly AgentRow[] {
	return agents.state === "ready" ? rowsOf(agents.value, views.agents.filter) : [];
}

function selected(state: CockpitState): AgentRow | null {
	return selectedRow(shown(state), state.views.agents);
}

function handle(): ListHandle {
	return {
		get: ({ store }) => store.getState().views.agents,
		set: ({ store }, change) => setView(store, "agents", change),
		count: ({ store }) => shown(store.getState()).length,
		page: ({ store }) => tablePage(Math.min(LIST_ROWS_MAX, layoutOf(store.getState()).content.height), 0),
	};
}

function agentBindings(): readonly Binding[] {
	const [move, ...others] = listBindings(handle());
	return [
		...(move === undefined ? [] : [move]),
		{
			keys: ["enter"],
			label: "use",
			help: "Put the agent into the form of Virtual Trading",
			disabled: (state) => (selected(state) === null ? "No agent is selected." : null),
			run(context) {
				const row = selected(context.store.getState());
				if (row === null) return;
				takeAgent(context, row.argument);
				openForm(context);
			},
		},
		{ keys: ["a"], label: "accept", help: "Accept a carried loss that latches the agent, with a typed reason", disabled: notAcceptable, run: askForReason },
		...others,
	];
}

/** Why there is nothing to accept, or why it must wait. */
function notAcceptable(state: CockpitState): string | null {
	const row = selected(state);
	if (row === null) return "No agent is selected.";
	if (row.problem !== null) return `The record of ${row.build} cannot be read, so nothing in it can be accepted.`;
	if (row.record === null) return `${row.build} has no record yet: there is nothing to accept.`;
	if (!row.record.latched) return `Nothing is latched: the next session of ${row.build} starts by itself.`;
	// The session would find its record changed and not store its own results.
	if (state.live !== null && state.live.end === null && state.live.about.agentBuild === row.build)
		return "A session of this agent is running: accept when it has ended.";
	return null;
}

function askForReason({ store }: Context): void {
	const row = selected(store.getState());
	if (row === null) return;
	store.setState({
		dialog: {
			title: `Accept the loss of ${row.build}`,
			tone: "warn",
			lines: [
				"A session lost more than was planned. Until you accept it, every later session of this agent is stopped at its start.",
				"Accepting lifts only that: the results stay in the record, with your reason.",
			],
			input: {
				label: "Reason",
				text: "",
				check: (text) => (text.trim().length >= REASON_MIN ? null : "Say in at least three characters why the loss is accepted."),
				accept: ({ intents }, text) => intents.acceptLoss(row.build, text.trim()),
			},
			choices: [],
		},
	});
}
