/**
 * A media worker that dies when a test wants it to: in an offer whose SDP is
 * `crash` it throws where nobody catches, with `hang` it does not come back for long.
 *
 * @module
 */
import { createSystemClock } from "../../clock.ts";
import { servePlane, type WorkerScope } from "../../sfu/workers/serve_plane.ts";

/** Much longer than a test's worker may be silent, but Deno can end none before. */
const HANG_MS = 4_000;

const scope = globalThis as unknown as WorkerScope;
servePlane(scope, createSystemClock());
const serve = scope.onmessage;
scope.onmessage = (event) => {
  const { data } = event;
  const sdp = data.kind === "command" && "sdp" in data.command
    ? data.command.sdp
    : "";
  if (sdp === "crash") throw new Error("The test wants it");
  if (sdp === "hang") {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HANG_MS);
  }
  serve?.(event);
};
