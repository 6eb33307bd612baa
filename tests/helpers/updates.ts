import type { SessionConfig } from "../../src/engine/config.ts";
import { createPublisher } from "../../src/thread/publisher.ts";
import type { SessionUpdate } from "../../src/ui/session-update.ts";
import { runWith, syntheticFeed } from "./session.ts";

/**
 * What the screen's thread is sent of a real session of so many market minutes: an update every `rows` rows of its market, as if those were a
 * tenth of a second of the wall. Copies, as a message port makes them.
 */
export async function recordUpdates(config: SessionConfig, minutesLong: number, rows: number): Promise<readonly SessionUpdate[]> {
	const updates: SessionUpdate[] = [];
	let wallMs = 0;
	const publisher = createPublisher({ nowMs: () => wallMs }, (update) => {
		updates.push(structuredClone(update));
		publisher.acknowledge();
	});
	const feed = syntheticFeed(config, minutesLong, rows);
	await runWith(config, {
		watch: publisher,
		feed: {
			...feed,
			next() {
				wallMs += 100;
				publisher.look();
				return feed.next();
			},
		},
	});
	return updates;
}
