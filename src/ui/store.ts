import { createStore, type StoreApi } from "zustand/vanilla";
import type { CockpitState } from "./state.ts";
import { NEW_VIEWS, type Views } from "./views.ts";

/** The cockpit's one store. Panes only read it; keys and the program change it through `setState` with new values. */
export type CockpitStore = StoreApi<CockpitState>;

/** A store that shows the main menu. */
export function createCockpitStore(given: Partial<CockpitState> = {}): CockpitStore {
	return createStore<CockpitState>(() => ({
		columns: 80,
		rows: 24,
		wallMs: 0,
		path: ["main"],
		focus: "menu",
		highlighted: {},
		dialog: null,
		notice: null,
		live: null,
		replay: null,
		source: "live",
		trade: { state: "none" },
		status: [],
		agents: { state: "none" },
		sessions: { state: "none" },
		summary: { state: "none" },
		compare: { state: "none" },
		folder: { state: "none" },
		exports: { state: "none" },
		choices: {},
		stageChoices: { demo: {}, live: {} },
		connection: { state: "none" },
		standings: { state: "none" },
		stageStart: null,
		views: NEW_VIEWS,
		unread: false,
		leaving: false,
		...given,
	}));
}

/** Changes what one screen remembers of its own. */
export function setView<Name extends keyof Views>(store: CockpitStore, name: Name, change: Partial<Views[Name]>): void {
	store.setState(({ views }) => ({ views: { ...views, [name]: { ...views[name], ...change } } }));
}

const NOTICE_MS = 6000;
/** What it takes to read one character more than a short line has. */
const READ_MS = 50;

/** Says something in the line above the footer for a few seconds; a long message stays longer. */
export function notify(store: CockpitStore, text: string, tone: "good" | "warn" | "bad"): void {
	store.setState((state) => ({ notice: { text, tone, untilWallMs: state.wallMs + Math.max(NOTICE_MS, text.length * READ_MS) } }));
}
