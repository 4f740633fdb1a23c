/**
 * The composition root of a media worker: a thread with a media plane in it.
 * Nothing imports it; `main.ts` says where it is.
 *
 * @module
 */
import { createSystemClock } from "./clock.ts";
import { servePlane, type WorkerScope } from "./sfu/workers/serve_plane.ts";

// Deno's types for workers cannot be had beside those for the main thread.
servePlane(globalThis as unknown as WorkerScope, createSystemClock());
