import { cleanText } from "../../adapters/clean-text.ts";
import { buildOf } from "../../engine/agents/registry.ts";
import { timeframeName } from "../../engine/market/timeframe.ts";
import { PROBATION_SESSIONS } from "../../engine/stages/probation.ts";
import { formatMoney, formatNumber } from "../../print/text.ts";
import type { StageLook } from "./look.ts";

/** What a person must know before typing a word: at most 12 lines (control C06). Texts of the broker are cleaned; account type and stage are our own words (S-15). */
export function stageFacts({ described, account, config, terms, found }: StageLook, isShadow: boolean): readonly string[] {
	const { rules, instrument } = config;
	const { currency, leverage, marginMode } = config.account;
	const build = buildOf(config.agent);
	const broker = cleanText(account.company, 60);
	const lines = [
		`${terms.mode.toUpperCase()} session${terms.venue === "sandbox" ? " on the SANDBOX: a stand-in terminal, no real market and no money" : ""}`,
		`Account    ••${terms.loginTail} at ${terms.server}${broker === "" ? "" : ` (${broker})`}, ${terms.tradeMode.toUpperCase()} by the broker's word`,
		`           ${currency}, leverage 1:${leverage}, ${marginMode}, equity ${formatMoney(account.equity, currency)}`,
		`Maximum loss of this session: ${formatMoney(terms.maxLoss, currency)} (${formatNumber(rules.sessionLossPct)} %). At it everything is closed; a gap or slippage can cost more`,
		`Trades     ${instrument.symbol}${described.brokerSymbol === instrument.symbol ? "" : ` (${cleanText(described.brokerSymbol, 32)} at the broker)`} on ${timeframeName(config.timeframeMinutes)} bars, agent ${build}`,
		`Length     ${config.durationMinutes === null ? "no end" : `${formatNumber(config.durationMinutes)} minutes`}, at most ${config.maxTrades ?? "any number of"} entries; at the end positions are ${config.onExit === "flatten" ? "closed" : "kept"}`,
		`Each entry ${formatNumber(config.riskPct)} % of equity at risk, at most ${formatNumber(rules.maxLots)} lots, ${rules.openPositionsMax} open, always with a stop at the broker`,
		standingLine(terms),
	];
	if (found.ours.length > 0)
		lines.push(
			`Found      ${found.ours.length} position${found.ours.length === 1 ? "" : "s"} of this agent; you are asked what becomes of ${found.ours.length === 1 ? "it" : "them"}`,
		);
	if (isShadow) lines.push("Shadow     the simulator runs beside the broker and every fill is compared");
	lines.push("Stop       K in the cockpit, kinetra kill in another terminal, or the Algo Trading button of MetaTrader 5");
	return lines;
}

function standingLine({ rehearsal, certificate, probation }: StageLook["terms"]): string {
	if (rehearsal !== null) return "Counts     REHEARSAL: it is not evidence, see below what is missing";
	const on = probation === null ? "" : `, PROBATION ${probation} of ${PROBATION_SESSIONS}`;
	return `Counts     yes, on certificate ${certificate ?? "--"}${on}`;
}
