import type { OnnxModel } from "./model.ts";
import { ModelRefused } from "./refused.ts";

/** Decodes a model and checks it against every limit. Throws `ModelRefused`, never anything else. */
export function readOnnx(_bytes: Uint8Array): OnnxModel {
	throw new ModelRefused("ONNX models cannot be read yet.");
}
