import { existsSync } from "node:fs";
import { type BridgeSettings, bridgeAddress, bridgeSettings, lastTest, noteTest, rememberBridge } from "../../adapters/bridge-settings.ts";
import { cleanText } from "../../adapters/clean-text.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import { tradeModeOf } from "../../adapters/mt5/account.ts";
import { readToken } from "../../adapters/mt5/token-file.ts";
import type { Clock } from "../../adapters/ports.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { CheckRow } from "../../print/check-row.ts";
import type { Intents } from "../../ui/intents.ts";
import type { ConnectionView } from "../../ui/state.ts";
import { type CockpitStore, notify } from "../../ui/store.ts";
import { ensureToken } from "../bridge/token.ts";
import type { checkConnection } from "../connection/checklist.ts";

export type ConnectionIntents = Pick<Intents, "loadConnection" | "saveBridge" | "makeToken" | "testConnection"> & {
	/** Ends a test that is under way; what it has not asked is skipped. */
	stopTest(): void;
};

/** What the program hands in; `check` is `checkConnection`, `symbol` what is to be traded as the form says it. */
type Parts = {
	readonly store: CockpitStore;
	readonly home: Home;
	readonly env: Record<string, string | undefined>;
	readonly clock: Clock;
	readonly check: typeof checkConnection;
	readonly symbol: () => string;
	/** Called when what the status bar says of bridge and token may have changed. */
	readonly onChanged: () => void;
};

/** What the screen can ask of the way to the bridge. Nothing throws: trouble becomes a notice, a failed row or the reason in `state.connection`. */
export function createConnectionIntents(parts: Parts): ConnectionIntents {
	const { store, home, env, clock } = parts;
	let running: AbortController | null = null;

	/** The settings as they are now, with the last test kept as long as it was of this address. */
	function load(): void {
		try {
			const settings = bridgeSettings(home, env);
			const test = lastTest(home);
			const earlier = test === null || test.url !== settings.url ? null : { wallMs: test.at, ok: test.ok };
			store.setState(({ connection }) => ({
				connection: { state: "ready", value: { ...viewOf(settings, connection.state === "ready" ? connection.value : null), earlier } },
			}));
		} catch (error) {
			store.setState({ connection: { state: "failed", reason: messageOf(error) } });
		}
	}

	function change(part: Partial<ConnectionView>): void {
		store.setState(({ connection }) => (connection.state === "ready" ? { connection: { state: "ready", value: { ...connection.value, ...part } } } : {}));
	}

	async function test(): Promise<void> {
		load();
		if (store.getState().connection.state !== "ready" || running !== null) return;
		const mine = new AbortController();
		running = mine;
		let rows: readonly CheckRow[] = [];
		change({ checks: rows, testing: true, testedWallMs: null, sandbox: false, realAccount: false });
		const onRow = (row: CheckRow): void => {
			rows = [...rows, row];
			change({ checks: rows });
		};
		try {
			const settings = bridgeSettings(home, env);
			const { ok, hello, account } = await parts.check({ address: bridgeAddress(settings), symbol: parts.symbol(), home, clock, signal: mine.signal, onRow });
			change({ sandbox: hello?.sandbox === true, realAccount: account !== null && tradeModeOf(account) === "real" });
			noteTest(home, { at: clock.nowMs(), ok, url: settings.url });
		} catch (error) {
			onRow(failedRow(messageOf(error)));
		} finally {
			running = null;
			change({ testing: false, testedWallMs: clock.nowMs() });
			parts.onChanged();
		}
	}

	return {
		loadConnection: load,
		saveBridge(url) {
			try {
				rememberBridge(home, url.trim());
				load();
				tellSaved(store, url.trim());
			} catch (error) {
				notify(store, messageOf(error), "bad");
			}
			parts.onChanged();
		},
		makeToken() {
			try {
				const { path, made } = ensureToken(home);
				notify(
					store,
					made ? `A new token is in ${cleanText(path, 300)}; only you can read it.` : `The token that is there was kept: ${cleanText(path, 300)}`,
					"good",
				);
			} catch (error) {
				notify(store, messageOf(error), "bad");
			}
			load();
			parts.onChanged();
		},
		testConnection: () => void test(),
		stopTest: () => running?.abort(),
	};
}

/** An address that is given from outside goes before the remembered one: said, because the change would otherwise seem to do nothing. */
function tellSaved(store: CockpitStore, url: string): void {
	const { connection } = store.getState();
	const used = connection.state === "ready" ? connection.value.url : null;
	if (used === null || used === url || used === url.replace(/\/$/, "")) notify(store, "The address is kept for every later start. t tests it.", "good");
	else notify(store, `Kept, but KINETRA_BRIDGE names ${used}, which goes before it.`, "warn");
}

function viewOf(settings: BridgeSettings, before: ConnectionView | null): Omit<ConnectionView, "earlier"> {
	const last = before !== null && before.url === settings.url ? before : null;
	return {
		url: cleanText(settings.url, 300),
		...tokenFacts(settings),
		checks: last?.checks ?? [],
		testing: last?.testing ?? false,
		sandbox: last?.sandbox ?? false,
		realAccount: last?.realAccount ?? false,
		testedWallMs: last?.testedWallMs ?? null,
	};
}

/** Whether there is a token that can be used. It is read to see that, and goes nowhere. */
function tokenFacts({ tokenPath, token }: BridgeSettings): Pick<ConnectionView, "token" | "tokenPath" | "tokenText"> {
	if (tokenPath === null) {
		const ready = token !== null;
		return { token: ready ? "ready" : "missing", tokenPath: "KINETRA_TOKEN", tokenText: ready ? "given in KINETRA_TOKEN, kept in no file" : "there is none" };
	}
	const path = cleanText(tokenPath, 300);
	try {
		readToken(tokenPath);
		return { token: "ready", tokenPath: path, tokenText: "there, and only you can read it" };
	} catch (error) {
		return existsSync(tokenPath)
			? { token: "unusable", tokenPath: path, tokenText: messageOf(error) }
			: { token: "missing", tokenPath: path, tokenText: "there is none yet: M makes one" };
	}
}

/** The test could not begin: its one row says why. */
function failedRow(message: string): CheckRow {
	return { id: "test", label: "the test", state: "failed", found: "could not be done", advice: message };
}

function messageOf(error: unknown): string {
	return error instanceof Failure && error.exitCode !== EXIT.bug ? cleanText(error.message, 600) : reasonOf(error);
}
