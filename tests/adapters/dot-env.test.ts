import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { credentials, readDotEnv } from "../../src/adapters/dot-env.ts";

const TOKEN = "c0ffee".repeat(8);

function folderWith(text: string | null, mode = 0o600): string {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-env-"));
	if (text === null) return folder;
	writeFileSync(join(folder, ".env"), text);
	chmodSync(join(folder, ".env"), mode);
	return folder;
}

describe("a .env", () => {
	it.each([
		["there is none", null, 0o600],
		["it is empty", "", 0o600],
		["it belongs to something else, whatever its mode", "DATABASE_URL=x\nTOKEN=y", 0o644],
		["its words for Kinetra are empty", "KINETRA_BRIDGE=\nKINETRA_TOKEN=  ", 0o644],
		["it is far too large to be one", `KINETRA_TOKEN=${TOKEN}\n${"#".repeat(70_000)}`, 0o644],
	])("says nothing when %s", (_name, text, mode) => {
		expect(readDotEnv(folderWith(text, mode))).toEqual({ state: "absent" });
	});

	it("that only its owner can read gives address, file and token, and shows no token", () => {
		const found = readDotEnv(
			folderWith(`# mine\nexport KINETRA_BRIDGE="ws://127.0.0.1:9"\nKINETRA_TOKEN_FILE='/a b/token'\nKINETRA_TOKEN=${TOKEN}\nOTHER=1\n`),
		);
		expect(found).toMatchObject({ state: "ready", credentials: { bridge: "ws://127.0.0.1:9", tokenFile: "/a b/token" } });
		expect(found.state === "ready" && found.credentials.token?.reveal()).toBe(TOKEN);
		for (const shown of [inspect(found, { depth: 9, showHidden: true }), JSON.stringify(found), String(found)]) expect(shown).not.toContain(TOKEN);
	});

	it.skipIf(process.platform === "win32").each([0o644, 0o640, 0o604, 0o620, 0o602, 0o666])("of mode %o is refused, with what to do", (mode) => {
		const found = readDotEnv(folderWith(`KINETRA_TOKEN=${TOKEN}`, mode));
		expect(found).toMatchObject({ state: "refused", message: expect.stringMatching(/Others may read or change .*\.env .*chmod 600 \.env.*make a new token/) });
		expect(JSON.stringify(found)).not.toContain(TOKEN);
	});

	it.skipIf(process.platform === "win32")("that is a link is refused, also when what it leads to is private", () => {
		const folder = mkdtempSync(join(tmpdir(), "kinetra-env-"));
		symlinkSync(join(folderWith("KINETRA_BRIDGE=ws://127.0.0.1:1"), ".env"), join(folder, ".env"));
		expect(readDotEnv(folder)).toMatchObject({ state: "refused", message: expect.stringMatching(/is a link/) });
	});

	it("that is a folder is none", () => {
		const folder = folderWith(null);
		mkdirSync(join(folder, ".env"));
		expect(readDotEnv(folder).state).not.toBe("ready");
	});
});

describe("credentials", () => {
	it("of the environment go before those of the file, one by one", () => {
		const folder = folderWith("KINETRA_BRIDGE=ws://127.0.0.1:1\nKINETRA_TOKEN_FILE=/from/file");
		expect(credentials({ KINETRA_BRIDGE: "ws://127.0.0.1:2" }, folder)).toEqual({ bridge: "ws://127.0.0.1:2", tokenFile: "/from/file", token: null });
		expect(credentials({ KINETRA_BRIDGE: " " }, folder).bridge).toBe("ws://127.0.0.1:1");
		expect(credentials({}, folderWith(null))).toEqual({ bridge: null, tokenFile: null, token: null });
	});

	it.skipIf(process.platform === "win32")("are refused whole when the file is", () => {
		expect(() => credentials({ KINETRA_BRIDGE: "ws://127.0.0.1:2" }, folderWith("KINETRA_BRIDGE=x", 0o644))).toThrow(expect.objectContaining({ exitCode: 3 }));
	});
});

describe("the token in the environment", () => {
	it("is taken out at once, kept for who asks and for a thread of ours, and Node writes no report that could hold it", async () => {
		vi.resetModules();
		const fresh = await import("../../src/adapters/dot-env.ts");
		const env: Record<string, string | undefined> = { KINETRA_TOKEN: ` ${TOKEN}\n`, OTHER: "1" };
		fresh.takeToken(env);
		expect(env).toEqual({ OTHER: "1" });
		expect(fresh.credentials(env, folderWith("KINETRA_TOKEN=another")).token?.reveal()).toBe(TOKEN);
		expect(fresh.environmentOfThread(env)).toEqual({ OTHER: "1", KINETRA_TOKEN: TOKEN });
		expect([process.report?.reportOnFatalError, process.report?.reportOnSignal, process.report?.reportOnUncaughtException]).toEqual([false, false, false]);
	});

	it.each([undefined, "", "  "])("that says nothing (%j) leaves the file's, and a thread gets none", async (text) => {
		vi.resetModules();
		const fresh = await import("../../src/adapters/dot-env.ts");
		fresh.takeToken({ KINETRA_TOKEN: text });
		expect(fresh.credentials({}, folderWith(`KINETRA_TOKEN=${TOKEN}`)).token?.reveal()).toBe(TOKEN);
		expect(fresh.environmentOfThread({ OTHER: "1" })).toEqual({ OTHER: "1" });
	});
});
