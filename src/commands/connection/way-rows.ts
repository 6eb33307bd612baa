import type { Connected } from "./connect.ts";
import { failed, ok, skipped, type Verdict } from "./verdict.ts";

const NOBODY =
	"Nothing that speaks Kinetra's protocol answers there. Start the bridge beside the terminal (python kinetra_bridge.py), or try without MetaTrader 5: kinetra bridge --sandbox. On another machine: is the SSH tunnel open? Another port: --bridge ws://127.0.0.1:PORT";

const UNREACHED = "the bridge is not reachable";

/** Whether a bridge answers at the address. */
export function reachableRow(url: string, way: Connected): Verdict {
	if (way.kind === "unreachable") return failed(`${url}: ${way.why}`, NOBODY);
	if (way.kind === "refused" && way.refusal.code === "address") return failed(`${url}: ${way.refusal.message}`, NOBODY);
	return ok(way.kind === "up" ? `${url}, ${milliseconds(way.tookMs)}` : url);
}

/** Whether both speak a common version of the protocol (control C05). */
export function versionRow(way: Connected): Verdict {
	if (way.kind === "unreachable") return skipped(UNREACHED);
	if (way.kind === "refused") {
		if (way.refusal.code === "version")
			return failed(way.refusal.message, "Get the bridge that belongs to this version (kinetra bridge --print kinetra_bridge.py) and start it anew.");
		return way.refusal.code === "address" ? skipped(UNREACHED) : ok("a common version");
	}
	const { bridge, version, protocol, sandbox } = way.hello;
	return ok(`${bridge} ${version}, protocol ${protocol}${sandbox ? ", SANDBOX: a stand-in terminal, no broker, no money" : ""}`);
}

/** Whether each has proved to the other that it has the token. */
export function authenticatedRow(way: Connected): Verdict {
	if (way.kind === "unreachable") return skipped(UNREACHED);
	if (way.kind === "up") return ok("both ways, as a watcher that can change nothing");
	switch (way.refusal.code) {
		case "auth":
			return failed(
				way.refusal.message,
				"Bridge and cockpit must have the same token. Copy the bridge's token file here (its window says where it is), mode 0600, and name it with --token-file; or start the bridge with --token-file and the one that kinetra bridge --token --show-path names.",
			);
		case "account-switched":
			return failed(
				way.refusal.message,
				"The terminal is logged in to another account than the one this bridge started with. Log in to the right one, or start the bridge anew if the change was wanted.",
			);
		case "replaced":
			return failed(way.refusal.message, "Another program took the connection over. End it, then try again.");
		case "version":
			return skipped("no common version");
		case "address":
			return skipped(UNREACHED);
	}
}

/** `3 ms`, `0.4 ms`, `1.2 s`. */
export function milliseconds(ms: number): string {
	if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
	return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
