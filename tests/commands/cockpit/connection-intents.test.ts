import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noteTest } from "../../../src/adapters/bridge-settings.ts";
import { dataFailure } from "../../../src/adapters/failure.ts";
import { homeAt } from "../../../src/adapters/home.ts";
import { createConnectionIntents } from "../../../src/commands/cockpit/connection-intents.ts";
import type { ConnectionAsk, ConnectionCheck } from "../../../src/commands/connection/checklist.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { CHECKS } from "../../helpers/stage.ts";
import { until } from "../../helpers/until.ts";

const FOUND = { ok: true, rows: CHECKS, hello: null, terminal: null, account: null, spec: null } as const;

function deskOf(check: (ask: ConnectionAsk) => Promise<ConnectionCheck> = async () => FOUND, env: Record<string, string> = {}) {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-conn-")), "home") });
	const store = createCockpitStore();
	let changed = 0;
	const intents = createConnectionIntents({
		store,
		home,
		env,
		clock: { nowMs: () => 42 },
		check,
		symbol: () => "GBPUSD",
		onChanged: () => {
			changed++;
		},
	});
	return {
		home,
		store,
		intents,
		changed: () => changed,
		tested: () => until(store, ({ connection }) => connection.state === "ready" && connection.value.testedWallMs !== null),
		view() {
			const { connection } = store.getState();
			return connection.state === "ready" ? connection.value : null;
		},
	};
}

describe("the way to the bridge", () => {
	it("is this machine's until another one is remembered, also by the next start", () => {
		const desk = deskOf();
		desk.intents.loadConnection();
		expect(desk.view()).toMatchObject({ url: "ws://127.0.0.1:8765", token: "missing", testedWallMs: null });
		desk.intents.saveBridge(" ws://127.0.0.1:9000 ");
		expect(desk.view()?.url).toBe("ws://127.0.0.1:9000");
		const { store, home } = desk;
		const next = createConnectionIntents({ store, home, env: {}, clock: { nowMs: () => 43 }, check: async () => FOUND, symbol: () => "", onChanged: () => {} });
		desk.store.setState({ connection: { state: "none" } });
		next.loadConnection();
		expect(desk.view()?.url).toBe("ws://127.0.0.1:9000");
	});

	it.each([["http://127.0.0.1"], ["ws://broker.example:8765"], ["nonsense"]])("does not take %s, and says why", (url) => {
		const desk = deskOf();
		desk.intents.loadConnection();
		desk.intents.saveBridge(url);
		expect(desk.store.getState().notice?.tone).toBe("bad");
		expect(desk.view()?.url).toBe("ws://127.0.0.1:8765");
	});

	it("says when an address from outside goes before the one that is kept", () => {
		const desk = deskOf(undefined, { KINETRA_BRIDGE: "ws://127.0.0.1:7000" });
		desk.intents.saveBridge("ws://127.0.0.1:9000");
		expect(desk.view()?.url).toBe("ws://127.0.0.1:7000");
		expect(desk.store.getState().notice).toMatchObject({ tone: "warn", text: expect.stringContaining("KINETRA_BRIDGE") });
	});

	it("makes a token once, for its owner alone, and shows nothing of it", () => {
		const desk = deskOf();
		desk.intents.makeToken();
		const path = join(desk.home.root, "bridge", "token");
		const token = readFileSync(path, "utf8").trim();
		expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
		expect(desk.view()?.token).toBe("ready");
		desk.intents.makeToken();
		expect(readFileSync(path, "utf8").trim()).toBe(token);
		expect(JSON.stringify(desk.store.getState())).not.toContain(token);
		expect(desk.changed()).toBe(2);
	});

	it("calls a token unusable that is none", () => {
		const desk = deskOf();
		mkdirSync(join(desk.home.root, "bridge"), { recursive: true, mode: 0o700 });
		writeFileSync(join(desk.home.root, "bridge", "token"), "short", { mode: 0o600 });
		desk.intents.loadConnection();
		expect(desk.view()).toMatchObject({ token: "unusable", tokenText: expect.not.stringContaining("short\n") });
	});
});

describe("the test of it", () => {
	it("shows rows as they come, for the symbol of the form, and notes its end", async () => {
		let go: () => void = () => {};
		const asked: ConnectionAsk[] = [];
		const desk = deskOf(async (ask) => {
			asked.push(ask);
			ask.onRow(CHECKS[0] as never);
			await new Promise<void>((resolve) => {
				go = resolve;
			});
			return FOUND;
		});
		desk.intents.makeToken();
		desk.intents.testConnection();
		expect(desk.view()).toMatchObject({ testing: true, checks: [CHECKS[0]], testedWallMs: null });
		expect(asked[0]).toMatchObject({ symbol: "GBPUSD", address: { url: "ws://127.0.0.1:8765" } });
		desk.intents.testConnection();
		expect(asked).toHaveLength(1);
		go();
		await desk.tested();
		expect(desk.view()?.testedWallMs).toBe(42);
	});

	it("says what only the broker knows: a stand-in, an account that is real", async () => {
		const desk = deskOf(async () => ({ ...FOUND, hello: { sandbox: true } as never, account: { trade_mode: 2 } as never }));
		desk.intents.makeToken();
		desk.intents.testConnection();
		await desk.tested();
		expect(desk.view()).toMatchObject({ sandbox: true, realAccount: true });
	});

	it.each<[string, boolean, RegExp]>([
		["there is no token", false, /There is no bridge token/],
		["the check itself breaks", true, /the wire broke/],
	])("has one failed row that says why when %s", async (_name, token, advice) => {
		const desk = deskOf(async () => {
			throw dataFailure("the wire broke");
		});
		if (token) desk.intents.makeToken();
		desk.intents.testConnection();
		await desk.tested();
		expect(desk.view()?.checks).toEqual([expect.objectContaining({ state: "failed", advice: expect.stringMatching(advice) })]);
	});

	it("forgets its rows when the address is another one", async () => {
		const desk = deskOf();
		desk.intents.makeToken();
		desk.intents.testConnection();
		await desk.tested();
		desk.intents.saveBridge("ws://127.0.0.1:9000");
		expect(desk.view()).toMatchObject({ checks: [], testedWallMs: null, earlier: null });
	});

	it("is remembered by the next start, also when the command made it", () => {
		const desk = deskOf();
		noteTest(desk.home, { at: 7, ok: true, url: "ws://127.0.0.1:8765" });
		desk.intents.loadConnection();
		expect(desk.view()).toMatchObject({ testedWallMs: null, earlier: { wallMs: 7, ok: true } });
	});
});
