import type { Points } from "../units.ts";
import type { SimulatorSettings } from "./settings.ts";

/**
 * The ask that agent and broker see under the spread model (rulebook F.3): the feed's, a fixed distance above the bid, or the feed's
 * but at least that distance. Applying it twice changes nothing. Points in, points out.
 */
export function askWithSpread(settings: SimulatorSettings, bid: Points, ask: Points): Points {
	if (settings.spreadModel === "recorded") return ask;
	const ruled = bid + Math.ceil(settings.spreadPoints);
	return settings.spreadModel === "fixed" || !(ask > ruled) ? ruled : ask;
}
