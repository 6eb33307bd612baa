import { randomBytes } from "node:crypto";
import type { LinkState } from "../../../engine/order.ts";
import type { Fence } from "../wire/messages.ts";
import { takeAccount } from "./account-watch.ts";
import { unknownOf } from "./answers.ts";
import { tell } from "./desk.ts";
import { isSettled, openMatters } from "./matters.ts";
import { type Shell, stir, takeQuery } from "./shell.ts";
import { askOrder, latchKill, lookFresh, raiseFence, readAccount, releaseKill, renewLease, type Step, unlockLive } from "./steps.ts";
import { takeSnapshot } from "./take.ts";

/** Between two tries of a step, and between two questions for an unknown outcome. */
const RETRY_MS = 250;
/** A second look, when what is known does not fit together after the first. */
const LOOK_AGAIN_MS = 2000;
/** What is waited for is told when it takes longer than this. */
const TELL_MS = 2000;

/** Keeps the way to the broker: after every doubt it is reconciled anew (P6), and only then it is called up. */
export type LinkKeeper = {
	/** Something happened after which nothing is certain (P11): the running try is dropped, and a new one begins. */
	restart(why: string): void;
	state(): LinkState;
	/** What orders carry: null from a doubt on until a new fence is up with nothing in flight behind it. */
	fence(): Fence | null;
	/** The run of the bridge's worker that the fence was put up in. */
	bootId(): string;
};

/** Begins with the first try at once. `why` is told with it. */
export function keepLink(shell: Shell, epoch: number, why: string): LinkKeeper {
	const keeper = { state: null as LinkState | null, detail: "", fence: null as Fence | null, bootId: "", epoch, generation: 0 };
	const set = (state: LinkState, detail: string): void => {
		// While there is no link each failed try has its own reason: only the first is news.
		if (shell.closed || (keeper.state === state && (keeper.detail === detail || state === "down"))) return;
		keeper.state = state;
		keeper.detail = detail;
		tell(shell.desk, { type: "link", state, detail });
		shell.request.wake.wake();
	};
	const attempt: Attempt = {
		shell,
		keeper,
		isOld: () => true,
		tellWhy: (why) => set("reconciling", why),
		pause: (ms) => new Promise((resolve) => shell.timers.after(ms, () => resolve())),
	};
	const run = async (generation: number): Promise<void> => {
		const mine = { ...attempt, isOld: () => shell.closed || generation !== keeper.generation };
		while (!mine.isOld()) {
			const done = await reconcile(mine);
			if (mine.isOld()) return;
			stir(shell);
			if ("ok" in done) {
				set("up", "reconciled with the broker");
				return;
			}
			set("reconciling", done.why);
			await mine.pause(RETRY_MS);
		}
	};
	const restart = (reason: string): void => {
		if (shell.closed) return;
		keeper.generation++;
		keeper.fence = null;
		const { client } = shell.request;
		const link = client.link();
		if (link.state !== "up") {
			set("down", link.state === "refused" ? link.refusal.message : reason);
			return;
		}
		set("reconciling", reason);
		void run(keeper.generation);
	};
	restart(why);
	return { restart, state: () => keeper.state ?? "down", fence: () => keeper.fence, bootId: () => keeper.bootId };
}

type Attempt = {
	readonly shell: Shell;
	readonly keeper: { fence: Fence | null; bootId: string; epoch: number };
	/** Whether a newer try has begun, so that this one must not change anything any more. */
	readonly isOld: () => boolean;
	/** Says what is being waited for. */
	readonly tellWhy: (why: string) => void;
	readonly pause: (ms: number) => Promise<void>;
};

const OLD = { why: "begun anew" } as const;

