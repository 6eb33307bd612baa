import type { SessionConfig } from "./config.ts";
import type { DossierCosts, DossierStep, TradeDossier } from "./dossier.ts";
import { adoptedStep, answerStep, dealStep, decisionStep, endStep, levelsStep, orderStep, paperStep, refusedStep } from "./dossier-steps.ts";
import { isObject, type JournalFields, listOf, numberOf, partOf, textOf } from "./journal-fields.ts";
import { bounded, remember } from "./log-line.ts";
import { OBSERVATION } from "./market/observation.ts";
import { createMoneyTerms, type MoneyTerms, pointValueOf } from "./money.ts";
import type { TradeRow } from "./summary-type.ts";
import { createTradeNumbers, type TradeNumbers } from "./trade-numbers.ts";
import { tradeRowOf } from "./trade-row.ts";
import { type BrokerMs, type Money, roundMoney } from "./units.ts";

/** Decisions and requests that are remembered because they may still lead to a trade. */
export const PENDING_MAX = 300;
const STEPS_MAX = 120;
const STEPS_FIRST = 20;

/** A line of the journal that has fields. */
type Line = { readonly at: BrokerMs; readonly data: JournalFields };
/** What is known of one trade so far. `levels`: the last ones that were written down. */
type File = {
	readonly positionId: number;
	readonly shadow: boolean;
	/** The intent that opened it; null when it was taken over, or is a shadow. */
	readonly openedBy: number | null;
	row: TradeRow | null;
	readonly observation: TradeDossier["observation"];
	readonly steps: DossierStep[];
	costs: DossierCosts | null;
	levels: string;
};
/** A request that left, or went into the shadow, with what led to it. */
type Sent = Line & { readonly request: JournalFields; readonly steps: DossierStep[]; readonly observation: TradeDossier["observation"] };

/** Everything a collector of dossiers remembers; bounded by `keep` and PENDING_MAX. */
export type Files = {
	readonly keep: number;
	readonly digits: number;
	readonly currency: string;
	readonly currencyDigits: number;
	readonly terms: MoneyTerms;
	readonly numbers: TradeNumbers;
	readonly decisions: Line[];
	readonly sent: Map<number, Sent>;
	readonly shadowSent: Sent[];
	readonly open: Map<number, File>;
	readonly closed: File[];
	/** False when the journal's observations have other fields than this version's. */
	isKnownObservation: boolean;
};

/** Nothing collected yet. */
export function createFiles(
	keep: number,
	config: Pick<SessionConfig, "instrument" | "account" | "conversion">,
	lookUp: ((positionId: number) => number | null) | undefined,
): Files {
	return {
		keep,
		digits: config.instrument.digits,
		currency: config.account.currency,
		currencyDigits: config.account.currencyDigits,
		terms: createMoneyTerms(config.instrument, config.account, config.conversion),
		numbers: createTradeNumbers(lookUp),
		decisions: [],
		sent: new Map(),
		shadowSent: [],
		open: new Map(),
		closed: [],
		isKnownObservation: true,
	};
}

/** An order or shadow order with the decision that it came from; closes and changes of a trade go into its file at once. */
export function onOrder(files: Files, line: Line, shadow: boolean): void {
	const request = partOf(line.data, "request");
	const positionId = numberOf(request, "positionId");
	const from = decisionOf(files, textOf(line.data, "reason"), (intent) =>
		positionId === null ? intent.kind === "open" && intent.side === request.side : intent.kind !== "open" && intent.positionId === positionId,
	);
	const steps = [orderStep(line.at, line.data, files, shadow)];
	if (from !== null) steps.unshift(decisionStep(from.line.at, from.line.data, from.intent, files.digits));
	const one: Sent = { ...line, request, steps, observation: from === null || !files.isKnownObservation ? null : observationOf(from.line.data) };
	if (shadow) {
		bounded(files.shadowSent, one, PENDING_MAX);
		return;
	}
	const intentId = numberOf(request, "intentId");
	if (intentId !== null) remember(files.sent, intentId, one, PENDING_MAX);
	if (positionId !== null) for (const step of steps) note(files.open.get(positionId), step);
}

