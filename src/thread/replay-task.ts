import { findSession, type SessionFolder } from "../adapters/archive/sessions.ts";
import { wallClock } from "../adapters/clock/wall.ts";
import type { Home } from "../adapters/home.ts";
import { firstDifferenceOf, openRecording, type StoredRecording } from "../commands/recording.ts";
import type { BrokerMs } from "../engine/units.ts";
import { isSpeed, type Pace, paceOf } from "../pace.ts";
import { type ReplayOutcome, replaySession } from "../replay.ts";
import type { SessionEnd } from "../ui/session-view.ts";
import type { Watcher } from "../watcher.ts";
import { aboutOf } from "./about.ts";
import type { ThreadStart, ToThread } from "./protocol.ts";
import { createPublisher, type Publisher } from "./publisher.ts";
import type { Post } from "./worker.ts";

/** The speed that a replay begins with: as sessions on a terminal do. */
const SPEED = 60;

/**
 * Plays a recorded session again, at any pace, as often as the user goes back; it ends when the port closes. The journal is verified before
 * the first row. Throws a `Failure` when journal or data are not what they were.
 */
export async function runReplayTask(start: ThreadStart, home: Home, sessionId: string, post: Post): Promise<void> {
	const files = findSession(home, sessionId);
	const stored = openRecording(files);
	const player = createPlayer(start, stored, post);
	post({ type: "begun", about: aboutOf(files, stored.start, { replay: true, notes: [], span: stored.span }), speed: SPEED });
	while (!player.isClosed()) {
		const outcome = await play(stored, home, player);
		if (player.isClosed()) return;
		if (!player.mustStartOver()) {
			post({ type: "ended", update: player.publisher.last(), end: endOf(files, stored, outcome) });
			await player.untilAsked();
			if (player.isClosed()) return;
		}
		player.startOver();
		post({ type: "restarted" });
	}
}

async function play(stored: StoredRecording, home: Home, { pace, publisher, watch }: Player): Promise<ReplayOutcome> {
	const { feed, agent, config } = stored.open(home);
	try {
		return await replaySession(config, feed, agent, stored.carry, stored.recording, { pace, clock: wallClock(), watch });
	} finally {
		feed.close();
		// What follows is another run: the screen must not wait for an answer to this one.
		publisher.acknowledge();
	}
}

function endOf(files: SessionFolder, stored: StoredRecording, outcome: ReplayOutcome): SessionEnd {
	const difference = firstDifferenceOf(files, stored, outcome);
	if (difference !== null) return { kind: "replayed", matches: false, detail: difference };
	if (stored.sealed === null)
		return { kind: "replayed", matches: null, detail: "The recorded lines came out the same. The journal was never sealed: there is no end to compare." };
	if (outcome.fingerprint !== stored.sealed)
		return { kind: "replayed", matches: false, detail: `The lines are the same, the final state is not: ${outcome.fingerprint} instead of ${stored.sealed}.` };
	return { kind: "replayed", matches: true, detail: "The replay reached the recorded fingerprint." };
}

type Player = {
	readonly pace: Pace;
	readonly publisher: Publisher;
	readonly watch: Watcher;
	isClosed(): boolean;
	/** True when the run was given up to go back. */
	mustStartOver(): boolean;
	/** Makes ready for another run from the first row. */
	startOver(): void;
	/** Resolves when the user goes back, or the port has closed. */
	untilAsked(): Promise<void>;
};

/** Hears what the screen asks of a replay. */
function createPlayer(start: ThreadStart, stored: StoredRecording, post: Post): Player {
	const pace = paceOf(SPEED);
	const publisher = createPublisher(wallClock(), (update) => post({ type: "update", update }));
	let closed = false;
	let backTo: BrokerMs | null = null;
	let hasEnded = false;
	let wake = (): void => {};

	function seek(at: BrokerMs): void {
		// The row at which trading begins must have run: before it there is nothing to see.
		const target = stored.span === null ? at : Math.max(at, stored.span.from + 1);
		if (!hasEnded && target > publisher.at()) {
			pace.seekTo = target;
			return;
		}
		backTo = target;
		pace.abandoned = true;
		wake();
	}
	function hear(message: ToThread): void {
		if (message.type === "acknowledge") publisher.acknowledge();
		else if (message.type === "speed") pace.speed = isSpeed(message.speed) ? message.speed : pace.speed;
		else if (message.type === "hold") pace.held = message.held;
		else if (message.type === "seek") seek(message.at);
		else if (message.type === "dossier") post({ type: "dossier", request: message.request, dossier: publisher.dossier(message.number, message.shadow) });
	}
	start.port.on("message", hear);
	start.port.once("close", () => {
		closed = true;
		pace.abandoned = true;
		wake();
	});
	return {
		pace,
		publisher,
		watch: stored.sealed === null ? endingWith(publisher, stored.recording.hashes.length, pace) : publisher,
		isClosed: () => closed,
		mustStartOver: () => backTo !== null,
		startOver() {
			hasEnded = false;
			pace.abandoned = false;
			pace.seekTo = backTo;
			backTo = null;
		},
		untilAsked() {
			hasEnded = true;
			return new Promise((resolve) => {
				wake = resolve;
				if (closed || backTo !== null) resolve();
			});
		},
	};
}

/** Without a seal nothing says where the session ended: the replay stops with the last line that was recorded. */
function endingWith(publisher: Publisher, lines: number, pace: Pace): Watcher {
	let seen = 0;
	return {
		begin(engine) {
			seen = 0;
			publisher.begin(engine);
		},
		record(record) {
			publisher.record(record);
			if (++seen >= lines) pace.abandoned = true;
		},
		get sampleAt() {
			return publisher.sampleAt;
		},
		sample: () => publisher.sample(),
		look: () => publisher.look(),
	};
}
