import { afterEach, expect, it } from "vitest";
import { type ConnectionCheck, checkConnection } from "../../../src/commands/connection/checklist.ts";
import type { CheckRow } from "../../../src/print/check-row.ts";
import { describeBridge, FAST_MARKET, type SandboxBridge, type SandboxSettings, startSandboxBridge } from "../../helpers/sandbox-bridge.ts";

// The checklist against the real bridge on the stand-in terminal: what it says there must be what the bridge really tells.

const PATIENCE_MS = 120_000;

let bridge: SandboxBridge | null = null;
afterEach(async () => {
	await bridge?.stop();
	bridge = null;
});

async function check(
	settings: SandboxSettings,
	symbol = "EURUSD",
	before: (bridge: SandboxBridge) => Promise<unknown> = async () => {},
): Promise<ConnectionCheck & { row(id: string): CheckRow }> {
	bridge = await startSandboxBridge(settings);
	await before(bridge);
	const done = await checkConnection({ address: bridge, symbol, clock: { nowMs: () => Date.now() }, onRow() {} });
	return {
		...done,
		row(id) {
			const found = done.rows.find((row) => row.id === id);
			if (found === undefined) throw new Error(`no row ${id}`);
			return found;
		},
	};
}

describeBridge("the checklist against the real bridge", { timeout: PATIENCE_MS }, () => {
	it("finds nothing wrong on a demo account, and says SANDBOX", async () => {
		const done = await check({});
		expect(done.rows.filter(({ state }) => state !== "ok")).toEqual([]);
		for (const id of ["bridge-version", "account", "terminal-running"]) expect(done.row(id).found).toMatch(/sandbox/i);
		expect(done.row("margin").found).toMatch(/^0\.01 lots: broker ([\d.]+) USD, own formula \1 USD$/);
	});

	it.each([
		["algo", "Algo Trading button"],
		["api", "trading from Python"],
		["account", "trading on this account"],
		["expert", "algorithmic trading on this account"],
	])("says which switch is off: %s", async (name, found) => {
		const { row, ok } = await check({}, "EURUSD", (on) => on.command({ do: "switch", name, on: false }).then(() => switched(on)));
		expect(row("algo-trading")).toMatchObject({ state: "failed", found: expect.stringContaining(found) });
		expect(ok).toBe(false);
	});

	it("says REAL MONEY of a real account, whose lock is closed", async () => {
		const { row, account } = await check({ world: { account: { login: 90000009, trade_mode: 2 } } });
		expect(account?.trade_mode).toBe(2);
		expect(row("account")).toMatchObject({ state: "attention", found: expect.stringMatching(/^REAL MONEY, \*0009/) });
		expect(row("live-lock")).toMatchObject({ state: "attention", found: "closed" });
	});

	it("says that the terminal is on another account than bridge.json wants", async () => {
		const { row, ok } = await check({ bridge: { account: { login: 12345678 } } });
		expect(ok).toBe(false);
		expect(row("account")).toMatchObject({ state: "failed", found: expect.stringMatching(/another one than the bridge is bound to/) });
		expect(JSON.stringify(row("account"))).not.toContain("12345678");
	});

	it("says that the terminal does not run", async () => {
		const { row } = await check({ world: { terminal_running: false } });
		expect(row("terminal-running")).toMatchObject({ state: "failed", advice: expect.stringMatching(/Start MetaTrader 5/) });
		expect(row("account").state).toBe("skipped");
	});

	it("says that a symbol is unknown, and that one is ambiguous", async () => {
		const symbols = [
			{ name: "EURUSD.a", like: "EURUSD" },
			{ name: "EURUSD.b", like: "EURUSD" },
		];
		const { row } = await check({ world: { symbols } }, "NOSUCH");
		expect(row("symbol-found")).toMatchObject({ state: "failed", found: "this broker has no NOSUCH" });
		await bridge?.stop();
		const two = await check({ world: { symbols } }, "EURUSD");
		expect(two.row("symbol-found")).toMatchObject({ state: "failed", found: expect.stringMatching(/EURUSD\.[ab] or EURUSD\.[ab]/) });
	});

	it("finds the broker's name for a symbol", async () => {
		const { row } = await check({ world: { symbols: [{ name: "EURUSD.pro", like: "EURUSD" }], markets: { "EURUSD.pro": FAST_MARKET } } });
		expect(row("symbol-found")).toMatchObject({ state: "ok", found: expect.stringContaining("EURUSD is EURUSD.pro here") });
	});

	it("says that quotes stand still", async () => {
		const { row } = await check({}, "EURUSD", (on) => on.command({ do: "pause", symbol: "EURUSD", seconds: 3600 }));
		expect(row("quote-age").state).toBe("failed");
		expect(row("quote-age").found).not.toBe("moving");
	});
});

/** Resolves when the bridge has seen that something was switched. */
async function switched(on: SandboxBridge): Promise<void> {
	for (;;) {
		const done = await checkConnection({ address: on, symbol: "EURUSD", clock: { nowMs: () => Date.now() }, onRow() {} });
		if (done.rows.some(({ id, state }) => id === "algo-trading" && state === "failed")) return;
	}
}
