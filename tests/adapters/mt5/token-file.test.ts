import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { readToken } from "../../../src/adapters/mt5/token-file.ts";

const folder = mkdtempSync(join(tmpdir(), "kinetra-token-"));
const TOKEN = "0123456789abcdef".repeat(4);
let files = 0;

function file(text: string | Buffer, mode = 0o600): string {
	const path = join(folder, `token-${++files}`);
	writeFileSync(path, text);
	chmodSync(path, mode);
	return path;
}

function made(name: string, make: (path: string) => void): string {
	const path = join(folder, name);
	make(path);
	return path;
}

describe("the token file", () => {
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	it.each([
		["a line", `${TOKEN}\n`],
		["Windows line end and spaces around", `  ${TOKEN}\r\n`],
		["no line end", TOKEN],
	])("is read: %s", (_name, text) => {
		expect(readToken(file(text)).reveal()).toBe(TOKEN);
	});

	it("is never shown by printing what was read", () => {
		const token = readToken(file(TOKEN));
		expect(`${token} ${JSON.stringify({ token })} ${inspect({ token }, { depth: 9, showHidden: true })}`).not.toContain(TOKEN.slice(0, 8));
	});

	it.each([
		["missing", () => join(folder, "none"), /There is no bridge token .*kinetra bridge --token/],
		["short", () => file("0123456789abcdef"), /32 to 4096 printable/],
		["empty", () => file(""), /32 to 4096 printable/],
		["two lines", () => file(`${TOKEN}\n${TOKEN}\n`), /32 to 4096 printable/],
		["not ASCII", () => file("ü".repeat(40)), /32 to 4096 printable/],
		["longer than the bridge reads", () => file("a".repeat(4097)), /32 to 4096 printable/],
		["a folder", () => made("sub", (path) => mkdirSync(path)), /not an ordinary file/],
		["a link", () => made("soft", (path) => symlinkSync(file(TOKEN), path)), /symbolic link/],
	])("is refused: %s", (_name, make, message) => {
		const path = make();
		expect(() => readToken(path)).toThrow(message);
		expect(() => readToken(path)).toThrow(expect.objectContaining({ exitCode: 3 }));
	});

	it.skipIf(process.platform === "win32").each([
		["readable by others", () => file(TOKEN, 0o644), /chmod 600/],
		["with a second name", () => made("hard", (path) => linkSync(file(TOKEN), path)), /second name/],
	])("is refused: %s", (_name, make, message) => {
		const path = make();
		expect(() => readToken(path)).toThrow(message);
		try {
			readToken(path);
		} catch (error) {
			expect(String(error)).not.toContain(TOKEN);
		}
	});
});
