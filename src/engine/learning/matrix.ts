/**
 * out[r * outputs + o] = bias[o] + sum over i of left[r * inner + i] * right[o * inner + i]: every row of `left` with every row of `right`, all row-major.
 * The one product that the networks are learned with: forward it is values x weights; backward, on transposed operands, it gives both gradients. Two
 * rows by four outputs at a time stay in registers; float64 throughout, for float32 elements are converted at every read, which costs more than they save.
 * `bias` null = 0. The order of the additions is fixed, so the same numbers give the same result bit for bit.
 */
export function multiply(
	left: Float64Array,
	rows: number,
	right: Float64Array,
	outputs: number,
	inner: number,
	bias: Float64Array | null,
	out: Float64Array,
): void {
	const evenRows = rows & ~1;
	for (let row = 0; row < evenRows; row += 2) twoRows(left, row, right, outputs, inner, bias, out);
	if (evenRows < rows) oneRow(left, evenRows, right, outputs, inner, bias, out);
}

/** out[column * rows + row] = from[row * columns + column]. */
export function transpose(from: Float64Array, rows: number, columns: number, out: Float64Array): void {
	for (let row = 0; row < rows; row++) {
		const start = row * columns;
		for (let column = 0; column < columns; column++) out[column * rows + row] = from[start + column] as number;
	}
}

/** Two rows of the product. */
function twoRows(left: Float64Array, row: number, right: Float64Array, outputs: number, inner: number, bias: Float64Array | null, out: Float64Array): void {
	const first = row * inner;
	const second = first + inner;
	const whole = outputs & ~3;
	for (let output = 0; output < whole; output += 4) {
		const w0 = output * inner;
		const w1 = w0 + inner;
		const w2 = w1 + inner;
		const w3 = w2 + inner;
		let a0 = bias === null ? 0 : (bias[output] as number);
		let a1 = bias === null ? 0 : (bias[output + 1] as number);
		let a2 = bias === null ? 0 : (bias[output + 2] as number);
		let a3 = bias === null ? 0 : (bias[output + 3] as number);
		let b0 = a0;
		let b1 = a1;
		let b2 = a2;
		let b3 = a3;
		for (let i = 0; i < inner; i++) {
			const x = left[first + i] as number;
			const y = left[second + i] as number;
			const r0 = right[w0 + i] as number;
			const r1 = right[w1 + i] as number;
			const r2 = right[w2 + i] as number;
			const r3 = right[w3 + i] as number;
			a0 += x * r0;
			a1 += x * r1;
			a2 += x * r2;
			a3 += x * r3;
			b0 += y * r0;
			b1 += y * r1;
			b2 += y * r2;
			b3 += y * r3;
		}
		const at = row * outputs + output;
		out[at] = a0;
		out[at + 1] = a1;
		out[at + 2] = a2;
		out[at + 3] = a3;
		out[at + outputs] = b0;
		out[at + outputs + 1] = b1;
		out[at + outputs + 2] = b2;
		out[at + outputs + 3] = b3;
	}
	for (let output = whole; output < outputs; output++) {
		out[row * outputs + output] = dot(left, first, right, output * inner, inner, bias === null ? 0 : (bias[output] as number));
		out[(row + 1) * outputs + output] = dot(left, second, right, output * inner, inner, bias === null ? 0 : (bias[output] as number));
	}
}

/** One row of the product: what an actor needs. */
function oneRow(left: Float64Array, row: number, right: Float64Array, outputs: number, inner: number, bias: Float64Array | null, out: Float64Array): void {
	const first = row * inner;
	const whole = outputs & ~3;
	for (let output = 0; output < whole; output += 4) {
		const w0 = output * inner;
		const w1 = w0 + inner;
		const w2 = w1 + inner;
		const w3 = w2 + inner;
		let a0 = bias === null ? 0 : (bias[output] as number);
		let a1 = bias === null ? 0 : (bias[output + 1] as number);
		let a2 = bias === null ? 0 : (bias[output + 2] as number);
		let a3 = bias === null ? 0 : (bias[output + 3] as number);
		for (let i = 0; i < inner; i++) {
			const x = left[first + i] as number;
			a0 += x * (right[w0 + i] as number);
			a1 += x * (right[w1 + i] as number);
			a2 += x * (right[w2 + i] as number);
			a3 += x * (right[w3 + i] as number);
		}
		const at = row * outputs + output;
		out[at] = a0;
		out[at + 1] = a1;
		out[at + 2] = a2;
		out[at + 3] = a3;
	}
	for (let output = whole; output < outputs; output++) {
		out[row * outputs + output] = dot(left, first, right, output * inner, inner, bias === null ? 0 : (bias[output] as number));
	}
}

/** start + sum over i of left[leftAt + i] * right[rightAt + i]. */
function dot(left: Float64Array, leftAt: number, right: Float64Array, rightAt: number, length: number, start: number): number {
	let sum = start;
	for (let i = 0; i < length; i++) sum += (left[leftAt + i] as number) * (right[rightAt + i] as number);
	return sum;
}
