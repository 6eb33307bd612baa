import { defineConfig } from "vitest/config";

/**
 * Many tests wait for a real terminal, bridge or clock: with one worker a core (less one) they would stand in a queue, twice as long as the
 * machine needs. Patience is generous, so a busy machine fails none of them.
 */
export default defineConfig({ test: { include: ["tests/**/*.test.ts"], maxWorkers: 4, testTimeout: 120_000, hookTimeout: 120_000 } });
