import { CHECK_MARKS, checkLines } from "../../print/check-lines.ts";
import { checkCounts } from "../../print/check-row.ts";
import { type Line, span, type Tone } from "../../print/line.ts";
import { wrapped } from "../../print/line-block.ts";
import type { Screen } from "../screen.ts";
import type { ConnectionView, Loadable } from "../state.ts";
import { setView } from "../store.ts";
import { captureSearch, pagerBindings } from "../widgets/pager.ts";
import { statePager } from "../widgets/state-pager.ts";

type Slice = { readonly connection: Loadable<ConnectionView> };

const TEXT = statePager<Slice>("test-connection", ({ connection }) => ({ connection }), testLines, {
	grows: ({ connection }) => connection.state === "ready" && connection.value.testing,
});

/** Live Testing > Test MT5 Connection: the checklist as it happens, with what to do below each row that failed. */
export const testConnectionScreen: Screen = {
	id: "test-connection",
	title: () => "Test MT5 Connection",
	menu: null,
	panes: (_state, content) => [TEXT.pane(content)],
	bindings: [
		{
			keys: ["enter", "r", "t"],
			label: "test",
			help: "Test the connection (again); it changes nothing at the broker",
			disabled: ({ connection }) => (connection.state === "ready" && connection.value.testing ? "The test is running." : null),
			run({ store, intents }) {
				setView(store, "test-connection", { top: 0 });
				intents.testConnection();
			},
		},
		{
			keys: ["c"],
			label: "connection",
			help: "Address of the bridge, token, and how to set them up",
			run: ({ store }) => store.setState({ path: ["main", "connection"] }),
		},
		...pagerBindings(TEXT.pager),
	],
	capture: (context, key) => captureSearch(TEXT.pager, context, key),
	enter({ store, intents }) {
		if (store.getState().connection.state !== "ready") intents.loadConnection();
	},
};

function testLines({ connection }: Slice, width: number): readonly Line[] {
	if (connection.state === "failed") return [[], ...wrapped(`✗ ${connection.reason}`, width, "bad")];
	if (connection.state !== "ready") return [[], [span("The settings are being read ...", "faint")]];
	const { value } = connection;
	return [[], ...headLines(value, width), ...loudLines(value, width), [], ...checkLines(value.checks, width), ...runningLines(value)];
}

function headLines({ url, checks, testing, testedWallMs }: ConnectionView, width: number): Line[] {
	if (testing) return wrapped(`Testing ${url} ...`, width, "accent");
	if (testedWallMs === null) {
		return [
			...wrapped(`Enter tests the way to MetaTrader 5 at ${url}, step by step. It only looks: no order, no setting, nothing is changed.`, width),
			...wrapped("No bridge yet? c says how to set one up, and how to try it without MetaTrader 5.", width, "faint"),
		];
	}
	const failed = checks.some((row) => row.state === "failed");
	const { mark, tone } = CHECK_MARKS[failed ? "failed" : "ok"];
	return wrapped(`${mark} ${failed ? "The way to the broker does not work" : "The way to the broker works"}: ${url}. ${checkCounts(checks)}.`, width, tone);
}

/** What nobody may overlook: a stand-in, and an account with money. */
function loudLines({ sandbox, realAccount }: ConnectionView, width: number): Line[] {
	const row = (text: string, tone: Tone): Line[] => wrapped(` ${text} `, width, tone);
	return [
		...(sandbox ? row("SANDBOX: a stand-in terminal with an invented market. Nothing here is a broker.", "selected") : []),
		...(realAccount ? row("REAL ACCOUNT by the broker's word: orders on it move money.", "live") : []),
	];
}

function runningLines({ testing }: ConnectionView): Line[] {
	return testing ? [[span("… ", "accent"), span("waiting for the next answer", "faint")]] : [];
}
