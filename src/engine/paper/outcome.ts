import type { AnswerOutcome } from "../order.ts";
import { RETCODE } from "../retcodes.ts";
import type { Lots, Points } from "../units.ts";

/** What executing a request came to, before it becomes an `Answer`. */
export type Outcome = {
	readonly retcode: number;
	readonly outcome: AnswerOutcome;
	readonly lots: Lots;
	readonly price: Points;
	readonly orderTicket: number;
	readonly dealTicket: number;
	readonly positionId: number;
	/** True when balance, margin or positions changed. */
	readonly touchesAccount: boolean;
};

/** A refusal: nothing happened, all tickets 0. */
export function refused(retcode: number): Outcome {
	return { retcode, outcome: "rejected", lots: 0, price: 0, orderTicket: 0, dealTicket: 0, positionId: 0, touchesAccount: false };
}

/** Success without a deal: levels set, order changed or removed (MT5 returns zeros; rulebook A.11). */
export function done(parts: Partial<Outcome>): Outcome {
	return { ...refused(RETCODE.DONE), outcome: "done", ...parts };
}
