import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { watchSize } from "../../../src/adapters/screen/size.ts";

describe("the size of the screen", () => {
	it("is 80x24 where the terminal does not know, and the last known later on", () => {
		const stdout = Object.assign(new EventEmitter(), { columns: 0, rows: 0 });
		const heard: unknown[] = [];
		const { size, stop } = watchSize(stdout, (next) => heard.push(next));
		expect(size()).toEqual({ columns: 80, rows: 24 });
		const resize = (columns: number, rows: number): void => {
			Object.assign(stdout, { columns, rows });
			stdout.emit("resize");
		};
		resize(120, 40);
		resize(0, 0);
		resize(120, 40);
		resize(0, 50);
		stop();
		resize(10, 10);
		expect(heard).toEqual([
			{ columns: 120, rows: 40 },
			{ columns: 120, rows: 50 },
		]);
		expect(size()).toEqual({ columns: 120, rows: 50 });
	});

	it("is 80x24 for a stream without a size", () => {
		expect(watchSize(new EventEmitter(), () => {}).size()).toEqual({ columns: 80, rows: 24 });
	});
});
