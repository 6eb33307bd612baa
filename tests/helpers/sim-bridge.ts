import { tokenIn, tokenOf } from "../../src/adapters/mt5/client-id.ts";
import type { BridgeClient, BridgeListener, BridgeReply, LinkView } from "../../src/adapters/mt5/link/client-type.ts";
import type { BridgeMessages, BridgePush, EventBody, Hello, OrderResultBody, OrderWish, SnapshotBody } from "../../src/adapters/mt5/wire/messages.ts";
import type { SimAnswer, SimMarket } from "./sim-market.ts";
import type { VirtualTime } from "./virtual-time.ts";

// A bridge, its terminal and the way to both in virtual time, with everything that may go wrong on it: docs/BRIDGE_PROTOCOL.md as a model.

/** What becomes of one order. `lost-frame`, `lost-reply`: on the way; the rest between bridge and broker. */
export type Fate =
	| "normal"
	| "lost-frame"
	| "lost-reply"
	| "twice"
	| "partial"
	| "reject"
	| "unknown-executed"
	| "unknown-not"
	| "crash-before"
	| "crash-after"
	| "queued"
	| "queued-rejected"
	| "human";

export type BridgeDefect = "takes any fence" | "carries out a client id again";

type Row = {
	readonly wish: OrderWish;
	state: OrderResultBody["state"] | "sending";
	result: Partial<OrderResultBody>;
	answer: SimAnswer | null;
	sentMs: number;
};

export type SimOptions = {
	readonly time: VirtualTime;
	readonly market: SimMarket;
	/** 0 to 1. */
	readonly random: () => number;
	/** Says what becomes of an order that arrives. */
	readonly fate?: (wish: OrderWish) => Fate;
	/** Share of frames to the client that are lost (a hole in the numbers is noticed with the next one). */
	readonly loss?: number;
	/** Slowest frame, ms. */
	readonly slowestMs?: number;
	/** Whether the broker keeps comments. */
	readonly keepsComments?: boolean;
	/** Share of orders that are held up on the way for up to 3 s, and that arrive even when the line is cut meanwhile. */
	readonly straggling?: number;
	/** MT5 magic of the session's agent. */
	readonly magic?: string;
	/** Planted defects of the bridge, for tests of the tests. */
	readonly defect?: BridgeDefect | null;
};

