/** The terminal's size in cells. */
export type ScreenSize = { readonly columns: number; readonly rows: number };

/** As much of `process.stdout` as is needed to know the size. */
export type SizedStream = {
	readonly columns?: number;
	readonly rows?: number;
	on(event: "resize", listener: () => void): unknown;
	off(event: "resize", listener: () => void): unknown;
};

/** What is assumed where a terminal does not say. */
const USUAL: ScreenSize = { columns: 80, rows: 24 };

/**
 * The terminal's size now and whenever it changes. A side of 0 means that the terminal does not know: the last size known stays, or 80x24.
 */
export function watchSize(stdout: SizedStream, onResize: (size: ScreenSize) => void): { readonly size: () => ScreenSize; readonly stop: () => void } {
	let size = sizeOf(stdout, USUAL);
	const changed = (): void => {
		const next = sizeOf(stdout, size);
		if (next.columns === size.columns && next.rows === size.rows) return;
		size = next;
		onResize(size);
	};
	stdout.on("resize", changed);
	return { size: () => size, stop: () => stdout.off("resize", changed) };
}

function sizeOf({ columns = 0, rows = 0 }: { readonly columns?: number; readonly rows?: number }, fallback: ScreenSize): ScreenSize {
	return { columns: columns > 0 ? columns : fallback.columns, rows: rows > 0 ? rows : fallback.rows };
}
