import type { LogEntry } from "../engine/log.ts";
import type { Projection } from "../engine/project.ts";
import { addAlert, NO_ALERTS } from "./alerts.ts";
import { LOG_KEPT, MARKERS_KEPT, type Marker, type Sample, type SessionAbout, type SessionEnd, type SessionView } from "./session-view.ts";
import { withSharedParts } from "./shared-parts.ts";

/** What has happened since the update before; conflated, so that a slow screen gets fewer and not later ones. Plain data. */
export type SessionUpdate = {
	readonly now: Projection;
	/** New entries, oldest first, at most LOG_KEPT. */
	readonly log: readonly LogEntry[];
	/** Entries left out of `log` because there were more. */
	readonly logLost: number;
	/** All samples of the session so far, or null when none was added. */
	readonly samples: readonly Sample[] | null;
};

/** What can change the view of a session that has begun. */
export type SessionNews =
	| { readonly type: "update"; readonly update: SessionUpdate }
	/** A replay has gone back to its first row: what was shown is not yet true again. */
	| { readonly type: "restarted" }
	/** Something has latched: the session goes at this speed until the operator decides. */
	| { readonly type: "slowed"; readonly speed: number }
	| { readonly type: "ended"; readonly update: SessionUpdate | null; readonly end: SessionEnd };

/** The view of a session that has just begun. */
export function newSessionView(about: SessionAbout, speed: number | "max", wallMs: number): SessionView {
	return {
		about,
		now: null,
		receivedWallMs: wallMs,
		speed,
		slowed: false,
		held: false,
		log: [],
		logLost: 0,
		markers: [],
		samples: [],
		linkBeforeKill: null,
		alerts: NO_ALERTS,
		end: null,
	};
}

/** The view after some news of its session; `wallMs` is when it came. */
export function viewAfter(view: SessionView, news: SessionNews, wallMs: number): SessionView {
	switch (news.type) {
		case "update":
			return updated(view, news.update, wallMs);
		case "restarted":
			return { ...newSessionView(view.about, view.speed, wallMs), held: view.held };
		case "slowed":
			return { ...view, speed: news.speed, slowed: true };
		case "ended":
			return { ...(news.update === null ? view : updated(view, news.update, wallMs)), end: news.end };
	}
}

function updated(view: SessionView, update: SessionUpdate, wallMs: number): SessionView {
	const markers = update.log.flatMap(markerOf);
	return {
		...view,
		now: withSharedParts(view.now, update.now),
		receivedWallMs: wallMs,
		linkBeforeKill: update.now.state === "KILLED" ? view.linkBeforeKill : (update.now.link?.since ?? null),
		// A list that nothing was added to stays the same one, so that its pane is not painted again.
		log: update.log.length === 0 ? view.log : [...view.log, ...update.log].slice(-LOG_KEPT),
		logLost: view.logLost + update.logLost,
		markers: markers.length === 0 ? view.markers : [...view.markers, ...markers].slice(-MARKERS_KEPT),
		samples: update.samples ?? view.samples,
		alerts: update.log.reduce(addAlert, view.alerts),
	};
}

function markerOf(entry: LogEntry): Marker[] {
	if (entry.mark === null || entry.price === null) return [];
	return [{ at: entry.at, price: entry.price, kind: entry.mark, net: entry.result }];
}