export function createSimBridge(options: SimOptions) {
	const { time, market, random } = options;
	const slowest = options.slowestMs ?? 20;
	const journal = new Map<string, Row>();
	const events: EventBody[] = [];
	const bridge = {
		alive: true,
		boot: 1,
		journalId: "journal-1",
		epoch: 1,
		nonce: null as string | null,
		leaseUntil: 0,
		inFlight: 0,
		connected: true,
		eseq: 0,
		life: 1,
		loss: options.loss ?? 0,
	};
	const kills = new Map<string, string>();
	const seen = { positions: new Map<string, string>(), orders: new Map<string, string>(), deals: market.deals.length };
	const queue: { wish: OrderWish; reply: (body: OrderResultBody) => void }[] = [];
	const log = { sentAfterKill: 0, executed: new Map<string, number>(), fences: 0, requests: [] as string[] };
	let working = false;

	// The link

	const listeners = new Set<Partial<BridgeListener>>();
	const waiting = new Map<number, (reply: BridgeReply<never>) => void>();
	const line = { id: 1, up: true, clientEseq: 0, gap: false, toBridge: 0, toClient: 0, cut: false, refused: null as LinkView | null };
	let asked = 0;
	const hello = (): Hello => ({
		bridge: "sim",
		version: "1",
		bootId: bootId(),
		journalId: bridge.journalId,
		protocol: 1,
		session: `s${line.id}`,
		readOnly: false,
		package: "sandbox",
		sandbox: true,
		liveLock: "not_needed",
		fenceEpoch: bridge.epoch,
		eseq: bridge.eseq,
		serverTimeOffsetS: 0,
		leaseMaxMs: 5000,
		limits: {},
	});
	const bootId = (): string => `boot-${bridge.boot}`;
	const view = (): LinkView => line.refused ?? (line.up ? { state: "up", hello: hello() } : { state: "connecting", attempt: 1, why: "it was cut" });
	const each = (act: (listener: Partial<BridgeListener>) => void): void => {
		for (const listener of [...listeners]) act(listener);
	};
	/** Frames of one direction of one connection arrive in order, or not at all. */
	const carry = (direction: "toBridge" | "toClient", act: () => void, late = 0): void => {
		const { id } = line;
		const isStraggler = late > 0 && random() < late;
		const at = Math.max(line[direction], time.monotonicMs() + 0.5 + random() * (isStraggler ? 3000 : slowest));
		line[direction] = at;
		time.after(at - time.monotonicMs(), () => {
			if (bridge.alive && (isStraggler || (line.id === id && line.up))) act();
		});
	};
	const toClient = (act: () => void): void => {
		if (!line.up || !bridge.alive) return;
		if (random() < bridge.loss) {
			carry("toClient", () => {
				line.gap = true;
			});
			return;
		}
		carry("toClient", () => {
			if (line.gap) {
				line.gap = false;
				each((listener) => listener.onGap?.());
				carry("toBridge", () => void answer("snapshot", {}).then((d) => push({ t: "snapshot", d: d as SnapshotBody })));
			}
			act();
		});
	};
	const push = (frame: BridgePush): void =>
		toClient(() => {
			if (frame.t === "event") line.clientEseq = Math.max(line.clientEseq, frame.d.eseq);
			each((listener) => listener.onPush?.(frame));
		});
	const drop = (why: string): void => {
		if (!line.up) return;
		line.up = false;
		line.id++;
		for (const done of [...waiting.values()]) done({ kind: "lost", why });
		each((listener) => listener.onLink?.(view()));
		retry();
	};
	const retry = (): void => {
		time.after(200 + random() * 600, () => {
			if (line.refused !== null) return;
			if (!bridge.alive || line.cut) {
				retry();
				return;
			}
			Object.assign(line, { up: true, gap: false, toBridge: 0, toClient: 0 });
			dropFence();
			each((listener) => listener.onLink?.(view()));
			for (const event of events.filter(({ eseq }) => eseq > line.clientEseq)) push({ t: "event", d: event });
			void answer("snapshot", {}).then((d) => push({ t: "snapshot", d: d as SnapshotBody }));
		});
	};
	const client: BridgeClient = {
		link: view,
		async ready() {
			while (!line.up) await pause(100);
			return hello();
		},
		request: (type, d, timeoutMs = 5000) =>
			new Promise((resolve) => {
				log.requests.push(type);
				if (!line.up) {
					resolve({ kind: "lost", why: "there is no link" });
					return;
				}
				const number = ++asked;
				const done = (reply: BridgeReply<never>): void => {
					if (!waiting.delete(number)) return;
					cancel();
					resolve(reply);
				};
				waiting.set(number, done);
				const cancel = time.after(timeoutMs, () => done({ kind: "lost", why: "no answer in time" }));
				const { id } = line;
				const reply = (body: BridgeReply<unknown>): void => {
					if (line.id === id) toClient(() => done(body as BridgeReply<never>));
				};
				if (type === "order") order(d as OrderWish, reply);
				else carry("toBridge", () => void respond(type, d, reply));
			}),
		send: () => true,
		listen(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		pingMs: () => 1,
		quietMs: () => 0,
		close: () => {},
	};

	// The bridge

	const dropFence = (): void => {
		bridge.epoch++;
		bridge.nonce = null;
	};
	const publish = (kind: string, before: unknown, after: unknown): void => {
		bridge.eseq += 1 + Math.floor(random() * 2);
		const event: EventBody = { eseq: bridge.eseq, kind, at_ms: 0, before, after, cause_cid: null };
		events.push(event);
		push({ t: "event", d: event });
	};
	const cidOf = (comment: string, orderTicket: string): string | null => {
		const token = tokenIn(comment);
		for (const [cid, row] of journal) if (tokenOf(cid) === token || (row.result.order !== undefined && row.result.order === orderTicket)) return cid;
		return null;
	};
	const tag = <T extends { comment: string; order?: string; ticket: string }>(row: T): T => ({ ...row, cid: cidOf(row.comment, row.order ?? row.ticket) });
	/** Deals first, then what two looks at positions and orders say. */
	const poll = (): void => {
		if (!bridge.alive || !bridge.connected) return;
		for (; seen.deals < market.deals.length; seen.deals++) publish("deal_added", null, tag(market.deals[seen.deals] as never));
		const diff = (
			before: Map<string, string>,
			rows: Map<string, { comment: string; ticket: string }>,
			names: readonly [string, string, string],
		): Map<string, string> => {
			const after = new Map([...rows].map(([key, row]) => [key, JSON.stringify(tag(row))]));
			for (const key of new Set([...before.keys(), ...after.keys()])) {
				const [old, now] = [before.get(key), after.get(key)];
				if (old === now) continue;
				publish(
					old === undefined ? names[0] : now === undefined ? names[2] : names[1],
					old === undefined ? null : JSON.parse(old),
					now === undefined ? null : JSON.parse(now),
				);
			}
			return after;
		};
		seen.positions = diff(seen.positions, market.positions, ["position_opened", "position_changed", "position_closed"]);
		seen.orders = diff(seen.orders, market.orders, ["order_added", "order_changed", "order_removed"]);
	};
	const toldRow = (cid: string, row: Row): OrderResultBody => ({
		symbol: null,
		name: null,
		sent_ms: null,
		code: null,
		class: null,
		message: null,
		retryable: false,
		retcode: null,
		deal: null,
		order: null,
		position: null,
		volume: null,
		price: null,
		bid: null,
		ask: null,
		comment: null,
		attempts: 1,
		latency_ms: 1,
		duplicate: false,
		already_done: false,
		pending_confirmation: false,
		needs_human: false,
		late: false,
		by: null,
		...row.result,
		cid,
		state: row.state === "sending" ? "unknown" : row.state,
	});
	const isOpen = (row: Row): boolean =>
		row.state === "sending" || row.state === "unknown" || (row.state === "placed" && row.result.pending_confirmation === true && row.wish.action !== "pending");
	const openCids = (): string[] => [...journal].filter(([, row]) => isOpen(row)).map(([cid]) => cid);
	const isEntry = (wish: OrderWish): boolean => wish.action === "pending" || (wish.action === "deal" && wish.position === undefined);

	const order = (wish: OrderWish, reply: (body: BridgeReply<unknown>) => void): void => {
		const asked = options.fate?.(wish) ?? "normal";
		// Only market orders are queued (10008) by a broker.
		const fate = asked.startsWith("queued") && wish.action !== "deal" && wish.action !== "close_by" ? "normal" : asked;
		fateNow.set(wish.cid, fate);
		if (fate === "lost-frame") return;
		const arrive = (): void => {
			const known = options.defect === "carries out a client id again" ? undefined : journal.get(wish.cid);
			if (known !== undefined) reply({ kind: "ok", d: { ...toldRow(wish.cid, known), duplicate: true } });
			else queue.push({ wish, reply: (d) => (fate === "lost-reply" ? undefined : reply({ kind: "ok", d })) });
			void work();
		};
		carry("toBridge", arrive, options.straggling);
		if (fate === "twice") carry("toBridge", arrive, options.straggling);
	};
	const pause = (ms: number): Promise<void> => new Promise((resolve) => time.after(ms, () => resolve()));
	const work = async (): Promise<void> => {
		if (working) return;
		working = true;
		const run = bridge.life;
		for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
			bridge.inFlight++;
			await place(job.wish, job.reply, fateNow.get(job.wish.cid) ?? "normal", run);
			if (bridge.life !== run || !bridge.alive) return;
			bridge.inFlight--;
		}
		working = false;
	};
	const fateNow = new Map<string, Fate>();
	const place = async (wish: OrderWish, reply: (body: OrderResultBody) => void, fate: Fate, run: number): Promise<void> => {
		const isDead = (): boolean => bridge.life !== run || !bridge.alive;
		if (journal.has(wish.cid) && options.defect !== "carries out a client id again") return;
		const row: Row = { wish, state: "rejected", result: {}, answer: null, sentMs: time.monotonicMs() };
		const check = (): string | null => {
			if (options.defect !== "takes any fence" && (wish.fence.epoch !== bridge.epoch || wish.fence.nonce !== bridge.nonce)) return "STALE_FENCE";
			if (!bridge.connected) return "NOT_CONNECTED";
			if (!isEntry(wish)) return null;
			if (kills.size > 0) return "KILLED";
			if (time.monotonicMs() > bridge.leaseUntil) return "LEASE_EXPIRED";
			return openCids().length > 0 ? "BUSY" : null;
		};
		await pause(2 + random() * slowest);
		if (isDead()) return;
		const no = check() ?? (fate === "reject" ? "MT5_10019" : null);
		if (no !== null) {
			row.result = { code: no, message: `refused: ${no}`, class: "no" };
			journal.set(wish.cid, row);
			reply(toldRow(wish.cid, row));
			return;
		}
		row.state = "sending";
		journal.set(wish.cid, row);
		if (isEntry(wish) && kills.size > 0) log.sentAfterKill++;
		if (fate === "crash-before") {
			crash(300 + random() * 1500);
			return;
		}
		await pause(2 + random() * slowest * 2);
		if (isDead() && fate !== "normal") return;
		const executes = fate !== "unknown-not" && fate !== "queued-rejected";
		const run2 = (): void => {
			row.answer = market.execute(wish, options.keepsComments === false ? "" : `k1-${tokenOf(wish.cid)}`, fate === "partial" ? 0.1 : undefined);
			if (row.answer.deal !== null) log.executed.set(wish.cid, (log.executed.get(wish.cid) ?? 0) + 1);
		};
		if (fate === "queued" || fate === "queued-rejected") {
			time.after(400 + random() * 600, () => executes && run2());
			Object.assign(row, { state: "placed", result: { retcode: 10008, pending_confirmation: true, comment: "queued" } });
		} else if (executes) run2();
		if (fate === "crash-after") crash(300 + random() * 1500);
		if (isDead()) return;
		if (fate.startsWith("unknown") || fate === "human") {
			row.state = "unknown";
			row.result = { retcode: 10012, comment: "timeout", needs_human: fate === "human" };
		} else if (!fate.startsWith("queued")) finish(row);
		if (isOpen(row) && fate !== "human") resolveLater(wish.cid);
		reply(toldRow(wish.cid, row));
		// The terminal tells of deals and positions at its own pace.
		if (random() < 0.5) poll();
	};
	const finish = (row: Row): void => {
		const { answer, wish } = row;
		if (answer === null) return;
		const done = { sltp: "modified", modify: "modified", remove: "removed", pending: "placed" } as const;
		const base = {
			retcode: answer.retcode,
			deal: answer.deal,
			order: answer.order,
			position: answer.position,
			volume: answer.volume,
			price: answer.price,
			comment: "done",
		};
		if (answer.retcode === 10036) Object.assign(row, { state: "filled", result: { ...row.result, already_done: true, volume: 0, comment: "gone" } });
		else if (answer.retcode === 10025) Object.assign(row, { state: "modified", result: { ...row.result, already_done: true, comment: "no change" } });
		else if (answer.retcode === 10035) Object.assign(row, { state: "removed", result: { ...row.result, already_done: true, comment: "gone" } });
		else {
			const state = wish.action === "deal" || wish.action === "close_by" ? (answer.retcode === 10010 ? "partial" : "filled") : done[wish.action];
			Object.assign(row, { state, result: { ...row.result, ...base } });
		}
	};
	/** Looks for what became of an unknown order until it is found, or long enough to prove that nothing did. */
	const resolveLater = (cid: string): void => {
		const run = bridge.life;
		time.after(500 + random() * 2500, () => {
			const row = journal.get(cid);
			if (row === undefined || !isOpen(row) || bridge.life !== run || !bridge.alive) return;
			if (row.answer !== null) finish(row);
			else if (time.monotonicMs() - row.sentMs < 4000) {
				resolveLater(cid);
				return;
			} else Object.assign(row, { state: "not_executed", result: { ...row.result, by: "absence", comment: "no trace" } });
			push({ t: "order_result", d: toldRow(cid, row) });
		});
	};
	const crash = (ms: number): void => {
		if (!bridge.alive) return;
		bridge.alive = false;
		bridge.inFlight = 0;
		queue.length = 0;
		time.after(5, () => drop("the bridge is gone"));
		time.after(ms, () => {
			bridge.boot++;
			bridge.life++;
			bridge.alive = true;
			working = false;
			bridge.nonce = null;
			bridge.epoch++;
			bridge.leaseUntil = 0;
			for (const [cid, row] of journal) {
				if (row.state === "sending") row.state = "unknown";
				if (isOpen(row)) resolveLater(cid);
			}
		});
	};

	const snapshot = (): SnapshotBody => {
		poll();
		const fresh = bridge.connected;
		return {
			fresh,
			trouble: fresh ? null : "the terminal has no connection",
			account: fresh ? market.account() : null,
			terminal: {
				link: "up",
				trouble: null,
				switches_off: [],
				connected: bridge.connected,
				ping_last: 1,
				build: 1,
				name: "sim",
				company: "SANDBOX",
				last_tick_age_ms: 1,
			},
			positions: fresh ? [...market.positions.values()].map((row) => ({ ...tag(row) })) : null,
			orders: fresh ? [...market.orders.values()].map((row) => ({ ...tag(row) })) : null,
			deals: fresh ? market.deals.map((row) => ({ ...tag(row) })) : null,
			deals_truncated: false,
			as_of: { utc_ms: 0, server_ms: market.now(), offset_s: 0 },
			eseq: bridge.eseq,
		};
	};
	type Request = keyof BridgeMessages;
	const error = (code: string, message: string, details: Record<string, unknown> = {}): BridgeReply<never> => ({
		kind: "error",
		error: { code, message, retryable: false, details },
	});
	const answer = async (type: Request, d: unknown): Promise<unknown> => {
		if (type === "snapshot" || type === "account") await pause(random() * slowest);
		if (type === "snapshot") return snapshot();
		if (type === "account") return market.account();
		if (type === "status") return status();
		const body = d as Record<string, never>;
		if (type === "lease") {
			bridge.leaseUntil = time.monotonicMs() + Number(body.ms);
			return { expires_in_ms: Number(body.ms) };
		}
		const row = journal.get(String(body.cid));
		return { known: row !== undefined, result: row === undefined ? null : toldRow(String(body.cid), row) };
	};
	const respond = async (type: Request, d: unknown, reply: (body: BridgeReply<unknown>) => void): Promise<void> => {
		const body = d as Record<string, never>;
		if (type === "fence") {
			if (Number(body.epoch) <= bridge.epoch) return reply(error("STALE_FENCE", "used before"));
			log.fences++;
			bridge.epoch = Number(body.epoch);
			bridge.nonce = String(body.nonce);
			return reply({ kind: "ok", d: { epoch: bridge.epoch, boot_id: bootId(), in_flight: bridge.inFlight, unresolved: openCids() } });
		}
		if (type === "lease" && bridge.leaseUntil > 0 && time.monotonicMs() > bridge.leaseUntil && bridge.nonce === null)
			return reply(error("LEASE_EXPIRED", "it ran out"));
		if (type === "kill") {
			kills.set("agent", String(body.reason));
			dropFence();
			publish("kill_latched", null, { scope: String(body.magic), mode: String(body.mode), reason: String(body.reason) });
			for (const row of [...market.orders.values()]) market.orders.delete(row.ticket);
			return reply({ kind: "ok", d: { scope: "agent", mode: "cancel_pendings", latched: true, items: [], complete: true, message: null } });
		}
		if (type === "kill_release") {
			kills.clear();
			publish("kill_released", {}, {});
			return reply({ kind: "ok", d: {} });
		}
		if (type === "live_unlock") return reply({ kind: "ok", d: { live_lock: "open" } });
		reply({ kind: "ok", d: await answer(type, d) });
	};
	const status = () => ({
		boot_id: bootId(),
		journal_id: bridge.journalId,
		eseq: bridge.eseq,
		worker_alive: true,
		worker_restarts: 0,
		link: "up",
		connected: bridge.connected,
		last_tick_age_ms: 1,
		queue_depth: 0,
		server_time_offset_s: 0,
		unresolved: openCids(),
		fence_epoch: bridge.epoch,
		fenced: bridge.nonce !== null,
		lease: "held",
		kills: [...kills].map(([scope, reason]) => ({ scope: scope === "agent" ? (options.magic ?? "7") : scope, mode: "block_new", reason, at_ms: 0 })),
		live_lock: "not_needed" as const,
		trouble: null,
		broken: null,
	});
	const everyPoll = (): void => {
		time.after(200, everyPoll);
		poll();
	};
	const everyStatus = (): void => {
		time.after(5000, everyStatus);
		push({ t: "status", d: status() });
	};
	const everyAccount = (): void => {
		time.after(500, everyAccount);
		if (bridge.connected) push({ t: "account", d: market.account() });
	};
	everyPoll();
	everyStatus();
	everyAccount();

	return {
		client,
		bridge,
		journal,
		kills,
		log,
		push,
		publish,
		poll,
		crash,
		openCids,
		/** Cuts the line; it comes back by itself after `ms`. */
		cut(ms: number): void {
			line.cut = true;
			drop("the line was cut");
			time.after(ms, () => {
				line.cut = false;
			});
		},
		/** The program at the other end is gone: it hears nothing any more, and the next one finds a new connection. */
		hangUp(): void {
			listeners.clear();
			waiting.clear();
			line.id++;
			Object.assign(line, { gap: false, toBridge: 0, toClient: 0, clientEseq: bridge.eseq });
			if (bridge.alive) dropFence();
		},
		refuse(code: "account-switched" | "replaced"): void {
			line.refused = { state: "refused", refusal: { code, message: `the bridge said ${code}` } };
			line.up = false;
			each((listener) => listener.onLink?.(view()));
		},
		/** Worker restart: the fence is gone, the connection stays. */
		restartWorker(): void {
			bridge.boot++;
			dropFence();
			publish("worker_restarted", null, { boot_id: bootId() });
		},
	};
}
