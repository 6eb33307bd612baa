import type { Network } from "../../../engine/network/network.ts";
import type { OnnxModel } from "./model.ts";

/**
 * The model as a network that Kinetra computes itself; null = a sound graph with other operators, which ONNX Runtime computes. What does not lead to the
 * output that counts is dropped. Throws `ModelRefused` when sizes do not fit.
 */
export function networkOf(_model: OnnxModel): Network | null {
	return null;
}