function decisionOf(files: Files, reason: string, fits: (intent: JournalFields) => boolean): { line: Line; intent: JournalFields } | null {
	for (let index = files.decisions.length - 1; index >= 0; index--) {
		const line = files.decisions[index];
		if (line === undefined) continue;
		const intent = listOf(line.data, "intents")
			.filter(isObject)
			.find((one) => textOf(one, "reason") === reason && fits(one));
		if (intent !== undefined) return { line, intent };
	}
	return null;
}

function observationOf(decision: JournalFields): TradeDossier["observation"] {
	const values = listOf(decision, "observation");
	if (values.length !== OBSERVATION.length) return null;
	return OBSERVATION.flatMap(({ name, unit }, index) => {
		const value = values[index];
		return typeof value === "number" && Number.isFinite(value) ? [{ name, unit, value }] : [];
	});
}

/** A wish about a trade that was not let out; a refused entry belongs to none. */
export function refuse(files: Files, line: Line): void {
	const positionId = numberOf(partOf(line.data, "request"), "positionId");
	if (positionId !== null) note(files.open.get(positionId), refusedStep(line.at, line.data, files.digits));
}

/** What the broker said: answers, deals and the levels of positions. */
export function onBroker(files: Files, { at, data }: Line): void {
	if (isObject(data.paper)) onPaper(files, at, data.paper);
	else if (isObject(data.answer)) onAnswer(files, at, data.answer, data.type === "resolved");
	else if (isObject(data.deal)) onDeal(files, at, data.deal);
	else if (isObject(data.position)) onPosition(files, at, data.position);
}

function onAnswer(files: Files, at: BrokerMs, answer: JournalFields, isResolved: boolean): void {
	const order = files.sent.get(numberOf(answer, "intentId") ?? -1);
	if (order === undefined) return;
	const step = answerStep(at, answer, order.request, files.digits, isResolved ? "found out by comparing with the broker" : undefined);
	const file = files.open.get(numberOf(order.request, "positionId") ?? numberOf(answer, "positionId") ?? -1);
	// Either comes first, the answer to an entry or its deal, which opens the file.
	if (file !== undefined) note(file, step);
	else order.steps.push(step);
}

/** The simulator's word belongs to the trade that the same order opened, or to that order as long as it has none. */
function onPaper(files: Files, at: BrokerMs, paper: JournalFields): void {
	const intentId = numberOf(paper, "openedBy") ?? numberOf(partOf(paper, "answer"), "intentId") ?? -1;
	const order = files.sent.get(intentId);
	if (order === undefined) return;
	const step = paperStep(at, paper, order.request, files);
	const own = numberOf(order.request, "positionId");
	const file = own !== null ? files.open.get(own) : [...files.open.values()].find((open) => open.openedBy === intentId);
	if (file !== undefined) note(file, step);
	else order.steps.push(step);
}

/** A position from before is a trade of this session from now on. */
export function onAdoption(files: Files, { at, data }: Line): void {
	const positionId = numberOf(data, "positionId");
	if (positionId === null) return;
	const steps = [adoptedStep(at, data, files)];
	const file: File = { positionId, shadow: false, openedBy: null, row: null, observation: null, steps, costs: NO_COSTS, levels: levelsOf(data) };
	remember(files.open, positionId, file, files.keep);
}

function onDeal(files: Files, at: BrokerMs, deal: JournalFields): void {
	const positionId = numberOf(deal, "positionId");
	if (positionId === null) return;
	const known = files.open.get(positionId);
	const file = known ?? fileOf(files, positionId, deal);
	if (known === undefined) remember(files.open, positionId, file, files.keep);
	note(file, dealStep(at, deal, files));
	file.costs = withDeal(files, file.costs ?? NO_COSTS, deal);
}

