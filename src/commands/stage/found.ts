import { listSessionIds, readStart, sessionFolder } from "../../adapters/archive/sessions.ts";
import { cleanText } from "../../adapters/clean-text.ts";
import type { Home } from "../../adapters/home.ts";
import { readJournal } from "../../adapters/journal/reader.ts";
import { clientIdOf } from "../../adapters/mt5/client-id.ts";
import type { OrderBody, PositionBody, SnapshotBody } from "../../adapters/mt5/wire/messages.ts";
import type { AccountTerms } from "../../engine/config.ts";
import type { Money } from "../../engine/units.ts";
import { formatMoney, formatSigned } from "../../print/text.ts";

/** What an earlier session's journal knows of an open position. */
export type EarlierPlan = { readonly sessionId: string; readonly riskMoney: Money | null; readonly reason: string };

/** What is open on the account before a session: positions of this agent on its symbol, and everything that is not its business. */
export type FoundOnAccount = {
	readonly ours: readonly PositionBody[];
	/** Positions and waiting orders of others, and waiting orders of this agent: with any of them there the session does not start. */
	readonly others: readonly string[];
};

/** Which of them are ours: the agent's magic on the symbol of the session. */
export function foundIn(snapshot: SnapshotBody, magic: number, brokerSymbol: string): FoundOnAccount {
	const isOurs = (body: PositionBody | OrderBody): boolean => body.magic === String(magic) && body.symbol === brokerSymbol;
	const positions = snapshot.positions ?? [];
	const orders = snapshot.orders ?? [];
	return {
		ours: positions.filter(isOurs),
		others: [
			...positions.filter((body) => !isOurs(body)).map((body) => `position ${shortPosition(body)}${whose(body)}`),
			...orders.map((body) => `waiting order ${body.ticket} on ${cleanText(body.symbol, 32)}${isOurs(body) ? " (this agent's)" : whose(body)}`),
		],
	};
}

/** A found position as a line for the person who chooses. */
export function foundLine(body: PositionBody, { currency }: AccountTerms, plan: EarlierPlan | null): string {
	const stop = body.sl > 0 ? `stop ${body.sl}` : "NO STOP at the broker";
	const risk = plan === null || plan.riskMoney === null ? "" : `, planned risk ${formatMoney(plan.riskMoney, currency)}`;
	const from = plan === null ? "no session of this home knows it" : `session ${plan.sessionId}: ${cleanText(plan.reason, 60)}`;
	return `${shortPosition(body)} at ${body.price_open}, ${stop}, now ${formatSigned(body.profit + body.swap, currency)}${risk} (${from})`;
}

/**
 * The plan of a position from the journal of the session that opened it, found by the client id of its order; null when no session of this
 * home knows it. Journals that cannot be read are passed over: nothing is concluded from them.
 */
export function earlierPlan(home: Home, cid: string | null): EarlierPlan | null {
	if (cid === null) return null;
	for (const sessionId of [...listSessionIds(home)].reverse()) {
		const plan = planIn(home, sessionId, cid);
		if (plan !== null) return plan;
	}
	return null;
}

function planIn(home: Home, sessionId: string, cid: string): EarlierPlan | null {
	const files = sessionFolder(home, sessionId);
	let plan: EarlierPlan | null = null;
	try {
		if (readStart(files).config.mode === "virtual") return null;
		readJournal(files.journal, ({ kind, data }) => {
			if (plan !== null || kind !== "order" || typeof data !== "object" || data === null) return;
			const { request, riskMoney, reason } = data as { request?: { intentId?: unknown }; riskMoney?: unknown; reason?: unknown };
			const intentId = request?.intentId;
			if (typeof intentId !== "number" || clientIdOf(sessionId, intentId) !== cid) return;
			plan = { sessionId, riskMoney: typeof riskMoney === "number" && riskMoney > 0 ? riskMoney : null, reason: typeof reason === "string" ? reason : "" };
		});
	} catch {
		// A damaged journal may still have told it before the damage; what it told is kept.
	}
	return plan;
}

function shortPosition({ type, volume, symbol }: PositionBody): string {
	return `${type === 0 ? "BUY" : "SELL"} ${volume} ${cleanText(symbol, 32)}`;
}

function whose({ owner, magic }: PositionBody | OrderBody): string {
	return owner === "foreign" ? " (not of Kinetra)" : ` (another agent or symbol of Kinetra, magic ${magic})`;
}
