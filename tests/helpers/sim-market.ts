import type { AccountBody, DealBody, OrderBody, OrderWish, PositionBody } from "../../src/adapters/mt5/wire/messages.ts";

// A broker's server in a few lines, for tests of what stands before it: positions, deals and orders as MetaTrader 5 keeps them, nothing else.

const DIGITS = 5;
const POINT = 10 ** -DIGITS;
export const SIM_START_MS = Date.UTC(2026, 2, 4, 12);

/** What the server said to a request. */
export type SimAnswer = {
	readonly retcode: number;
	readonly deal: string | null;
	readonly order: string | null;
	readonly position: string | null;
	readonly volume: number;
	readonly price: number;
};

type Row<T> = { -readonly [name in keyof T]: T[name] };
export type SimMarket = ReturnType<typeof createSimMarket>;

/** `clock` gives ms since the start. Comments of orders are `k1-` and the token, as the bridge writes them. */
export function createSimMarket(marginMode: "hedging" | "netting", clock: () => number, symbol = "EURUSD") {
	let ticket = 5000;
	let bid = 110_000;
	const spread = 2;
	const positions = new Map<string, Row<PositionBody>>();
	const orders = new Map<string, Row<OrderBody>>();
	const deals: DealBody[] = [];
	let balance = 10_000;
	const now = (): number => SIM_START_MS + Math.floor(clock());
	const round = (value: number, digits: number): number => Number(value.toFixed(digits)) || 0;
	const priceOf = (points: number): number => round(points * POINT, DIGITS);
	const next = (): string => String(++ticket);

	const deal = (
		made: Pick<DealBody, "order" | "type" | "entry" | "position_id" | "reason" | "volume" | "price" | "profit" | "magic" | "comment">,
	): DealBody => {
		const row: DealBody = { ...made, ticket: next(), time_msc: now(), commission: -0.1, swap: 0, fee: 0, symbol, owner: "ours", cid: null };
		deals.push(row);
		balance = round(balance + row.profit + row.commission, 2);
		return row;
	};
	const profitOf = (type: number, lots: number, open: number, close: number): number => round((type === 0 ? close - open : open - close) * lots * 100_000, 2);

	/** A market deal of `volume` that closes `held` or opens; returns the last deal. */
	const fill = (
		side: number,
		volume: number,
		held: Row<PositionBody> | null,
		by: { magic: string; comment: string; sl: number; tp: number; reason: number; order: string; price?: number },
	): DealBody => {
		const price = by.price ?? priceOf(side === 0 ? bid + spread : bid);
		const made = { order: by.order, type: side, reason: by.reason, price, magic: by.magic, comment: by.comment };
		const target = held ?? (marginMode === "netting" ? ([...positions.values()][0] ?? null) : null);
		if (target === null) {
			const id = by.order;
			positions.set(id, {
				ticket: id,
				identifier: id,
				time_msc: now(),
				type: side,
				magic: by.magic,
				reason: by.reason,
				volume,
				price_open: price,
				sl: by.sl,
				tp: by.tp,
				swap: 0,
				profit: 0,
				symbol,
				comment: by.comment,
				owner: "ours",
				cid: null,
			});
			return deal({ ...made, entry: 0, position_id: id, volume, profit: 0 });
		}
		const id = target.identifier;
		if (target.type === side) {
			target.price_open = (target.price_open * target.volume + price * volume) / (target.volume + volume);
			target.volume = round(target.volume + volume, 2);
			target.sl = by.sl;
			target.tp = by.tp;
			return deal({ ...made, entry: 0, position_id: id, volume, profit: 0 });
		}
		const closed = Math.min(volume, target.volume);
		const profit = profitOf(target.type, closed, target.price_open, price);
		const left = round(target.volume - volume, 2);
		if (left > 0) target.volume = left;
		else if (left === 0) positions.delete(id);
		else Object.assign(target, { type: side, volume: -left, price_open: price, ticket: by.order, sl: by.sl, tp: by.tp });
		return deal({ ...made, entry: left < 0 ? 2 : 1, position_id: id, volume, profit });
	};
	const done = (made: DealBody, retcode = 10009): SimAnswer => ({
		retcode,
		deal: made.ticket,
		order: made.order,
		position: made.position_id,
		volume: made.volume,
		price: made.price,
	});
	const refuse = (retcode: number): SimAnswer => ({ retcode, deal: null, order: null, position: null, volume: 0, price: 0 });
	const find = (digits: string | undefined): Row<PositionBody> | undefined =>
		digits === undefined ? undefined : [...positions.values()].find((row) => row.ticket === digits || row.identifier === digits);

	return {
		positions,
		orders,
		deals,
		quote: () => ({ bid, ask: bid + spread }),
		payIn(amount: number): void {
			balance += amount;
		},
		now,
		/** Prices move; stops and targets fire, waiting limits fill. */
		move(points: number): void {
			bid += points;
			for (const row of [...positions.values()]) {
				const market = priceOf(row.type === 0 ? bid : bid + spread);
				const isStop = row.sl > 0 && (row.type === 0 ? market <= row.sl : market >= row.sl);
				const isTarget = row.tp > 0 && (row.type === 0 ? market >= row.tp : market <= row.tp);
				if (isStop || isTarget) fill(1 - row.type, row.volume, row, { magic: row.magic, comment: "[sl]", sl: 0, tp: 0, reason: isStop ? 4 : 5, order: next() });
			}
			for (const row of [...orders.values()]) {
				if (row.type === 2 ? bid + spread <= round(row.price_open / POINT, 0) : bid >= round(row.price_open / POINT, 0)) {
					orders.delete(row.ticket);
					fill(row.type === 2 ? 0 : 1, row.volume_current, null, {
						magic: row.magic,
						comment: row.comment,
						sl: row.sl,
						tp: row.tp,
						reason: 3,
						order: row.ticket,
					});
				}
			}
		},
		/** Carries a wish out; `most` limits what is there to be had. */
		execute(wish: OrderWish, comment: string, most = Number.POSITIVE_INFINITY): SimAnswer {
			const by = { magic: wish.magic, comment, sl: wish.sl ?? 0, tp: wish.tp ?? 0, reason: 3 };
			if (wish.action === "deal") {
				const held = find(wish.position);
				if (wish.position !== undefined && held === undefined) return refuse(10036);
				const volume = Math.min(wish.volume ?? 0, most, held?.volume ?? Number.POSITIVE_INFINITY);
				const keeps = held === undefined ? {} : { sl: held.sl, tp: held.tp };
				return done(fill(wish.type === "buy" ? 0 : 1, volume, held ?? null, { ...by, ...keeps, order: next() }), volume < (wish.volume ?? 0) ? 10010 : 10009);
			}
			if (wish.action === "pending") {
				const id = next();
				orders.set(id, {
					ticket: id,
					time_setup_msc: now(),
					time_expiration: 0,
					type: wish.type === "buy_limit" ? 2 : 3,
					type_time: 0,
					state: 1,
					magic: wish.magic,
					position_id: "0",
					volume_initial: wish.volume ?? 0,
					volume_current: wish.volume ?? 0,
					price_open: wish.price ?? 0,
					price_stoplimit: 0,
					sl: by.sl,
					tp: by.tp,
					symbol,
					comment,
					owner: "ours",
					cid: null,
				});
				return { retcode: 10009, deal: null, order: id, position: null, volume: wish.volume ?? 0, price: 0 };
			}
			if (wish.action === "remove") return orders.delete(wish.order ?? "") ? { ...refuse(10009), order: wish.order ?? null } : refuse(10035);
			const held = find(wish.position);
			if (held === undefined) return refuse(10036);
			if (wish.action === "close_by") {
				const other = find(wish.position_by);
				if (other === undefined) return refuse(10036);
				const order = next();
				const volume = Math.min(held.volume, other.volume);
				const leg = (row: Row<PositionBody>, price: number, profit: number): DealBody => {
					const made = deal({
						order,
						type: 1 - row.type,
						entry: 3,
						position_id: row.identifier,
						reason: 3,
						volume,
						price,
						profit,
						magic: wish.magic,
						comment: "close by",
					});
					row.volume = round(row.volume - volume, 2);
					if (row.volume === 0) positions.delete(row.identifier);
					return made;
				};
				const price = other.price_open;
				const first = leg(held, price, profitOf(held.type, volume, held.price_open, price));
				leg(other, held.price_open, 0);
				return done(first);
			}
			if (held.sl === wish.sl && held.tp === wish.tp) return refuse(10025);
			Object.assign(held, { sl: wish.sl, tp: wish.tp });
			return { ...refuse(10009), position: held.ticket };
		},
		account(): AccountBody {
			const margin = round(
				[...positions.values()].reduce((sum, row) => sum + row.volume * 1000, 0),
				2,
			);
			return {
				login: "70001234",
				trade_mode: 0,
				trade_mode_name: "demo",
				leverage: 100,
				limit_orders: 200,
				margin_mode: marginMode === "hedging" ? 2 : 0,
				margin_so_mode: 0,
				margin_so_call: 100,
				margin_so_so: 50,
				currency_digits: 2,
				fifo_close: false,
				trade_allowed: true,
				trade_expert: true,
				balance,
				credit: 0,
				profit: 0,
				equity: balance,
				margin,
				margin_free: balance - margin,
				margin_level: margin > 0 ? (balance / margin) * 100 : 0,
				name: "Test",
				server: "SANDBOX-1",
				currency: "USD",
				company: "SANDBOX",
				live_lock: "not_needed",
				age_ms: 0,
			};
		},
	};
}
