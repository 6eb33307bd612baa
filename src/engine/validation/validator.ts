import { adjust } from "./adjust.ts";
import { CHECKS, type Check, type CheckCode, isRejection } from "./checks.ts";
import { type Case, caseOf, type ValidationContext } from "./context.ts";
import { type Finding, findingText, notA } from "./finding.ts";
import { shapeFinding } from "./shape.ts";
import type { Adjustment, Approved, Proposal, Refused, Verdict } from "./verdict.ts";

const TABLE = Object.entries(CHECKS) as [CheckCode, Check][];

/**
 * May this request go out (defence layer 4)? Repairs it first when the rule `autoAdjust` is on, then runs every check that applies to its
 * purpose: approved only when each is proven, refused by the first that is not. Any value may be passed; it never throws.
 */
export function validate(ctx: ValidationContext, proposal: Proposal): Verdict {
	const unreadable = shapeFinding(proposal.request, proposal.plannedRisk);
	if (unreadable !== null) return refuse("FIELD_INVALID", unreadable, proposal, []);
	const { symbol } = ctx.terms.instrument;
	if (proposal.request.symbol !== symbol) return refuse("SYMBOL_UNKNOWN", notA(proposal.request.symbol.slice(0, 32), symbol), proposal, []);
	const { proposal: fitted, changes } = ctx.rules.autoAdjust ? adjust(ctx, proposal) : { proposal, changes: [] };
	const subject = caseOf(ctx, fitted.request, fitted.plannedRisk);
	for (const [code, check] of TABLE) {
		if (!check.on.includes(subject.purpose)) continue;
		const finding = check.check(subject);
		if (finding !== null) return refuse(code, finding, fitted, changes);
	}
	return approve(subject, changes);
}

/** The one place that makes the permission. */
function approve({ request, purpose, plannedRisk }: Case, changes: readonly Adjustment[]): Approved {
	return { verdict: "approved", request, purpose, plannedRisk, changes } as Approved;
}

function refuse(code: CheckCode, finding: Finding, proposal: Proposal, changes: readonly Adjustment[]): Refused {
	const check: Check = CHECKS[code];
	return {
		verdict: "refused",
		code,
		control: check.control,
		retcode: check.retcode,
		isRejection: isRejection(check),
		actual: finding.got,
		limit: finding.limit,
		message: findingText(code, finding),
		request: proposal.request,
		changes,
	};
}
