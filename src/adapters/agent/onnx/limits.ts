/**
 * What a model may be at most (security rule S-18: a model is treated as code). A policy has a few hundred thousand weights; these bounds leave room for a
 * hundred times more and keep a crafted file from taking the machine.
 */
export const MODEL_LIMITS = {
	bytes: 16 * 1024 * 1024,
	/** Messages, texts and byte strings in the file, of every kind. */
	parts: 65_536,
	/** Whole numbers and doubles in the file, each of which takes far more memory than file. */
	wholeNumbers: 262_144,
	nodes: 4_096,
	constants: 4_096,
	rank: 8,
	/** Size of one dimension, and of a constant. */
	dimension: 4_194_304,
	features: 4_096,
	nameCharacters: 512,
} as const;

/** Versions of the format and of its operators that are read: what exporters have written since 2018. */
export const MODEL_VERSIONS = { irFrom: 3, irTo: 13, opsetFrom: 7, opsetTo: 25 } as const;
