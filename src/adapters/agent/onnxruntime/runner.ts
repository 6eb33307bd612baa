/** A model loaded elsewhere, in a process of its own. */
export type ModelRunner = {
	/** Outputs of one observation. Rejects with an `Error` when the model fails, answers with numbers that are not finite, or is closed. */
	run(observation: Float32Array): Promise<Float32Array>;
	/** Ends it; nothing of it is alive when this resolves. */
	close(): Promise<void>;
};

/**
 * Loads the bytes of a model into the user's ONNX Runtime. Rejects with a `Failure` (exit 3) when there is none, saying how to install it, with
 * `ModelRefused` for a model that must not be used, and with a `Failure` when it does not load in time.
 */
export async function openOnnxRuntime(_model: Uint8Array): Promise<ModelRunner> {
	throw new Error("ONNX Runtime cannot be opened yet");
}
