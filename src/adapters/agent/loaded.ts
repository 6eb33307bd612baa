import type { Policy } from "../../engine/agents/policy/policy.ts";

/** What `--agent` named, found, checked and read into memory: plain data, complete, so that nothing on the disk is looked at again (S-18). */
export type LoadedAgent =
	/** A rule of the registry. */
	| { readonly kind: "rule" }
	/**
	 * `model`: the bytes of policy.onnx that were hashed, for a runtime other than ours; null when Kinetra computes the network itself. `files`: every byte
	 * that was hashed, of which the home keeps a copy (policy-store.ts).
	 */
	| {
			readonly kind: "policy";
			readonly policy: Policy;
			readonly model: Uint8Array | null;
			readonly folder: string;
			readonly files: ReadonlyMap<string, Uint8Array>;
	  }
	| { readonly kind: "process"; readonly program: AgentProgram };

/** A program that decides: how it is started, and what its manifest says (docs/WRITING_AGENTS.md). */
export type AgentProgram = {
	readonly name: string;
	/** Program and arguments, as they are started: no shell. */
	readonly command: readonly string[];
	/** Where it is started: the folder of its manifest, else the working folder of Kinetra. */
	readonly folder: string;
	readonly sha256: string;
	/** First line of what `<program> --version` prints. */
	readonly interpreter: string;
	/** What is hashed again before every start; `isInstalled`: the program itself, which may be a link. */
	readonly files: readonly { readonly path: string; readonly sha256: string; readonly isInstalled?: boolean }[];
	readonly warmupBars: number;
	readonly timeframe: string | null;
	readonly symbols: readonly string[] | null;
	/** How plain actions (`buy`, `sell`) become orders: as a policy's. */
	readonly sizing: { readonly riskShare: number; readonly stopAtr: number; readonly targetAtr: number | null };
};
