/** What a check found wrong: the value asked for, the bound it breaks and its unit. `must` is for bounds that are words. */
export type Finding = { readonly got: number | string; readonly bound: "min" | "max" | "must"; readonly limit: number | string; readonly unit: string };

/** Too much: `got` is not proven to be at most `limit`. */
export function above(got: number, limit: number, unit: string): Finding {
	return { got, bound: "max", limit, unit };
}

/** Too little: `got` is not proven to be at least `limit`. */
export function under(got: number, limit: number, unit: string): Finding {
	return { got, bound: "min", limit, unit };
}

/** Not one of what is allowed. */
export function notA(got: number | string, limit: string): Finding {
	return { got, bound: "must", limit, unit: "" };
}

/** The line of journal, screen and docs: `STOP_TOO_CLOSE: got=8, min=15 points`. */
export function findingText(code: string, { got, bound, limit, unit }: Finding): string {
	return `${code}: got=${plain(got)}, ${bound}=${plain(limit)}${unit === "" ? "" : ` ${unit}`}`;
}

/** A number without the dust of binary fractions. */
function plain(value: number | string): string {
	return typeof value === "string" ? value : String(Number.isFinite(value) ? Number(value.toPrecision(9)) : value);
}
