import { homedir } from "node:os";
import { resolve } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import { codeOf, reasonOf } from "../../adapters/reason.ts";
import type { Intents } from "../../ui/intents.ts";
import type { FormServices, Services } from "../../ui/services.ts";
import type { Choices, Folder } from "../../ui/state.ts";
import { type CockpitStore, notify } from "../../ui/store.ts";
import { acceptCarriedLoss } from "../agents.ts";
import { agentRows } from "./agent-facts.ts";
import { readFolder } from "./folder.ts";
import { loadPreferences, type Preferences, storePreferences } from "./preferences.ts";
import { dataFolders, statusFacts } from "./status-facts.ts";
import { statusParts } from "./status-parts.ts";

export type SystemIntents = Pick<
	Intents,
	"loadStatus" | "loadAgents" | "acceptLoss" | "loadExports" | "listFolder" | "saveChoices" | "saveStageChoices" | "ring"
>;

/** What the program hands in. `bell` rings the terminal through the screen's own output; `userFolder` is where the user's files usually are. */
type Parts = {
	readonly store: CockpitStore;
	readonly services: Services;
	readonly home: Home;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly bell: () => void;
	readonly userFolder?: string;
};

/** What the screen can ask of this machine. Reads the remembered choices at once; everything else comes when it is asked for. */
export function createSystemIntents({ store, services, home, env, bell, userFolder = homedir() }: Parts): SystemIntents {
	const loaded = loadPreferences(home, (key, text) => services.checkField(key, text) === null);
	let preferences: Preferences = loaded.preferences;
	store.setState({ choices: preferences.choices, stageChoices: preferences.stageChoices });
	if (loaded.problem !== null) notify(store, loaded.problem, "warn");

	/** A preference that cannot be kept is said once: it is a convenience, and every key would say it again. */
	let complained = false;
	function keep(change: Partial<Preferences>): void {
		preferences = { ...preferences, ...change };
		const problem = storePreferences(home, preferences);
		if (problem !== null && !complained) notify(store, problem, "warn");
		complained = problem !== null;
	}
	const loadStatus = (): void => later(store, async () => store.setState({ status: statusParts(await statusFacts(home), env) }));
	const loadAgents = (): void => later(store, async () => store.setState({ agents: { state: "ready", value: agentRows(home) } }));
	const lists = createLists(
		store,
		home,
		() => preferences.folder,
		userFolder,
		(folder) => keep({ folder }),
	);
	return {
		...lists,
		loadStatus,
		loadAgents,
		acceptLoss(build, reason) {
			later(store, async () => {
				notify(store, acceptCarriedLoss(home, build, reason), "good");
				loadAgents();
			});
		},
		saveChoices(choices) {
			store.setState({ choices });
			// What is wrong is worth correcting now, not worth meeting again at the next start.
			keep({ choices: sound(services, choices) });
		},
		saveStageChoices(mode, choices) {
			keep({ stageChoices: { ...preferences.stageChoices, [mode]: sound(services.stages[mode], choices) } });
		},
		ring: bell,
	};
}

/** Folders for the file picker and the market data screen. Only the newest answer counts: a slow disk must not bring an older folder back. */
function createLists(
	store: CockpitStore,
	home: Home,
	lastFolder: () => string | null,
	userFolder: string,
	keepFolder: (path: string) => void,
): Pick<SystemIntents, "listFolder" | "loadExports"> {
	let asked = 0;
	return {
		listFolder(path) {
			const mine = ++asked;
			const before = store.getState().folder;
			const candidates = path === null ? [lastFolder(), home.data, userFolder].filter((one) => one !== null) : [path];
			if (before.state !== "ready") store.setState({ folder: { state: "loading" } });
			later(store, async () => {
				const found = await firstFolder(candidates);
				if (mine !== asked) return;
				if (typeof found !== "string") {
					store.setState({ folder: { state: "ready", value: found } });
					if (path !== null) keepFolder(found.path);
				} else if (store.getState().folder.state === "ready") notify(store, found, "bad");
				else store.setState({ folder: { state: "failed", reason: found } });
			});
		},
		loadExports() {
			if (store.getState().exports.state !== "ready") store.setState({ exports: { state: "loading" } });
			later(store, async () => {
				try {
					const [data = null, ...parts] = await Promise.all(dataFolders(home).map(readIfThere));
					// The data folder is named even before anybody has made it.
					const root: Folder = data ?? { path: home.data, shown: cleanText(home.data, 300), parent: null, entries: [] };
					store.setState({ exports: { state: "ready", value: [root, ...parts.filter((folder) => folder !== null)] } });
				} catch (error) {
					store.setState({ exports: { state: "failed", reason: `${cleanText(home.data)} cannot be read: ${reasonOf(error)}.` } });
				}
			});
		},
	};
}

/** The first of these folders that can be read, or why the last one cannot. */
async function firstFolder(paths: readonly string[]): Promise<Folder | string> {
	let problem = "There is no folder to look in.";
	for (const path of paths) {
		try {
			return await readFolder(resolve(path));
		} catch (error) {
			problem = `${cleanText(path)} cannot be opened: ${reasonOf(error)}.`;
		}
	}
	return problem;
}

async function readIfThere(path: string): Promise<Folder | null> {
	try {
		return await readFolder(path);
	} catch (error) {
		if (codeOf(error) === "ENOENT") return null;
		throw error;
	}
}

function sound(services: Pick<FormServices, "checkField">, choices: Choices): Choices {
	return Object.fromEntries(Object.entries(choices).filter(([key, text]) => services.checkField(key, text) === null));
}

/** Works after the frame in hand is drawn; a failure is said, never thrown into the screen. */
function later(store: CockpitStore, work: () => Promise<void>): void {
	setImmediate(() => {
		work().catch((error: unknown) => notify(store, error instanceof Failure ? cleanText(error.message, 400) : reasonOf(error), "bad"));
	});
}
