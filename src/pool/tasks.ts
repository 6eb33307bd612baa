import type { ChoiceOrder } from "../commands/train/choose.ts";
import type { ShareOrder } from "../commands/train/share.ts";
import type { TrialPlan } from "../trial/plan.ts";

/** What the threads of a pool can do, by name: data in, result out, both plain. What a task needs is loaded when it is first asked for. */
export const TASKS = {
	/** One session without an archive, and its figures. */
	trial: async (plan: TrialPlan) => (await import("../trial/trial.ts")).runTrial(plan),
	/** One worker's share of a round of training. */
	trainShare: async (order: ShareOrder) => (await import("../commands/train/share.ts")).playShare(order),
	/** Episodes that decide which network of a training is kept. */
	trainChoice: async (order: ChoiceOrder) => (await import("../commands/train/choose.ts")).playChoice(order),
};

/** A function a thread can be asked to perform. */
export type TaskTable = Readonly<Record<string, (data: never) => Promise<unknown>>>;

/** What a task of the table takes and gives. */
export type DataOf<Table extends TaskTable, Name extends keyof Table> = Parameters<Table[Name]>[0];
export type ResultOf<Table extends TaskTable, Name extends keyof Table> = Awaited<ReturnType<Table[Name]>>;