const NO_COSTS: DossierCosts = { spread: 0, commission: 0, swap: 0, slippage: 0 };

function fileOf(files: Files, positionId: number, deal: JournalFields): File {
	const order = files.sent.get(numberOf(deal, "intentId") ?? -1);
	return {
		positionId,
		shadow: false,
		openedBy: numberOf(deal, "intentId"),
		row: null,
		observation: order?.observation ?? null,
		steps: [...(order?.steps ?? [])],
		costs: null,
		levels: levelsOf(order?.request ?? {}),
	};
}

function withDeal(files: Files, costs: DossierCosts, deal: JournalFields): DossierCosts {
	const value = (name: string): number => numberOf(deal, name) ?? 0;
	const adverse = (value("price") - value("requestedPrice")) * (deal.side === "BUY" ? 1 : -1);
	const slipped = adverse * pointValueOf(files.terms, value("price")) * value("lots");
	const more = (total: Money, amount: Money): Money => roundMoney(total + (Number.isFinite(amount) ? amount : 0), files.currencyDigits);
	return {
		spread: more(costs.spread, value("spreadCost")),
		commission: more(costs.commission, -value("commission")),
		swap: more(costs.swap, -value("swap")),
		slippage: more(costs.slippage, slipped),
	};
}

function onPosition(files: Files, at: BrokerMs, position: JournalFields): void {
	const file = files.open.get(numberOf(position, "id") ?? -1);
	const levels = levelsOf(position);
	if (file === undefined || levels === file.levels) return;
	file.levels = levels;
	note(file, levelsStep(at, position, files.digits));
}

function levelsOf(data: JournalFields): string {
	return `${numberOf(data, "sl") ?? 0} ${numberOf(data, "tp") ?? 0}`;
}

/** A trade is over: its file is closed. After a reversal the deal that closed it has opened the next one, with the same position. */
export function onTrade(files: Files, line: Line): void {
	const positionId = numberOf(line.data, "positionId");
	const row = tradeRowOf(line.data);
	const file = positionId === null ? undefined : files.open.get(positionId);
	if (file === undefined || row === null || positionId === null) return;
	files.open.delete(positionId);
	const last = file.steps.at(-1);
	if (last?.what === "reversed") remember(files.open, positionId, { ...file, observation: null, steps: [last], costs: NO_COSTS }, files.keep);
	file.row = row;
	note(file, endStep(line.at, line.data, files));
	bounded(files.closed, file, files.keep);
}

/** The journal has a shadow trade's orders and its end, but not which belong together: side, reason and time tell. */
export function onShadowTrade(files: Files, line: Line): void {
	const row = tradeRowOf(line.data);
	if (row === null) return;
	const entry = files.shadowSent.findLast(
		({ at, data, request }) => at <= row.openedAt && request.positionId === null && request.side === row.side && data.reason === row.entryReason,
	);
	const exit =
		row.exitReason !== "closed by the agent"
			? undefined
			: files.shadowSent.findLast(
					({ at, request }) =>
						at >= row.openedAt && at <= row.closedAt && request.action === "DEAL" && request.positionId !== null && request.side !== row.side,
				);
	const steps = [...(entry?.steps ?? []), ...(exit?.steps ?? []), endStep(line.at, line.data, files)];
	const positionId = exit === undefined ? 0 : (numberOf(exit.request, "positionId") ?? 0);
	bounded(files.closed, { positionId, shadow: true, openedBy: null, row, observation: entry?.observation ?? null, steps, costs: null, levels: "" }, files.keep);
}

/** Adds a step; of a trade with very many (a trailing stop), the beginning and the end are kept. */
function note(file: File | undefined, step: DossierStep): void {
	if (file === undefined) return;
	file.steps.push(step);
	if (file.steps.length > STEPS_MAX) file.steps.splice(STEPS_FIRST, 1);
}
