import { join } from "node:path";
import { type BridgeSettings, bridgeAddress } from "../adapters/bridge-settings.ts";
import { wallClock } from "../adapters/clock/wall.ts";
import { EXIT } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import type { ConnectionRequest } from "../args/connection.ts";
import { type CheckRow, checkCounts, checkRowText } from "../print/check-row.ts";
import type { Terminal } from "../terminal.ts";
import { statusFacts } from "./cockpit/status-facts.ts";
import { checkConnection } from "./connection/checklist.ts";
import { type EarlyEnd, earlyEnd } from "./connection/early-end.ts";
import { attention, ok, type Verdict } from "./connection/verdict.ts";
import { credentialRows } from "./doctor/credential-checks.ts";
import { homeRows, machineRows, row } from "./doctor/machine-checks.ts";
import { storeRows } from "./doctor/store-checks.ts";

type Asked = Extract<ConnectionRequest, { command: "doctor" }>;

/**
 * `kinetra doctor`: this machine, Kinetra's folder and the way to MetaTrader 5, a line each. Repairs nothing. Returns 0 when all is well, 3 when
 * something needs attention, 130 or 143 when it was ended early.
 */
export async function doctor({ bridge, tokenFile, symbol, json }: Asked, home: Home, terminal: Terminal): Promise<number> {
	const ending = earlyEnd();
	const startedAt = { wall: Date.now(), steady: performance.now() };
	const rows: CheckRow[] = [];
	const tell = (one: CheckRow): void => {
		rows.push(one);
		terminal.print(json ? JSON.stringify(one) : checkRowText(one, terminal.palette, terminal.columns()));
	};
	try {
		const facts = await statusFacts(home);
		const { stdout, env, version } = process;
		const size = stdout.isTTY === true ? { columns: stdout.columns, rows: stdout.rows } : null;
		for (const one of machineRows({ node: version, env, size, uid: process.getuid?.() ?? null })) tell(one);
		for (const one of homeRows(facts.home, partsOf(home))) tell(one);
		for (const one of storeRows(home, facts.data)) tell(one);
		const credentials = credentialRows(home, env, process.cwd(), { bridge, tokenFile });
		for (const one of credentials.rows) tell(one);
		const usable = credentials.settings !== null && credentials.rows.every(({ state, id }) => id === "dot-env" || state === "ok");
		await bridgeRows(usable ? credentials.settings : null, credentials.everSetUp, { home, symbol, ending, tell });
		tell(row("steady-clock", "this machine's clock", clockRow(startedAt)));
		const needed = rows.filter(({ state }) => state === "attention" || state === "failed").length;
		const code = ending.code();
		terminal.print(json ? JSON.stringify({ verdict: needed === 0 && code === null ? "ok" : "attention", needAttention: needed }) : `\n  ${checkCounts(rows)}.`);
		return code ?? (needed === 0 ? EXIT.ok : EXIT.data);
	} finally {
		ending.done();
	}
}

/** The connection's checks, or one row in their place where there is nothing to ask. */
async function bridgeRows(
	settings: BridgeSettings | null,
	everSetUp: boolean,
	to: { readonly home: Home; readonly symbol: string; readonly ending: EarlyEnd; readonly tell: (row: CheckRow) => void },
): Promise<void> {
	if (settings === null) {
		const why = everSetUp
			? attention("not asked", "The way to it is not usable; see the rows above.")
			: attention("not set up", "Virtual trading needs none. To set one up: kinetra bridge --token, then kinetra bridge --print kinetra_bridge.py");
		to.tell(row("bridge-reachable", "bridge", why));
		return;
	}
	// A clock of its own: the rows above may have taken a while.
	await checkConnection({ address: bridgeAddress(settings), symbol: to.symbol, clock: wallClock(), signal: to.ending.signal, onRow: to.tell });
}

function partsOf(home: Home): Readonly<Record<string, string>> {
	const { sessions, agents, runs } = home;
	return { sessions, agents, runs, bridge: join(home.root, "bridge"), sandbox: join(home.root, "sandbox") };
}

/** Beyond this the wall clock was set while we looked, ms. */
const JUMP_MS = 500;

/** Whether the wall clock went as the steady one did: a clock that jumps makes times in journals wrong (control C38 reconciles then). */
function clockRow(startedAt: { readonly wall: number; readonly steady: number }): Verdict {
	const drift = Math.round(Date.now() - startedAt.wall - (performance.now() - startedAt.steady));
	if (Math.abs(drift) <= JUMP_MS) return ok("steady");
	return attention(`jumped by ${drift} ms while it was watched`, "Let network time set it slowly, and not while a session runs.");
}
