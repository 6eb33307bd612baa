import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { noteTest, ownTokenPath } from "../../../src/adapters/bridge-settings.ts";
import { type Home, homeAt } from "../../../src/adapters/home.ts";
import { bridgeFacts, bridgePart, bridgeText, credentialsPart, credentialsText } from "../../../src/commands/cockpit/bridge-facts.ts";

const URL_USUAL = "ws://127.0.0.1:8765";
const AT = Date.UTC(2026, 0, 31, 10, 5);

function homeWith(token: string | null, mode = 0o600): Home {
	vi.spyOn(process, "cwd").mockReturnValue(mkdtempSync(join(tmpdir(), "kinetra-cwd-")));
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-facts-")), "home") });
	if (token === null) return home;
	mkdirSync(join(home.root, "bridge"), { recursive: true, mode: 0o700 });
	writeFileSync(ownTokenPath(home), token);
	chmodSync(ownTokenPath(home), mode);
	return home;
}

const TOKEN = "a".repeat(64);

describe("what is known of bridge and token without connecting", () => {
	it.each<[string, () => Home, Record<string, string>, string, string, string, string]>([
		["nothing set up", () => homeWith(null), {}, "absent", "not set up", "absent", "none, and none needed for virtual trading"],
		["a token", () => homeWith(TOKEN), {}, "attention", `${URL_USUAL}, not tested`, "ok", "bridge token ready, "],
		["a token that is too short", () => homeWith("short"), {}, "attention", `${URL_USUAL}, not tested`, "attention", "bridge token unusable: "],
		[
			"an address without a token",
			() => homeWith(null),
			{ KINETRA_BRIDGE: "ws://127.0.0.1:9" },
			"attention",
			"ws://127.0.0.1:9, not tested",
			"attention",
			"no bridge token at ",
		],
		[
			"an address that is none",
			() => homeWith(TOKEN),
			{ KINETRA_BRIDGE: "ws://10.0.0.1:9" },
			"attention",
			"unusable: The bridge address",
			"attention",
			"bridge token unusable: ",
		],
	])("%s", (_name, make, env, bridgeState, bridge, tokenState, token) => {
		const facts = bridgeFacts(make(), env);
		expect(bridgePart(facts.bridge).state).toBe(bridgeState);
		expect(bridgeText(facts.bridge).startsWith(bridge)).toBe(true);
		expect(credentialsPart(facts.credentials).state).toBe(tokenState);
		expect(credentialsText(facts.credentials).startsWith(token)).toBe(true);
		expect(JSON.stringify(facts)).not.toContain(TOKEN);
	});

	it.skipIf(process.platform === "win32")("a token that others may read is unusable, and how to repair it is said", () => {
		expect(credentialsPart(bridgeFacts(homeWith(TOKEN, 0o644), {}).credentials)).toMatchObject({
			state: "attention",
			advice: expect.stringMatching(/chmod 600/),
		});
	});

	it.each([
		[true, "ok", `${URL_USUAL}, last test passed 2026-01-31 10:05 UTC`],
		[false, "attention", `${URL_USUAL}, last test failed 2026-01-31 10:05 UTC`],
	])("a test that passed: %s", (ok, state, text) => {
		const home = homeWith(TOKEN);
		noteTest(home, { at: AT, ok, url: URL_USUAL });
		const { bridge } = bridgeFacts(home, {});
		expect([bridgePart(bridge).state, bridgeText(bridge)]).toEqual([state, text]);
	});

	it("a test of another address says nothing of this one", () => {
		const home = homeWith(TOKEN);
		noteTest(home, { at: AT, ok: true, url: "ws://127.0.0.1:9" });
		expect(bridgeFacts(home, {}).bridge.state).toBe("not tested");
	});
});
