import { wallClock } from "../adapters/clock/wall.ts";
import { EXIT } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import { performSession } from "../commands/run/perform.ts";
import { planRun } from "../config.ts";
import type { Command } from "../engine/event.ts";
import { isSpeed, paceOf } from "../pace.ts";
import { aboutOf } from "./about.ts";
import { cleanCommand } from "./clean-command.ts";
import { latchBrake } from "./latch-brake.ts";
import type { Task, ThreadStart, ToThread } from "./protocol.ts";
import { createPublisher } from "./publisher.ts";
import type { Post } from "./worker.ts";

/** What a session's thread is asked for. */
type SessionAsked = Extract<Task, { task: "session" }>;

/**
 * Runs a session that somebody watches: a latched halt waits for the operator. When the port closes, nobody watches any more and the
 * session ends orderly, positions as `--on-exit` says. Throws as `planRun` and `performSession`.
 */
export async function runSessionTask(start: ThreadStart, home: Home, { options, confirmed }: SessionAsked, post: Post): Promise<void> {
	const clock = wallClock();
	const commands: Command[] = [];
	const pace = paceOf("max");
	const publisher = createPublisher(clock, (update) => post({ type: "update", update }));
	let interruptCode: number = EXIT.sigterm;
	let isStopping = false;
	let isLive = true;
	let leave = (): void => {};

	function stop(reason: string, positions: "flatten" | "keep" | null): void {
		if (!isStopping) ask({ command: "stop", reason, positions });
		isStopping = true;
	}
	function ask(asked: Command): void {
		const command = cleanCommand(asked);
		if (command !== null) commands.push(command);
	}
	function hear(message: ToThread): void {
		switch (message.type) {
			case "acknowledge":
				publisher.acknowledge();
				return;
			case "command":
				ask(message.command);
				return;
			case "stop":
				interruptCode = message.interruptCode;
				stop(message.reason, message.positions);
				return;
			case "speed":
				// Live quotes have their own pace. And what was pressed before the screen knew that something has latched is not what anybody wants now.
				if (!isLive && message.from === pace.speed && isSpeed(message.speed)) pace.speed = message.speed;
				return;
			case "dossier":
				post({ type: "dossier", request: message.request, dossier: publisher.dossier(message.number, message.shadow) });
				return;
			case "leave":
				leave();
				sayThatItIsLeft(start.left);
				return;
			case "hold":
			case "seek":
				// The market of a session that trades can be neither held nor moved.
				return;
		}
	}
	start.port.on("message", hear);
	start.port.once("close", () => stop("the screen is gone", null));

	const asked = await planRun(options, true);
	const plan = { ...asked, config: { ...asked.config, onLatch: "wait" as const } };
	isLive = plan.live !== null;
	pace.speed = plan.speed;
	const { summary, problems, folder } = await performSession({
		home,
		plan,
		confirmed,
		clock,
		onLine: null,
		pace,
		commands,
		// A market that is not ours cannot be slowed down.
		watch: isLive ? publisher : latchBrake(pace, publisher, (speed) => post({ type: "slowed", speed })),
		onWaiting: (what) => post({ type: "waiting", what }),
		begun: ({ files, start: begun }, notes) => post({ type: "begun", about: aboutOf(files, begun, { replay: false, notes, span: null }), speed: plan.speed }),
		onProgress: () => {},
		onLeave(work) {
			leave = work;
			// A bug that tears the thread down must not take the journal's last lines with it, nor leave the session locked.
			process.once("exit", work);
			return () => {
				leave = () => {};
				process.off("exit", work);
			};
		},
		interruptCode: () => interruptCode,
	});
	post({ type: "ended", update: publisher.last(), end: { kind: "ended", summary, folder, problems } });
}

/**
 * The process that is about to end waits for this number (client.ts, `leave`). From here on nothing happens in this thread any more: the journal
 * is written and the lock let go, and what was traded after that would be in neither. Whoever asked ends the thread.
 */
function sayThatItIsLeft(left: SharedArrayBuffer): void {
	const flag = new Int32Array(left);
	Atomics.store(flag, 0, 1);
	Atomics.notify(flag, 0);
	for (;;) Atomics.wait(flag, 0, 1);
}
