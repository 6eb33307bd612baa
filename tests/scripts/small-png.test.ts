import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { smallPng } from "../../scripts/small-png.ts";

/** Name and content of every chunk. */
function chunksOf(png: Buffer): [string, Buffer][] {
	const chunks: [string, Buffer][] = [];
	for (let at = 8; at < png.length; ) {
		const length = png.readUInt32BE(at);
		chunks.push([png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + length)]);
		at += length + 12;
	}
	return chunks;
}

/** Colours of the pixels, row by row, as #rrggbb. */
function coloursOf(png: Buffer): string[][] {
	const chunks = new Map(chunksOf(png));
	const [header, palette, packed] = ["IHDR", "PLTE", "IDAT"].map((name) => chunks.get(name) ?? Buffer.alloc(0));
	if (header === undefined || palette === undefined || packed === undefined) return [];
	const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
	const rows = inflateSync(packed);
	return Array.from({ length: height }, (_, y) =>
		Array.from(rows.subarray(y * (width + 1) + 1, (y + 1) * (width + 1)), (place) => `#${palette.subarray(place * 3, place * 3 + 3).toString("hex")}`),
	);
}

describe("a small PNG", () => {
	it("has the pixels that it was given", () => {
		const png = smallPng(Uint8Array.from([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 0, 0, 255]), 2, 2);
		expect(coloursOf(png)).toEqual([
			["#ff0000", "#00ff00"],
			["#0000ff", "#ff0000"],
		]);
	});

	it("is a PNG: signature, chunks in order, check sums", () => {
		const png = smallPng(Uint8Array.from([1, 2, 3, 255]), 1, 1);
		expect(png.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
		expect(chunksOf(png).map(([name]) => name)).toEqual(["IHDR", "PLTE", "IDAT", "IEND"]);
		// The check sum of an empty end is the same in every PNG.
		expect(png.subarray(-12).toString("hex")).toBe("0000000049454e44ae426082");
	});

	it("keeps the most frequent colours and gives the others the nearest of them", () => {
		const greys = Array.from({ length: 256 }, (_, grey) => [grey, grey, grey, 255, grey, grey, grey, 255]).flat();
		const png = smallPng(Uint8Array.from([...greys, 10, 10, 11, 255]), 513, 1);
		expect(coloursOf(png)[0]?.at(-1)).toBe("#0a0a0a");
	});
});
