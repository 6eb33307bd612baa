import { mustReadAccount, tellAccount } from "./account-watch.ts";
import { tellNextAnswer, tellResolved } from "./answers.ts";
import { tellDeals } from "./deals.ts";
import type { Desk } from "./desk.ts";
import { isSettled, noteMatters } from "./matters.ts";
import { noteGoneOrders, tellOrders, tellRemovedOrders, tellUnseenOrders, watchStrangeOrders } from "./orders.ts";
import { tellPositions, watchStops, watchStrangers } from "./positions.ts";

/**
 * Tells everything whose time has come, in the order that every Broker port keeps for one operation: the answer, its deals, its order, the position,
 * the order that is gone, the account. Cheap when nothing has changed; called after everything that may have.
 */
export function pump(desk: Desk): void {
	for (let hasMore = true; hasMore; ) {
		hasMore = tellNextAnswer(desk);
		tellResolved(desk);
		tellDeals(desk);
		noteGoneOrders(desk);
		tellOrders(desk);
		tellUnseenOrders(desk);
		tellPositions(desk);
		tellRemovedOrders(desk);
	}
	watchStops(desk);
	watchStrangers(desk);
	watchStrangeOrders(desk);
	noteMatters(desk);
	tellAccount(desk);
}

/** Whether there is nothing left that was asked and has not been told in full. */
export function isQuiet(desk: Desk): boolean {
	return isSettled(desk) && !mustReadAccount(desk);
}
