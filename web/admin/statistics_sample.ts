import type { Statistics } from "./documents.ts";

/** What all groups had at one moment. */
export interface Sample {
  readonly clients: number;
  /** Flows that clients publish. */
  readonly flows: number;
  readonly receivedBps: number;
  readonly sentBps: number;
}

/** How many samples plots go back; one every two seconds, so four minutes. */
export const MAX_SAMPLES = 120;

/** Adds up what groups have. */
export function toSample(groups: Statistics): Sample {
  const clients = groups.flatMap((group) => group.clients);
  const rate = (flows: Statistics[number]["clients"][number]["up"]) =>
    flows.flatMap(({ tracks }) => tracks).reduce(
      (sum, { bitrate }) => sum + bitrate,
      0,
    );
  return {
    clients: clients.length,
    flows: clients.reduce((sum, { up }) => sum + up.length, 0),
    receivedBps: clients.reduce((sum, { up }) => sum + rate(up), 0),
    sentBps: clients.reduce((sum, { down }) => sum + rate(down), 0),
  };
}
