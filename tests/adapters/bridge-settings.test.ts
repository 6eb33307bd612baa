import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { bridgeAddress, bridgeSettings, isBridgeKnown, lastTest, noteTest, ownTokenPath, rememberBridge } from "../../src/adapters/bridge-settings.ts";
import { type Home, homeAt } from "../../src/adapters/home.ts";
import { Secret } from "../../src/adapters/secret.ts";

const TOKEN = "0123456789abcdef".repeat(4);

function freshHome(): Home {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-settings-")), "home") });
	vi.spyOn(process, "cwd").mockReturnValue(mkdtempSync(join(tmpdir(), "kinetra-cwd-")));
	return home;
}

function withToken(home: Home, text = TOKEN, mode = 0o600): Home {
	mkdirSync(join(home.root, "bridge"), { recursive: true, mode: 0o700 });
	writeFileSync(ownTokenPath(home), text, { mode });
	chmodSync(ownTokenPath(home), mode);
	return home;
}

describe("where the bridge is", () => {
	it("goes by option, environment, memory, and at last the usual place", () => {
		const home = freshHome();
		expect(bridgeSettings(home, {})).toMatchObject({ url: "ws://127.0.0.1:8765", from: "default" });
		rememberBridge(home, "127.0.0.1:9001");
		expect(bridgeSettings(home, {})).toMatchObject({ url: "ws://127.0.0.1:9001", from: "remembered" });
		expect(bridgeSettings(home, { KINETRA_BRIDGE: "ws://127.0.0.1:9002" })).toMatchObject({ url: "ws://127.0.0.1:9002", from: "environment" });
		expect(bridgeSettings(home, { KINETRA_BRIDGE: "ws://127.0.0.1:9002" }, { bridge: "ws://127.0.0.1:9003" })).toMatchObject({
			url: "ws://127.0.0.1:9003",
			from: "option",
		});
	});

	it.each(["ws://192.168.1.5:8765", "http://127.0.0.1:1", "ws://user:secret@127.0.0.1:1", "?"])(
		"refuses %j wherever it comes from, and remembers no such thing",
		(url) => {
			const home = freshHome();
			const usage = expect.objectContaining({ exitCode: 2, message: expect.not.stringContaining("secret") });
			expect(() => bridgeSettings(home, {}, { bridge: url })).toThrow(usage);
			expect(() => bridgeSettings(home, { KINETRA_BRIDGE: url })).toThrow(usage);
			expect(() => rememberBridge(home, url)).toThrow(usage);
			expect(bridgeSettings(home, {}).from).toBe("default");
		},
	);

	it("forgets what was kept when the file is damaged, holds another machine's address in plain, or others may write it", () => {
		const home = freshHome();
		const path = join(home.root, "bridge", "settings.json");
		rememberBridge(home, "ws://127.0.0.1:9001");
		expect(readFileSync(path, "utf8")).toContain("9001");
		for (const text of ["{", "null", "[]", '{"url": 5}', '{"url": "ws://10.0.0.1:1"}']) {
			writeFileSync(path, text);
			expect(bridgeSettings(home, {}).from).toBe("default");
		}
		rememberBridge(home, "ws://127.0.0.1:9001");
		if (process.platform === "win32") return;
		chmodSync(path, 0o622);
		expect(bridgeSettings(home, {}).from).toBe("default");
	});
});

describe("where the token is", () => {
	it("goes by option, KINETRA_TOKEN_FILE, and at last the home's own", () => {
		const home = freshHome();
		expect(bridgeSettings(home, {}).tokenPath).toBe(join(home.root, "bridge", "token"));
		expect(bridgeSettings(home, { KINETRA_TOKEN_FILE: "/a/token" }).tokenPath).toBe("/a/token");
		expect(bridgeSettings(home, { KINETRA_TOKEN_FILE: "/a/token" }, { tokenFile: "/b/token" }).tokenPath).toBe("/b/token");
	});

	it("is read only for the address, and is refused when missing, open to others or too short", () => {
		expect(bridgeAddress(bridgeSettings(withToken(freshHome(), `${TOKEN}\n`), {})).token.reveal()).toBe(TOKEN);
		const failures = [freshHome(), withToken(freshHome(), "short"), ...(process.platform === "win32" ? [] : [withToken(freshHome(), TOKEN, 0o644)])];
		for (const home of failures) {
			const settings = bridgeSettings(home, {});
			expect(() => bridgeAddress(settings)).toThrow(expect.objectContaining({ exitCode: 3, message: expect.not.stringContaining(TOKEN) }));
		}
	});

	it("may be given itself, if it is one", () => {
		const settings = { url: "ws://127.0.0.1:1", from: "default", tokenPath: null } as const;
		expect(bridgeAddress({ ...settings, token: new Secret(TOKEN) }).token.reveal()).toBe(TOKEN);
		for (const text of ["", "short", `${TOKEN} ${TOKEN}`, "\u00e9".repeat(40)])
			expect(() => bridgeAddress({ ...settings, token: new Secret(text) })).toThrow(
				expect.objectContaining({ exitCode: 3, message: expect.stringMatching(/^KINETRA_TOKEN/) }),
			);
	});
});

describe("whether a bridge was ever set up", () => {
	it("is told by a token or a word of an address", () => {
		const known = (home: Home, env = {}, asked = {}) => isBridgeKnown(home, bridgeSettings(home, env, asked));
		expect(known(freshHome())).toBe(false);
		expect(known(withToken(freshHome()))).toBe(true);
		expect(known(freshHome(), { KINETRA_BRIDGE: "ws://127.0.0.1:1" })).toBe(true);
		expect(known(freshHome(), { KINETRA_TOKEN_FILE: "/x" })).toBe(true);
		expect(known(freshHome(), {}, { bridge: "ws://127.0.0.1:1" })).toBe(true);
		const home = freshHome();
		rememberBridge(home, "ws://127.0.0.1:8765");
		expect(known(home)).toBe(true);
	});
});

describe("the last test", () => {
	it("is kept beside the address, and a test does not make an address known", () => {
		const home = freshHome();
		expect(lastTest(home)).toBeNull();
		noteTest(home, { at: 7, ok: true, url: "ws://127.0.0.1:8765" });
		expect(lastTest(home)).toEqual({ at: 7, ok: true, url: "ws://127.0.0.1:8765" });
		expect(bridgeSettings(home, {}).from).toBe("default");
		rememberBridge(home, "ws://127.0.0.1:9");
		expect(lastTest(home)?.at).toBe(7);
		noteTest(home, { at: 8, ok: false, url: "ws://127.0.0.1:9" });
		expect(bridgeSettings(home, {}).url).toBe("ws://127.0.0.1:9");
	});

	it("that cannot be kept is no failure", () => {
		const home = homeAt({ KINETRA_HOME: "/proc/kinetra" });
		noteTest(home, { at: 7, ok: true, url: "ws://127.0.0.1:8765" });
		expect(lastTest(home)).toBeNull();
	});
});