/** One try of P6: kill and release first, account, fence, nothing in flight, a new look, every unknown order asked for, quotes fresh. */
async function reconcile(attempt: Attempt): Promise<Step<null>> {
	const { shell, keeper, isOld } = attempt;
	const { desk, request } = shell;
	const ready = await prepare(attempt);
	if ("why" in ready) return ready;
	const raised = await raiseFence(request.client, keeper.epoch, randomBytes(16).toString("hex"));
	if (isOld()) return OLD;
	if ("why" in raised) return raised;
	keeper.epoch = raised.ok.fence.epoch;
	if (raised.ok.inFlight > 0) return { why: "the bridge still carries out an order" };
	const seen = await look(attempt);
	if ("why" in seen) return seen;
	const lease = await renewLease(request.client, desk.magic, leaseMsOf(shell));
	if (isOld()) return OLD;
	if ("why" in lease) return lease;
	keeper.bootId = raised.ok.bootId;
	keeper.fence = raised.ok.fence;
	return await settle(attempt);
}

/** What comes before the fence. A kill goes first of all: it is the one thing that must not wait (C33). */
async function prepare({ shell, isOld }: Attempt): Promise<Step<null>> {
	const { request, desk } = shell;
	const { client } = request;
	const kill = shell.killWish;
	if (kill !== null) {
		const latched = await latchKill(client, desk.magic, kill);
		if ("ok" in latched && shell.killWish === kill) shell.killWish = null;
		if (isOld()) return OLD;
		if ("why" in latched) return latched;
	}
	const release = shell.releaseWish;
	if (release !== null) {
		const lifted = await releaseKill(client, desk.magic, release);
		if ("ok" in lifted && shell.releaseWish === release) {
			shell.releaseWish = null;
			desk.killed = false;
		}
		if (isOld()) return OLD;
		if ("why" in lifted) return lifted;
	}
	const unlocked = await unlockLive(client, request.live);
	if (isOld()) return OLD;
	if ("why" in unlocked) return unlocked;
	const account = await readAccount(client);
	if (isOld()) return OLD;
	if ("why" in account) return account;
	takeAccount(desk, account.ok, request.expected);
	return desk.account.asExpected ? { ok: null } : { why: "the account is not the one that was confirmed" };
}

async function look({ shell, isOld }: Attempt): Promise<Step<null>> {
	const askedMs = shell.timers.monotonicMs();
	const seen = await lookFresh(shell.request.client);
	if (isOld()) return OLD;
	if ("why" in seen) return seen;
	shell.desk.nowMs = shell.timers.monotonicMs();
	takeSnapshot(shell.desk, seen.ok, askedMs);
	takeAccount(shell.desk, seen.ok.account, shell.request.expected);
	stir(shell);
	return { ok: null };
}

/** Asks for every unknown order until none is left and everything fits; entries wait for it, closes may leave already. */
async function settle(attempt: Attempt): Promise<Step<null>> {
	const { shell, isOld, pause } = attempt;
	const { desk, request } = shell;
	const beganMs = shell.timers.monotonicMs();
	for (let lookedMs = beganMs; ; ) {
		for (const sent of unknownOf(desk)) {
			const answer = await askOrder(request.client, sent.cid);
			if (isOld()) return OLD;
			if ("why" in answer) return answer;
			takeQuery(shell, sent, answer.ok, journalOf(shell));
		}
		stir(shell);
		if (!desk.account.asExpected) return { why: "the account is not the one that was confirmed" };
		const why = openMatters(desk) ?? (request.feedIsFresh() ? null : "waiting for fresh quotes");
		if (why === null) return { ok: null };
		if (shell.timers.monotonicMs() - beganMs > TELL_MS) attempt.tellWhy(why);
		await pause(RETRY_MS);
		if (isOld()) return OLD;
		if (isSettled(desk) || shell.timers.monotonicMs() - lookedMs < LOOK_AGAIN_MS) continue;
		const seen = await look(attempt);
		if ("why" in seen) return seen;
		lookedMs = shell.timers.monotonicMs();
	}
}

/** The longest lease that the bridge grants, at most 5 s (C35). */
export function leaseMsOf(shell: Shell): number {
	const link = shell.request.client.link();
	return Math.min(5000, link.state === "up" ? link.hello.leaseMaxMs : 5000);
}

/** The bridge's journal now; empty while there is no link. */
export function journalOf(shell: Shell): string {
	const link = shell.request.client.link();
	return link.state === "up" ? link.hello.journalId : "";
}
