import type { MarketData } from "../../src/adapters/ports.ts";
import type { SessionConfig } from "../../src/engine/config.ts";
import type { Command } from "../../src/engine/event.ts";
import { createLog, type LogEntry } from "../../src/engine/log.ts";
import { projection } from "../../src/engine/project.ts";
import { newSessionView, viewAfter } from "../../src/ui/session-update.ts";
import type { Sample, SessionView } from "../../src/ui/session-view.ts";
import { hook, type Script } from "./engine-hook.ts";
import { memoryJournal, runWith, syntheticFeed } from "./session.ts";
import { viewOf } from "./view.ts";

export type Recording = {
	readonly feed?: MarketData;
	readonly script?: Script;
	readonly commands?: readonly { readonly tick: number; readonly command: Command }[];
};

/**
 * What the screen sees of a real session: a view every `rows` rows of its market, the last one after its end. Needs the mock that
 * engine-hook.ts describes. Wall time is a second a view.
 */
export async function recordViews(config: SessionConfig, minutesLong: number, rows: number, parts: Recording = {}): Promise<readonly SessionView[]> {
	const journal = memoryJournal();
	const log = createLog(config.instrument.digits);
	const about = viewOf({}, { agent: config.agent.id, threshold: config.chsThreshold, onBreaker: config.onBreaker, feed: `synthetic, ${feedOf(config)}` }).about;
	const views: SessionView[] = [];
	const samples: Sample[] = [];
	let view = newSessionView(about, 60, 0);
	let read = 0;
	const look = (): void => {
		const { engine } = hook;
		if (engine === null || engine.quotes === 0) return;
		const entries = journal.records.slice(read).flatMap((record): LogEntry[] => {
			const made = log.entryOf(record);
			return made === null ? [] : [made];
		});
		read = journal.records.length;
		const now = projection(engine);
		samples.push({ at: now.at, bid: now.bid, equity: now.equity ?? 0, chs: now.chs });
		view = viewAfter(view, { type: "update", update: { now, log: entries, logLost: 0, samples: [...samples] } }, views.length * 1000);
		views.push(view);
	};
	const feed = parts.feed ?? syntheticFeed(config, minutesLong, rows);
	const watched: MarketData = {
		...feed,
		next() {
			look();
			return feed.next();
		},
	};
	await runWith(config, { feed: watched, journal, script: parts.script ?? null, ...(parts.commands === undefined ? {} : { commands: parts.commands }) });
	look();
	return views;
}

function feedOf(config: SessionConfig): string {
	return config.feed.kind === "synthetic" ? `scenario ${config.feed.scenario}` : "a file";
}
