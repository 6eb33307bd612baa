import { existsSync } from "node:fs";
import { wallClock } from "../../adapters/clock/wall.ts";
import type { Home } from "../../adapters/home.ts";
import { wrongWords } from "../../adapters/wrong-words.ts";
import type { RunOptions } from "../../config/options.ts";
import { GUIDE } from "../../guide.ts";
import { runJob, startThread } from "../../thread/client.ts";
import type { Compositor } from "../../ui/frame/compositor.ts";
import type { Intents } from "../../ui/intents.ts";
import type { Context } from "../../ui/key.ts";
import type { MountedInk } from "../../ui/mount.tsx";
import { findScreen } from "../../ui/registry.ts";
import { followFront } from "../../ui/shell/navigate.ts";
import type { CockpitStore } from "../../ui/store.ts";
import { checkConnection } from "../connection/checklist.ts";
import { createConfirmation } from "../stage/confirmation.ts";
import type { ConfirmedStage } from "../stage/confirmed.ts";
import { prepareStage } from "../stage/prepare.ts";
import { createArchiveIntents } from "./archive-intents.ts";
import { createConnectionIntents } from "./connection-intents.ts";
import { drawCockpit } from "./drawing.tsx";
import { createServices } from "./services.ts";
import { createSessionIntents } from "./session-intents.ts";
import { createStageIntents } from "./stage-intents.ts";
import { createSystemIntents } from "./system-intents.ts";
import { createWaysOut, type WaysOut } from "./ways-out.ts";

/** What the program works with; the screen is open already. */
export type ProgramParts = {
	readonly store: CockpitStore;
	readonly compositor: Compositor;
	readonly home: Home;
	readonly entry: URL;
	readonly bell: () => void;
	/** Told what cannot be drawn. */
	readonly onCrash: (error: unknown) => void;
};

/** The running cockpit behind the screen. */
export type Program = {
	readonly context: Context;
	readonly ink: MountedInk;
	readonly ways: WaysOut;
	/** Starts the session that the command line asked for; one that cannot begin ends the program, as it does without a screen. */
	startWith(options: RunOptions, confirmed: ConfirmedStage | null): void;
	stop(): void;
};

/** Puts intents, screens and drawing together. Loaded after the first frame is on the screen, for it brings React and ink with it. */
export function startProgram({ store, compositor, home, entry, bell, onCrash }: ProgramParts): Program {
	const services = createServices(GUIDE, existsSync);
	const system = createSystemIntents({ store, services, home, env: process.env, bell });
	const clock = wallClock();
	const archive = createArchiveIntents({ store, home, entry, clock, runJob });
	const connection = createConnectionIntents({
		store,
		home,
		env: process.env,
		clock,
		check: checkConnection,
		symbol: () => store.getState().stageChoices.demo.symbol ?? services.stages.demo.initial("symbol", {}),
		onChanged: system.loadStatus,
	});
	const sessions = createSessionIntents({
		store,
		entry,
		home,
		services,
		start: startThread,
		ring: bell,
		onRefused: (message) => stage.refused(message),
		onEnded() {
			system.loadStatus();
			if (store.getState().sessions.state !== "none") archive.loadSessions();
		},
	});
	const stage = createStageIntents({
		store,
		home,
		env: process.env,
		clock,
		words: wrongWords(home),
		prepare: prepareStage,
		confirm: createConfirmation,
		start: (confirmed) => sessions.startWith(confirmed.options, confirmed),
	});
	const ways = createWaysOut(store, sessions);
	const intents: Intents = { ...system, ...archive, ...connection, ...stage, ...sessions, quit: ways.quit };
	const context: Context = { store, intents, services };
	const unfollow = followFront(context, findScreen);
	const ink = drawCockpit(context, compositor, store.getState().columns, onCrash);
	intents.loadStatus();
	return {
		context,
		ink,
		ways,
		startWith(options, confirmed) {
			sessions.startWith(options, confirmed);
			void sessions.whenIdle().then(({ failure }) => {
				if (failure?.hadBegun === false) ways.refused(failure);
			});
		},
		stop() {
			unfollow();
			// What still asks the bridge must not keep the program alive.
			connection.stopTest();
			stage.stop();
			ink.unmount();
		},
	};
}
