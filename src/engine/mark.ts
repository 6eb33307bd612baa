import { isHistory } from "./broker-side.ts";
import type { Engine } from "./engine.ts";
import { onAccount } from "./health/chs.ts";
import { floatingOf, noteExcursion } from "./trade.ts";

/**
 * Values the account at the present quote: equity with floating result, drawdown, excursions of the open trades, and tells the
 * health score. Called on every quote while something is open and after every change of balance. O(open trades), no allocation. With quotes of
 * the warm-up's history nothing is valued: a position that was taken over counts as worth what it was opened for until the first live one.
 */
export function markToMarket(engine: Engine): void {
	const { account, trades, terms, bid, ask } = engine;
	if (isHistory(engine)) {
		account.equity = account.balance + account.credit;
		return;
	}
	let floating = 0;
	let worstOpenR = 0;
	for (let index = 0; index < trades.length; index++) {
		const trade = trades[index];
		if (trade === undefined) continue;
		const closePrice = trade.side === "BUY" ? bid : ask;
		noteExcursion(trade, closePrice);
		if (trade.shadow) continue;
		const open = floatingOf(trade, terms, closePrice);
		floating += open;
		const lossR = -open / trade.riskMoney;
		if (!(lossR <= worstOpenR)) worstOpenR = lossR;
	}
	account.equity = account.balance + account.credit + floating;
	const { peak } = engine;
	if (account.equity > peak.equity) peak.equity = account.equity;
	const drawdownPct = (1 - account.equity / peak.equity) * 100;
	if (drawdownPct > peak.drawdownPct) peak.drawdownPct = drawdownPct;
	onAccount(engine.chs, account.equity, account.margin > 0 ? (account.equity / account.margin) * 100 : null, worstOpenR);
}
