import { performerOf } from "../../src/pool/performer.ts";
import { OWN_TASKS } from "./own-tasks.ts";

/** The threads' entry of the pools that are tested. */
export const performTask = performerOf(OWN_TASKS);
