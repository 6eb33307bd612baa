import type { Home } from "../adapters/home.ts";
import type { BridgeAction } from "../args/bridge.ts";
import type { Terminal } from "../terminal.ts";
import { bridgeProgram } from "./bridge/program.ts";

/**
 * `kinetra bridge`: hands out the bridge program, makes its token, or runs it on the stand-in terminal. `entry` is the program's own file,
 * beside which the bridge lies. Returns the exit code; throws a `Failure`.
 */
export async function bridge(action: BridgeAction, home: Home, entry: URL, terminal: Terminal): Promise<number> {
	switch (action.name) {
		case "print":
			return (await import("./bridge/print.ts")).printBridge(await bridgeProgram(entry).text(), action.file, terminal);
		case "token":
			return (await import("./bridge/token.ts")).tokenCommand(home, action.showPath, terminal);
		case "sandbox":
			return (await import("./bridge/sandbox.ts")).runSandbox(action, bridgeProgram(entry), home, terminal);
	}
}
