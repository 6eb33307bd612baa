import { dataFailure } from "../failure.ts";
import type { FoundOrder, FoundPosition, Mt5Broker, Mt5BrokerRequest } from "./broker/types.ts";
import type { AccountBody } from "./wire/messages.ts";

/** An opened broker and what was on the account before. */
export type OpenedBroker = {
	readonly broker: Mt5Broker;
	readonly found: readonly FoundPosition[];
	readonly foundOrders: readonly FoundOrder[];
	readonly account: AccountBody;
};

/**
 * Opens the account behind a bridge for one session: account and lock as expected, a fence of our own, nothing in flight or unknown, and a fresh
 * look. Throws a `Failure` that says what was wrong and what to do; then nothing of ours is left behind.
 */
export function openMt5Broker(request: Mt5BrokerRequest): Promise<OpenedBroker> {
	return Promise.reject(dataFailure(`The broker for ${request.brokerSymbol} is not built yet.`));
}
