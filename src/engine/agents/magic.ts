/** Below this, MT5 magic numbers are not Kinetra's; exactly this is the simulator's, whose account nobody shares. */
export const PAPER_MAGIC = 4_200_000;

/**
 * MT5 magic of everything an agent build sends to a real broker: which agent, not which order (control C14). The same build always has the
 * same one, so that its positions are found again after a restart. Between 4,200,001 and 4,200,000 + 2^31, exact in MT5 and in a double.
 */
export function magicOf(agentBuild: string): number {
	// FNV-1a over UTF-16 units: short, stable, and spread well enough over the handful of builds that share an account.
	let hash = 0x811c9dc5;
	for (let index = 0; index < agentBuild.length; index++) hash = Math.imul(hash ^ agentBuild.charCodeAt(index), 0x01000193);
	return PAPER_MAGIC + 1 + (hash >>> 1);
}
