import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BUILT_IN_INSTRUMENTS } from "../../../src/engine/instruments/built-in.ts";
import { DEFAULT_SIMULATOR } from "../../../src/engine/paper/settings.ts";

const DOC = readFileSync(new URL("../../../docs/SIMULATOR.md", import.meta.url), "utf8");

describe("docs/SIMULATOR.md", () => {
	it.each(Object.entries(DEFAULT_SIMULATOR))("names the knob %s with its default %s", (key, value) => {
		const row = DOC.split("\n").find((line) => line.startsWith(`| \`${key}\` |`)) ?? "";
		const written = row.split("|")[3]?.replaceAll("`", "").trim();
		expect(written).toBe(value === true ? "yes" : String(value));
	});

	it.each(BUILT_IN_INSTRUMENTS.map((instrument) => [instrument.symbol, instrument] as const))("lists %s as it is built in", (symbol, instrument) => {
		const cells = (DOC.split("\n").find((line) => line.startsWith(`| ${symbol} |`)) ?? "").split("|").map((cell) => cell.trim());
		expect(cells[2]).toBe(String(instrument.digits));
		expect(cells[3]).toBe(instrument.contractSize.toLocaleString("en-US"));
		expect(cells[4]?.startsWith(instrument.calcMode)).toBe(true);
		expect(cells[5]).toBe(`${instrument.volumeMin}-${instrument.volumeMax} step ${instrument.volumeStep}`);
		expect(cells[6]).toBe(String(instrument.stopsLevelPoints));
		expect(cells[7]?.startsWith(`${instrument.swapLong} / ${instrument.swapShort} `)).toBe(true);
		expect(cells[9]).toBe(instrument.commission.kind === "none" ? "none" : instrument.commission.rate.toFixed(2));
		expect(cells[11]).toBe(String(instrument.typicalSpreadPoints));
	});
});
