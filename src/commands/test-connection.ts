import { type BridgeSettings, bridgeAddress, bridgeSettings, noteTest } from "../adapters/bridge-settings.ts";
import { wallClock } from "../adapters/clock/wall.ts";
import { EXIT, Failure } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import type { BridgeAddress } from "../adapters/mt5/link/client-type.ts";
import type { ConnectionRequest } from "../args/connection.ts";
import { type CheckRow, checkCounts, checkRowText } from "../print/check-row.ts";
import type { Terminal } from "../terminal.ts";
import { type ConnectionCheck, checkConnection } from "./connection/checklist.ts";
import { earlyEnd } from "./connection/early-end.ts";

type Asked = Extract<ConnectionRequest, { command: "test-connection" }>;

/**
 * `kinetra test-connection`: the checklist, line by line as it happens, then the verdict. Changes nothing at the bridge. Returns 0, 3 when something
 * failed, 130 or 143 when it was ended early. Throws a `Failure` for an address that is none.
 */
export async function testConnection({ bridge, tokenFile, symbol, json }: Asked, home: Home, terminal: Terminal): Promise<number> {
	const settings = bridgeSettings(home, process.env, { bridge, tokenFile });
	const address = addressOf(settings);
	if ("problem" in address) return noToken(address.problem, settings.url, { symbol, json }, terminal);
	const clock = wallClock();
	const ending = earlyEnd();
	try {
		const check = await checkConnection({
			address,
			symbol,
			home,
			clock,
			signal: ending.signal,
			onRow: (row) => terminal.print(json ? JSON.stringify(row) : checkRowText(row, terminal.palette, terminal.columns())),
		});
		const code = ending.code();
		if (code === null) noteTest(home, { at: clock.nowMs(), ok: check.ok, url: settings.url });
		terminal.print(json ? JSON.stringify(asJson(check, settings.url, symbol)) : asText(check, symbol, terminal));
		return code ?? (check.ok ? EXIT.ok : EXIT.data);
	} finally {
		ending.done();
	}
}

function addressOf(settings: BridgeSettings): BridgeAddress | { readonly problem: string } {
	try {
		return bridgeAddress(settings);
	} catch (error) {
		if (error instanceof Failure) return { problem: error.message };
		throw error;
	}
}

/** Nothing was asked; said in the same form as everything else, for scripts. */
function noToken(problem: string, url: string, { symbol, json }: { readonly symbol: string; readonly json: boolean }, terminal: Terminal): number {
	const row: CheckRow = { id: "token", label: "bridge token", state: "failed", found: "cannot be used", advice: problem };
	const check: ConnectionCheck = { ok: false, rows: [row], hello: null, terminal: null, account: null, spec: null };
	terminal.print(json ? JSON.stringify(row) : checkRowText(row, terminal.palette, terminal.columns()));
	terminal.print(json ? JSON.stringify(asJson(check, url, symbol)) : asText(check, symbol, terminal));
	return EXIT.data;
}

function asJson({ ok, rows, hello, account }: ConnectionCheck, url: string, symbol: string): unknown {
	const count = (state: string): number => rows.filter((row) => row.state === state).length;
	return {
		verdict: ok ? "ok" : "failed",
		failed: count("failed"),
		attention: count("attention"),
		skipped: count("skipped"),
		url,
		symbol,
		sandbox: hello?.sandbox ?? null,
		account: account === null ? null : (["demo", "contest", "real"][account.trade_mode] ?? "unknown"),
	};
}

function asText({ ok, rows, hello, account }: ConnectionCheck, symbol: string, { palette }: Terminal): string {
	const lines = ["", `  ${checkCounts(rows)}.`];
	if (hello?.sandbox === true)
		lines.push(`  ${palette.warn("SANDBOX")}: this is the stand-in terminal. There is no MetaTrader 5, no broker and no money behind it.`);
	if (account?.trade_mode === 2) lines.push(`  ${palette.bad("REAL MONEY")}: the terminal is logged in to a real account. Nothing was sent.`);
	lines.push(
		ok ? `  ${palette.good("The connection works")} for ${symbol}.` : `  ${palette.bad("The connection is not ready")} for ${symbol}: see what FAILED above.`,
	);
	return lines.join("\n");
}
