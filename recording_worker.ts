/**
 * The composition root of the recording thread. Nothing imports it; `main.ts`
 * says where it is.
 *
 * @module
 */
import { createSystemClock } from "./clock.ts";
import {
  type RecordingScope,
  serveRecordings,
} from "./recording/serve_recordings.ts";

// Deno's types for workers cannot be had beside those for the main thread.
serveRecordings(globalThis as unknown as RecordingScope, createSystemClock());
