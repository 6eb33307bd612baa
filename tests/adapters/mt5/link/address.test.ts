import { describe, expect, it } from "vitest";
import { parseBridgeUrl } from "../../../../src/adapters/mt5/link/client.ts";

describe("the address of a bridge", () => {
	it.each([
		["ws://127.0.0.1:8765", "ws://127.0.0.1:8765"],
		["127.0.0.1:9000", "ws://127.0.0.1:9000"],
		["localhost", "ws://localhost:8765"],
		["ws://[::1]:8765/", "ws://[::1]:8765"],
		["  ws://127.0.0.1:8765  ", "ws://127.0.0.1:8765"],
		["ws://127.0.0.1:80", "ws://127.0.0.1:80"],
		["wss://trader.example:443", "wss://trader.example:443"],
		["wss://trader.example", "wss://trader.example:8765"],
		["wss://10.0.0.5:9443/", "wss://10.0.0.5:9443"],
	])("%s is %s", (text, expected) => {
		expect(parseBridgeUrl(text)).toBe(expected);
	});

	it.each([
		["ws://192.168.1.5:8765", /not encrypted.*wss:\/\//],
		["10.0.0.5:8765", /not encrypted/],
		["ws://127.0.0.1.evil.example:8765", /not encrypted/],
		["ws://0.0.0.0:8765", /not encrypted/],
		["http://127.0.0.1:8765", /must begin with ws/],
		["ws://user:hunter2@127.0.0.1:8765", /must not hold a user or password/],
		["ws://127.0.0.1:8765/path", /must end after the port/],
		["ws://127.0.0.1:8765/?token=abc", /must end after the port/],
		["ws://127.0.0.1:99999", /is not an address/],
		["", /is not an address/],
		["ws://127.0.0.1:8765\u001b[2J", /is not an address|must end/],
	])("%s is refused", (text, message) => {
		expect(() => parseBridgeUrl(text)).toThrow(message);
		try {
			parseBridgeUrl(text);
		} catch (error) {
			expect(error).toMatchObject({ name: "Failure", exitCode: 2 });
			for (const hidden of ["hunter2", "\u001b"]) expect(String(error)).not.toContain(hidden);
		}
	});
});
