import type { SessionStart } from "../../adapters/archive/sessions.ts";
import { isDrill } from "./begin.ts";

/** Why a session can never count towards promotion, known before its first event; null when it may. */
export function whyNoEvidence(start: SessionStart): string | null {
	if (start.config.unlimited) return "A measuring run without limits never counts.";
	if (start.repeatOf !== null) return `It repeats session ${start.repeatOf}: the same trades count once.`;
	if (isDrill(start.config)) return "A drill on a staged market never counts; the agent's record is not changed by it.";
	return null;
}
