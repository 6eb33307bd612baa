import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientIdOf, tokenIn, tokenOf } from "../../../src/adapters/mt5/client-id.ts";

describe("client ids", () => {
	it("are the same for the same order and look like a ULID", () => {
		expect(clientIdOf("s", 1)).toBe("3J6K1B97X5DFZEESC5ZJ3Y3EN1");
		fc.assert(
			fc.property(fc.string(), fc.nat(), (session, intent) => {
				const cid = clientIdOf(session, intent);
				expect(cid).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
				expect(cid).toBe(clientIdOf(session, intent));
			}),
		);
	});

	it("differ by session and by intent", () => {
		const made = ["a", "b", "a\n1", "1"].flatMap((session) => Array.from({ length: 500 }, (_none, intent) => clientIdOf(session, intent)));
		expect(new Set(made).size).toBe(made.length);
	});

	it("have the token that the bridge writes (docs/BRIDGE_PROTOCOL.md, Examples)", () => {
		expect(tokenOf("01M82G8X1HN68B2S7WWKP85CQN")).toBe("pmyrr7mbdrtpa");
	});

	it.each<[string, string | null]>([
		["k1-pmyrr7mbdrtpa", "pmyrr7mbdrtpa"],
		["xx k1-pmyrr7mbdrtpa/7", "pmyrr7mbdrtpa"],
		["k1-pmyrr7mb", null],
		["[sl 1.16499]", null],
		["", null],
	])("are found in the comment %j", (comment, token) => {
		expect(tokenIn(comment)).toBe(token);
	});
});
