import { performerOf } from "./performer.ts";
import { TASKS } from "./tasks.ts";

/** What the threads of the program's pools are asked for (the name is what pool.ts tells tinypool). A file of its own in the build. */
export const performTask = performerOf(TASKS);
