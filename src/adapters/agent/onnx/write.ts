import type { Network } from "../../../engine/network/network.ts";

/** The network as an ONNX model (opset 17, input `observation` [N, inputs], output `output`); the same network gives the same bytes. */
export function writeOnnx(_network: Network, _about: { readonly name: string }): Uint8Array {
	throw new Error("networks cannot be written yet");
}
