import type { CheckRow } from "../../print/check-row.ts";

/** What a check found, before it has its name. */
export type Verdict = Pick<CheckRow, "state" | "found" | "advice">;

/** All is well; `found` says with what. */
export function ok(found: string): Verdict {
	return { state: "ok", found, advice: "" };
}

/** It works, but the user should know. */
export function attention(found: string, advice: string): Verdict {
	return { state: "attention", found, advice };
}

/** It does not work; `advice` says what that means and what to do. */
export function failed(found: string, advice: string): Verdict {
	return { state: "failed", found, advice };
}

/** It could not be asked. */
export function skipped(why: string): Verdict {
	return { state: "skipped", found: why, advice: "" };
}
