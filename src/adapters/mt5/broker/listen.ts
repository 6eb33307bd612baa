import { venueOf } from "../account.ts";
import type { BridgeListener, LinkView } from "../link/client-type.ts";
import type { BridgePush, EventBody, StatusBody } from "../wire/messages.ts";
import { takeAccount } from "./account-watch.ts";
import { tellTrouble } from "./desk.ts";
import type { LinkKeeper } from "./link.ts";
import { type Shell, stir, takeResult } from "./shell.ts";
import { freshOf, takeEvent, takeSnapshot } from "./take.ts";

/** What an open broker does with everything the bridge says without being asked. */
export function listenFor(shell: Shell, link: LinkKeeper): BridgeListener {
	return {
		onLink(view) {
			shell.desk.nowMs = shell.timers.monotonicMs();
			takeLink(shell, link, view);
			stir(shell);
		},
		onPush(push) {
			if (push.t === "ticks" || shell.closed) return;
			shell.desk.nowMs = shell.timers.monotonicMs();
			takePush(shell, link, push);
			stir(shell);
		},
		onGap() {
			link.restart("a frame of the bridge is missing");
		},
	};
}

function takeLink(shell: Shell, link: LinkKeeper, view: LinkView): void {
	switch (view.state) {
		case "up":
			if (venueOf(view.hello) !== shell.request.expected.venue) {
				shell.desk.account.asExpected = false;
				tellTrouble(shell.desk, "venue", "C02", "KILLED", `behind the bridge is now ${venueOf(view.hello)}, not ${shell.request.expected.venue}`);
			}
			noteJournal(shell, view.hello.journalId);
			link.restart("the bridge is connected again");
			return;
		case "connecting":
			link.restart(`no connection to the bridge: ${view.why}`);
			return;
		case "refused":
			link.restart(view.refusal.message);
			if (view.refusal.code === "account-switched") takeSwitch(shell, view.refusal.message);
			else tellTrouble(shell.desk, `refused ${view.refusal.code}`, "C31", "HALTED", view.refusal.message);
			return;
		case "closed":
			link.restart("the connection to the bridge was closed");
	}
}

/** Another journal counts its events from the beginning: by the numbers of the one before, everything it says would look old. */
function noteJournal({ desk }: Shell, journalId: string): void {
	if (journalId === desk.journalId) return;
	desk.journalId = journalId;
	desk.lastEseq = 0;
}

function takePush(shell: Shell, link: LinkKeeper, push: BridgePush): void {
	const { desk, request } = shell;
	switch (push.t) {
		case "event":
			takeNews(shell, link, push.d);
			return;
		case "account":
			takeAccount(desk, push.d, request.expected);
			return;
		case "order_result":
			takeResult(shell, push.d);
			return;
		case "snapshot": {
			const fresh = freshOf(push.d);
			if (fresh !== null) takeSnapshot(desk, fresh, desk.lookedMs);
			return;
		}
		case "terminal":
			if (push.d.link !== "up") link.restart(push.d.trouble ?? "the terminal cannot be used");
			else if (push.d.connected !== true) link.restart("the terminal has no connection to the broker");
			return;
		case "status":
			takeStatus(link, push.d);
			return;
		case "ticks":
		case "symbol_spec":
		case "order_ack":
		case "kill_result":
			return;
	}
}

function takeNews(shell: Shell, link: LinkKeeper, event: EventBody): void {
	const news = takeEvent(shell.desk, event);
	if (news === null) return;
	if (news.kind === "switched") takeSwitch(shell, news.detail || "the terminal was switched to another account");
	// A kill of our own is on its way or confirmed already; anybody else's ends this session as well.
	if (news.kind === "killed" && !shell.desk.killed) {
		shell.desk.killed = true;
		tellTrouble(shell.desk, `kill ${event.eseq}`, "C31", "KILLED", news.detail);
	}
	link.restart(news.detail);
}

function takeSwitch(shell: Shell, detail: string): void {
	shell.desk.account.asExpected = false;
	tellTrouble(shell.desk, "account", "C31", "KILLED", detail);
}

/** The bridge drops the fence by itself at a restart, a kill or another session; what it says is newer than what we know (P11). */
function takeStatus(link: LinkKeeper, status: StatusBody): void {
	const fence = link.fence();
	if (fence === null) return;
	if (status.boot_id !== link.bootId()) link.restart("the bridge's connection to the terminal was started again");
	else if (!status.fenced || status.fence_epoch !== fence.epoch) link.restart("the bridge dropped the fence");
	else if (status.broken !== null) link.restart(`the bridge takes no orders any more: ${status.broken}`);
}
