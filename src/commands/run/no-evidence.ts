import type { SessionStart } from "../../adapters/archive/sessions.ts";
import type { SessionConfig } from "../../engine/config.ts";

/** Why a session can never count towards promotion, known before its first event; null when it may. */
export function whyNoEvidence(start: SessionStart): string | null {
	if (start.config.unlimited) return "A measuring run without limits never counts.";
	if (start.repeatOf !== null) return `It repeats session ${start.repeatOf}: the same trades count once.`;
	if (start.trainedOn !== undefined) return start.trainedOn;
	if (isDrill(start.config)) return "A drill on a staged market never counts; the agent's record is not changed by it.";
	return null;
}

/**
 * A session on a staged market (`--scenario` other than `normal`): it starts from the agent's record but never changes it and is never
 * evidence, for whoever picks the weather could pick the result.
 */
export function isDrill(config: SessionConfig): boolean {
	return config.feed.kind === "synthetic" && config.feed.scenario !== "normal";
}
