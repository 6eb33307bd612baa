import { describe, expect, it } from "vitest";
import { textOf } from "../../../src/print/line.ts";
import { paintPlot } from "../../../src/ui/widgets/plot.ts";

describe("a plot", () => {
	it.each([5, 6, 7, 8, 9, 12])("puts a flat curve on a row of its own value in %d rows", (height) => {
		const labels: string[] = [];
		const format = (value: number): string => {
			labels.push(value.toFixed(6));
			return value.toFixed(2);
		};
		const rows = paintPlot({ values: [10_000, 10_000], tone: "plain", marks: [], levels: [], format }, { width: 30, height }, 9).map((row) => textOf(row));
		const drawn = rows.findIndex((row) => row.includes("──"));
		// Rows are equally far apart: from the labels of the first and the last follows what the curve's row stands for.
		const [top, bottom] = [Number(labels[0]), Number(labels.at(-1))];
		expect(top - (drawn * (top - bottom)) / (height - 1)).toBeCloseTo(10_000, 4);
	});
});
