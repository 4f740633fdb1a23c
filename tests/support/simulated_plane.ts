import { type Instant, wallTimeAt } from "../../lib/time.ts";
import type { PlaneEvent } from "../../protocol/media_plane.ts";
import { Plane } from "../../sfu/plane.ts";
import type { FakeHub } from "./fake_hub.ts";

/** What a plane of {@linkcode createSimulatedPlane} has around it. */
export interface SimulatedPlaneOptions {
  readonly hub: FakeHub;
  readonly now: () => Instant;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly onEvent: (event: PlaneEvent) => void;
}

/** A plane in virtual time, for which an error anywhere is one of the test. */
export function createSimulatedPlane(
  { hub, now, random, onEvent }: SimulatedPlaneOptions,
): Plane {
  return new Plane({
    hub,
    clock: {
      now: () => ({ instant: now(), wall: wallTimeAt(1.7e12 + now()) }),
    },
    random: (size) => Uint8Array.from({ length: size }, () => random() * 256),
    onEvent,
    onError: (error) => {
      throw error;
    },
  });
}
