import { isAccountRead, mustReadAccount, takeAccount } from "./account-watch.ts";
import type { LinkKeeper } from "./link.ts";
import { leaseMsOf } from "./link.ts";
import { compare, isOverdue } from "./matters.ts";
import { type Shell, stir } from "./shell.ts";
import { lookFresh, readAccount, renewLease } from "./steps.ts";
import { takeSnapshot } from "./take.ts";

const TICK_MS = 250;
/** The lease lasts 5 s and is renewed every second (C35). */
const LEASE_MS = 1000;
/** A reading of the account may be 5 s old at an order (C02). */
const ACCOUNT_MS = 2000;
/** Positions and orders are compared this often (C38). */
const LOOK_MS = { real: 5000, demo: 15_000 } as const;
/** The wall clock may run apart from the monotonic one by no more than this between two ticks (C38: sleep, a clock that was set). */
const JUMP_MS = 1000;
/** A tick that comes so late means that the program stood still: what it knows is old, and its lease may have run out. */
const STILL_MS = 3000;

/** Starts what an open broker does by itself; returns what ends it. */
export function startChores(shell: Shell, link: LinkKeeper): () => void {
	const chores = new Chores(shell, link);
	let cancel = (): void => {};
	const tick = (): void => {
		cancel = shell.timers.after(TICK_MS, tick);
		chores.tick();
	};
	cancel = shell.timers.after(TICK_MS, tick);
	return () => cancel();
}

class Chores {
	readonly #shell: Shell;
	readonly #link: LinkKeeper;
	readonly #dueMs = { lease: 0, account: 0, look: 0 };
	readonly #busy = { lease: false, account: false, look: false };
	#monoMs: number;
	#skewMs: number;

	constructor(shell: Shell, link: LinkKeeper) {
		this.#shell = shell;
		this.#link = link;
		this.#monoMs = shell.timers.monotonicMs();
		this.#skewMs = shell.request.clock.nowMs() - this.#monoMs;
		this.#dueMs.look = this.#monoMs + LOOK_MS[shell.request.expected.tradeMode];
	}

	tick(): void {
		const shell = this.#shell;
		this.#watchClock();
		stir(shell);
		if (shell.request.client.link().state !== "up") return;
		const now = this.#monoMs;
		const { desk } = shell;
		if (this.#link.fence() !== null && now >= this.#dueMs.lease) this.#once("lease", LEASE_MS, () => this.#renew());
		if (now >= this.#dueMs.account || !isAccountRead(desk) || mustReadAccount(desk)) this.#once("account", ACCOUNT_MS, () => this.#readAccount());
		const isOdd = desk.mustLook || isOverdue(desk);
		if (this.#link.state() === "up" && (now >= this.#dueMs.look || (isOdd && now >= this.#dueMs.look - LOOK_MS[shell.request.expected.tradeMode] + STILL_MS))) {
			this.#once("look", LOOK_MS[shell.request.expected.tradeMode], () => this.#look());
		}
	}

	#watchClock(): void {
		const { timers, request } = this.#shell;
		const mono = timers.monotonicMs();
		const stood = mono - this.#monoMs;
		const skew = request.clock.nowMs() - mono;
		const jumped = Math.abs(skew - this.#skewMs);
		this.#monoMs = mono;
		this.#skewMs = skew;
		if (jumped > JUMP_MS) this.#link.restart(`the clock jumped by ${Math.round(jumped / 1000)} s: the machine slept, or its clock was set`);
		else if (stood > STILL_MS) this.#link.restart(`the program stood still for ${Math.round(stood / 1000)} s`);
	}

	/** One of a kind at a time; the next when it is due. */
	#once(kind: "lease" | "account" | "look", everyMs: number, act: () => Promise<void>): void {
		if (this.#busy[kind]) return;
		this.#busy[kind] = true;
		this.#dueMs[kind] = this.#monoMs + everyMs;
		void act().finally(() => {
			this.#busy[kind] = false;
		});
	}

	async #renew(): Promise<void> {
		const fence = this.#link.fence();
		const renewed = await renewLease(this.#shell.request.client, this.#shell.desk.magic, leaseMsOf(this.#shell));
		if ("why" in renewed && this.#link.fence() === fence && fence !== null) this.#link.restart(renewed.why);
	}

	async #readAccount(): Promise<void> {
		const { desk, request } = this.#shell;
		const moves = desk.account.moves;
		const account = await readAccount(request.client);
		if ("why" in account || this.#shell.closed) return;
		desk.nowMs = this.#shell.timers.monotonicMs();
		desk.account.askedAtMoves = moves;
		takeAccount(desk, account.ok, request.expected);
		stir(this.#shell);
	}

	async #look(): Promise<void> {
		const shell = this.#shell;
		shell.desk.mustLook = false;
		const askedMs = shell.timers.monotonicMs();
		const seen = await lookFresh(shell.request.client);
		if (shell.closed || this.#link.state() !== "up") return;
		if ("why" in seen) {
			this.#link.restart(seen.why);
			return;
		}
		takeSnapshot(shell.desk, seen.ok, askedMs);
		stir(shell);
		compare(shell.desk);
		stir(shell);
	}
}
