import { describe, expect, it } from "vitest";
import { createKeyQueue } from "../../../src/commands/cockpit/key-queue.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("createKeyQueue", () => {
	it("deals with one key a turn, in order, and lets urgent ones pass", async () => {
		const seen: string[] = [];
		const queue = createKeyQueue((key, raw) => seen.push(`${key}${raw}`), ["ctrl+k"]);
		for (const key of ["4", "1", "enter"]) queue.push(key, "!");
		queue.push("ctrl+k", "");
		expect(seen).toEqual(["4!", "ctrl+k"]);
		await turn();
		expect(seen).toEqual(["4!", "ctrl+k", "1!"]);
		await turn();
		await turn();
		queue.push("q", "");
		expect(seen).toEqual(["4!", "ctrl+k", "1!", "enter!", "q"]);
	});

	it("goes on after a handler that fails", async () => {
		const seen: string[] = [];
		const queue = createKeyQueue((key) => {
			if (key === "x") throw new Error("no");
			seen.push(key);
		}, []);
		expect(() => queue.push("x", "")).toThrow("no");
		queue.push("y", "");
		await turn();
		expect(seen).toEqual(["y"]);
	});
});
