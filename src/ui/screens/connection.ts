import { type ConnectionSlice, connectionLines } from "../connection/page.ts";
import type { Context, Key } from "../key.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState } from "../state.ts";
import { setView } from "../store.ts";
import { captureSearch, pagerBindings } from "../widgets/pager.ts";
import { statePager } from "../widgets/state-pager.ts";
import { editText } from "../widgets/text-field.ts";

const TEXT = statePager("connection", sliceOf, connectionLines);

/** Longest address that is taken. */
const ADDRESS_MAX = 300;

/** Main > Connection & Credentials: where the bridge is, the token, how to set both up, and the last test. */
export const connectionScreen: Screen = {
	id: "connection",
	title: () => "Connection & Credentials",
	menu: null,
	panes: (_state, content) => [TEXT.pane(content)],
	bindings: [
		{
			keys: ["t", "enter"],
			label: "test",
			help: "Test the connection step by step; changes nothing at the broker",
			disabled: notLoaded,
			run({ store, intents }) {
				store.setState({ path: ["main", "live-testing", "test-connection"] });
				intents.testConnection();
			},
		},
		{ keys: ["e"], label: "edit address", help: "Change the address of the bridge; it is remembered", disabled: notLoaded, run: beginAddress },
		{
			keys: ["M"],
			label: "make token",
			help: "Make the token file if there is none; what is in it is never shown",
			disabled: (state) =>
				notLoaded(state) ?? (state.connection.state === "ready" && state.connection.value.token === "ready" ? "There is a token already." : null),
			run: ({ intents }) => intents.makeToken(),
		},
		...pagerBindings(TEXT.pager),
	],
	capture: (context, key) => captureAddress(context, key) || captureSearch(TEXT.pager, context, key),
	enter({ store, intents }) {
		setView(store, "connection", { typed: null, cursor: 0 });
		intents.loadConnection();
	},
};

function sliceOf({ connection, views, wallMs }: CockpitState): ConnectionSlice {
	const { typed, cursor } = views.connection;
	// Minutes are enough: the page is not painted anew every second.
	return { connection, typed, cursor, wallMinute: Math.floor(wallMs / 60_000) };
}

function notLoaded({ connection }: CockpitState): string | null {
	if (connection.state === "failed") return connection.reason;
	return connection.state === "ready" ? null : "The settings are being read.";
}

function beginAddress({ store }: Context): void {
	const { connection } = store.getState();
	if (connection.state !== "ready") return;
	const { url } = connection.value;
	setView(store, "connection", { typed: url, cursor: Array.from(url).length, top: 0 });
}

/** Takes the keys of the address that is being typed: Enter keeps it, Escape forgets it. True = dealt with. */
function captureAddress({ store, intents }: Context, key: Key): boolean {
	const { typed, cursor } = store.getState().views.connection;
	if (typed === null) return false;
	if (key === "escape" || key === "enter") {
		setView(store, "connection", { typed: null, cursor: 0 });
		if (key === "enter" && typed.trim() !== "") intents.saveBridge(typed.trim());
		return true;
	}
	const edited = editText({ text: typed, cursor }, key, ADDRESS_MAX);
	if (edited !== null) setView(store, "connection", { typed: edited.text, cursor: edited.cursor });
	return true;
}
