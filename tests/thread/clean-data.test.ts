import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanData } from "../../src/thread/clean-data.ts";

describe("the door between the threads", () => {
	it("leaves plain data as it is", () => {
		const data = { text: "stop loss (SL)", list: [1, null, true, { deep: "x" }], none: null };
		expect(cleanData(data)).toEqual(data);
	});

	it("cleans texts however deep they are", () => {
		expect(cleanData({ log: [{ reason: "a\u001b[2Jb\u0007" }] })).toEqual({ log: [{ reason: "a\u{FFFD}b\u{FFFD}" }] });
		expect(cleanData("\u202Eevil").includes("\u202E")).toBe(false);
		expect(cleanData("x".repeat(5000)).length).toBe(1000);
	});

	it("lets no control character through and changes no number", () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				const clean = cleanData(value);
				const texts: string[] = [];
				JSON.stringify(clean, (_key, part) => {
					if (typeof part === "string") texts.push(part);
					return part;
				});
				expect(texts.filter((text) => /[\p{Cc}\p{Cf}]/u.test(text))).toEqual([]);
				const numbers = (tree: unknown): string => JSON.stringify(tree, (_key, part) => (typeof part === "string" ? "" : part)).replace(/"[^"]*"/g, "");
				expect(numbers(clean).replace(/[^0-9.e+-]/g, "")).toBe(numbers(value).replace(/[^0-9.e+-]/g, ""));
			}),
		);
	});
});
