import type { AnswerKind } from "./limits/answers.ts";
import type { Answer, OrderRequest } from "./order.ts";
import { retcodeOf } from "./retcodes.ts";

/**
 * How the broker's answer to a request is meant, for limits and score (rulebook A3; controls C29, C37). What proves neither yes nor no is
 * unknown: a code that MT5 does not publish, and a market order that was accepted but not executed (10008).
 */
export function answerKind(request: OrderRequest, answer: Answer): AnswerKind {
	const retcode = retcodeOf(answer.retcode);
	if (answer.outcome === "unknown" || retcode === null || retcode.class === "unknown") return "unknown";
	if (answer.outcome === "placed" && request.action === "DEAL") return "unknown";
	if (answer.outcome !== "rejected") return "done";
	switch (retcode.class) {
		case "ok":
			return "done";
		case "retry":
		case "wait":
			return "transient";
		case "setup":
		case "request":
		case "final":
			return "refused";
	}
}
