import type { RunOptions } from "../../config/options.ts";
import { planRun } from "../../config.ts";
import { openFeed, requireFitOf } from "../../wiring.ts";

/**
 * Checks the options of a session before the screen is taken, so that what is wrong with them is printed plainly. Returns whether the
 * cockpit is wanted: a configuration file may ask for plain lines. Throws the `Failure` that the session would meet.
 */
export async function checkRun(options: RunOptions): Promise<boolean> {
	const plan = await planRun(options, true);
	if (plan.headless || plan.json) return false;
	// The synthetic market is always there; a file may be missing, damaged or of another symbol.
	if (plan.config.feed.kind === "csv") {
		const opened = openFeed(plan);
		requireFitOf(plan, opened);
		opened.feed.close();
	}
	return true;
}
