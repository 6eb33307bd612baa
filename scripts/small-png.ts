import { deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Colours that a byte can name; a screen has few of its own and the smoothed edges of its letters. */
const COLOURS_MAX = 256;

/**
 * Pixels (4 bytes each: red, green, blue, alpha, which is not kept) as a PNG with a palette of at most 256 colours: a third of the size that
 * full colours need. Colours that are not among the most frequent become the nearest of them.
 */
export function smallPng(pixels: Uint8Array, width: number, height: number): Buffer {
	const colours = new Uint32Array(width * height);
	const counts = new Map<number, number>();
	for (let index = 0; index < colours.length; index++) {
		const [red = 0, green = 0, blue = 0] = pixels.subarray(index * 4, index * 4 + 3);
		const colour = (red << 16) | (green << 8) | blue;
		colours[index] = colour;
		counts.set(colour, (counts.get(colour) ?? 0) + 1);
	}
	// Equal counts are ordered by colour, so that equal pixels give equal bytes.
	const palette = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a - b).slice(0, COLOURS_MAX);
	const places = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
	const rows = Buffer.alloc((width + 1) * height);
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = places.get(colours[y * width + x] ?? 0) ?? 0;
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 3], 8); // 8 bits a pixel, each the place of a colour in the palette.
	const table = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
	return Buffer.concat([
		SIGNATURE,
		chunk("IHDR", header),
		chunk("PLTE", table),
		chunk("IDAT", deflateSync(rows, { level: 9 })),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

function nearest(palette: readonly number[], colour: number): number {
	let best = 0;
	let bestDistance = Number.POSITIVE_INFINITY;
	for (const [place, other] of palette.entries()) {
		const distance = ((colour >> 16) - (other >> 16)) ** 2 + (((colour >> 8) & 255) - ((other >> 8) & 255)) ** 2 + ((colour & 255) - (other & 255)) ** 2;
		if (distance < bestDistance) [best, bestDistance] = [place, distance];
	}
	return best;
}

function chunk(name: string, content: Buffer): Buffer {
	const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(content.length);
	const check = Buffer.alloc(4);
	check.writeUInt32BE(crc32(named));
	return Buffer.concat([length, named, check]);
}

/** The check sum of PNG (CRC-32, ISO 3309), bit by bit: pictures are small and node:zlib has it only from 20.15 on. */
function crc32(bytes: Buffer): number {
	let rest = 0xffffffff;
	for (const byte of bytes) {
		rest ^= byte;
		for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
	}
	return (rest ^ 0xffffffff) >>> 0;
}
