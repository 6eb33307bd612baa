import type { Home } from "../../adapters/home.ts";
import type { BridgeAddress } from "../../adapters/mt5/link/client-type.ts";
import type { AccountBody, Hello, SpecBody, TerminalBody } from "../../adapters/mt5/wire/messages.ts";
import type { Clock } from "../../adapters/ports.ts";
import type { CheckRow } from "../../print/check-row.ts";

/** What to check. */
export type ConnectionAsk = {
	readonly address: BridgeAddress;
	/** As the user writes it: `EURUSD`. */
	readonly symbol: string;
	/** With a home its kill file is looked at too. */
	readonly home?: Home;
	readonly clock: Clock;
	/** Ends the checks early; what was not asked is `skipped`. */
	readonly signal?: AbortSignal;
	/** Called with each row as soon as it is known, in order. */
	onRow(row: CheckRow): void;
};

/** What came of the checks. `ok`: no row failed (rows that need attention are no failure). Null = could not be had. */
export type ConnectionCheck = {
	readonly ok: boolean;
	readonly rows: readonly CheckRow[];
	readonly hello: Hello | null;
	readonly terminal: TerminalBody | null;
	readonly account: AccountBody | null;
	readonly spec: SpecBody | null;
};

/**
 * The checklist of `kinetra test-connection`: goes to the bridge with the role `watch`, asks, and changes nothing there. Never rejects; ends within
 * 30 s, whatever the bridge does.
 */
export async function checkConnection(ask: ConnectionAsk): Promise<ConnectionCheck> {
	const { runChecks } = await import("./checks.ts");
	return runChecks(ask);
}
