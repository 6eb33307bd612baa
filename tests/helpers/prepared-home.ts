import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Home, homeAt } from "../../src/adapters/home.ts";
import { performSession } from "../../src/commands/run/perform.ts";
import type { RunOptions } from "../../src/config/options.ts";
import { planRun } from "../../src/config.ts";
import type { FakeBridge } from "./fake-bridge.ts";
import { unattended } from "./unattended.ts";

/** A home in which one clean virtual session of berserker has been run: demo may be rehearsed from it. */
export async function homeAfterVirtual(changes: Partial<RunOptions> = {}): Promise<Home> {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-stage-")), "home") });
	const plan = await planRun({ set: [], agent: "berserker", seed: 1, speed: "max", duration: 20, ...changes }, false);
	const { summary } = await performSession(unattended({ home, plan, clock: { nowMs: () => Date.now() } }));
	if (summary.exitCode !== 0) throw new Error(`the virtual session ended with ${summary.exitCode}: ${summary.endDetail}`);
	return home;
}

/** Puts a bridge's token where the home has it: a file of that name, or the token of a fake bridge. */
export function giveToken(home: Home, bridge: { readonly tokenFile: string } | FakeBridge): void {
	mkdirSync(join(home.root, "bridge"), { mode: 0o700, recursive: true });
	const path = join(home.root, "bridge", "token");
	if ("tokenFile" in bridge) copyFileSync(bridge.tokenFile, path);
	else writeFileSync(path, `${bridge.token.reveal()}\n`, { mode: 0o600 });
}
