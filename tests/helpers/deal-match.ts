import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clientIdOf, tokenIn, tokenOf } from "../../src/adapters/mt5/client-id.ts";
import type { Stored } from "./cockpit-terminal.ts";

// The broker's own history against the journals of sessions: every deal belongs to exactly one journalled intent, and every intent has the deals it was told.

type BrokerDeal = {
	readonly ticket: number;
	readonly position_id: number;
	/** 0 buy, 1 sell; more is no trade. */
	readonly type: number;
	/** 0 into a position, 1 out of it. */
	readonly entry: number;
	readonly volume: number;
	/** Points, as the stand-in keeps them. */
	readonly price: number;
	/** 3 a program, 4 stop-loss, 5 take-profit. */
	readonly reason: number;
	readonly profit: number;
	readonly swap: number;
	readonly commission: number;
	readonly fee: number;
	readonly comment: string;
};

type ToldDeal = { readonly ticket: number; readonly positionId: number; readonly intentId: number | null; readonly lots: number; readonly price: number } & {
	readonly profit: number;
	readonly swap: number;
	readonly commission: number;
};

type Line = { readonly kind: string; readonly data: Readonly<Record<string, unknown>> };

/** All trades of the stand-in's broker for a login, the oldest first. */
export function brokerDeals(folder: string, login: number): readonly BrokerDeal[] {
	return readFileSync(join(folder, "state", `account-${login}.jsonl`), "utf8")
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line) as readonly [string, BrokerDeal])
		.filter(([kind, deal]) => kind === "deal" && deal.type < 2)
		.map(([, deal]) => deal);
}

/** The balance that the broker keeps. */
export function brokerBalance(folder: string, login: number): number {
	const { books } = JSON.parse(readFileSync(join(folder, "state", "state.json"), "utf8")) as { readonly books: Readonly<Record<string, { balance: number }>> };
	return books[login]?.balance ?? Number.NaN;
}

/** What does not fit between the broker's history and the journals of all its sessions, in sentences. */
export function mismatches(folder: string, login: number, sessions: readonly Stored[]): readonly string[] {
	const faults: string[] = [];
	const deals = brokerDeals(folder, login);
	const owners = new Map<string, string>();
	const filled = new Map<string, number>();
	const told = new Map<number, ToldDeal>();
	for (const session of sessions) {
		for (const { kind, data } of session.lines.map((line) => JSON.parse(line) as Line)) {
			const { request } = data as { readonly request?: { readonly intentId: number } };
			if (kind === "order" && request !== undefined) {
				const token = tokenOf(clientIdOf(session.id, request.intentId));
				if (owners.has(token)) faults.push(`intent ${request.intentId} of ${session.id} was journalled twice`);
				owners.set(token, `${session.id} ${request.intentId}`);
			}
			if (kind !== "broker" || data.type !== "deal") continue;
			const deal = data.deal as ToldDeal;
			if (told.has(deal.ticket)) faults.push(`deal ${deal.ticket} was told twice`);
			told.set(deal.ticket, deal);
			if (deal.intentId !== null) filled.set(`${session.id} ${deal.intentId}`, (filled.get(`${session.id} ${deal.intentId}`) ?? 0) + deal.lots);
		}
	}
	const entries = new Map<number, string>();
	for (const deal of deals) {
		const token = tokenIn(deal.comment);
		const owner = token === null ? undefined : owners.get(token);
		if (deal.reason === 3 && owner === undefined) faults.push(`deal ${deal.ticket} (${deal.comment}) belongs to no journalled intent`);
		if (deal.entry === 0 && owner !== undefined) entries.set(deal.position_id, owner);
		if (deal.reason !== 3 && !entries.has(deal.position_id)) faults.push(`deal ${deal.ticket} of the server closes a position that no intent opened`);
		if (owner !== undefined) filled.set(owner, Number(((filled.get(owner) ?? 0) - deal.volume).toFixed(8)));
		const heard = told.get(deal.ticket);
		if (heard === undefined) continue;
		told.delete(deal.ticket);
		for (const name of ["profit", "swap", "commission", "price"] as const)
			if (Math.abs(heard[name] - deal[name] - (name === "commission" ? deal.fee : 0)) > 1e-6)
				faults.push(`deal ${deal.ticket}: ${name} ${deal[name]}, journalled ${heard[name]}`);
	}
	for (const ticket of told.keys()) faults.push(`deal ${ticket} of a journal is not the broker's`);
	for (const [owner, lots] of filled) if (Math.abs(lots) > 1e-6) faults.push(`intent ${owner}: ${lots} lots more in the journal than at the broker`);
	return faults;
}

/** Deals of the broker that no journal was told of: closed while nobody was there to hear it. */
export function unheard(folder: string, login: number, sessions: readonly Stored[]): readonly BrokerDeal[] {
	const text = sessions.flatMap(({ lines }) => lines.filter((line) => line.includes('"type":"deal"'))).join("\n");
	return brokerDeals(folder, login).filter(({ ticket }) => !text.includes(`"ticket":${ticket},`));
}
