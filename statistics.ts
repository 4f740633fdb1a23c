/**
 * Who is in which group and what flows there: joins what signalling knows with
 * what media has measured.
 *
 * @module
 */
import type { FlowId } from "./protocol/ids.ts";
import type {
  Measured,
  PlaneEvent,
  TrackMeasures,
} from "./protocol/media_plane.ts";
import type { CensusClient, CensusGroup } from "./signalling/census.ts";

/**
 * How long statistics wait for what the threads measure, in milliseconds. Lower
 * leaves out busy threads; higher keeps whoever asks waiting when one has died.
 */
const WAIT_MS = 500;

/** Asks media for measurements, and collects them from all its threads. */
export class Measurements {
  readonly #waiting = new Set<(measured: Measured) => void>();

  /** Takes what comes out of media; true if it was a measurement. */
  take(event: PlaneEvent): event is Measured {
    if (event.kind !== "measured") return false;
    for (const tell of this.#waiting) tell(event);
    return true;
  }

  /**
   * Measures the flows of these groups.
   *
   * @param ask has every thread of media measure
   * @returns statistics in Galène's form (B.6); tracks are missing of peers that
   *   no thread has told of in time
   */
  async measure(
    groups: readonly CensusGroup[],
    ask: () => void,
  ): Promise<readonly unknown[]> {
    const tracks = new Map<number, readonly TrackMeasures[]>();
    const viewed = new Map<number, readonly TrackMeasures[]>();
    const clients = groups.flatMap((group) => group.clients);
    const isComplete = () =>
      clients.every(({ up, down }) =>
        up.every(({ publisher }) => tracks.has(publisher)) &&
        down.every(({ subscriber }) => viewed.has(subscriber))
      );
    const { promise, resolve } = Promise.withResolvers<void>();
    const tell = ({ publishers, subscribers }: Measured) => {
      for (const [key, measures] of publishers) tracks.set(key, measures);
      for (const [key, measures] of subscribers) viewed.set(key, measures);
      if (isComplete()) resolve();
    };
    const timer = setTimeout(resolve, WAIT_MS);
    this.#waiting.add(tell);
    if (isComplete()) resolve();
    else ask();
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(tell);
    return groups.map(({ name, clients }) => ({
      name,
      clients: clients.map((client) => toClient(client, tracks, viewed)),
    }));
  }
}

type Measures = ReadonlyMap<number, readonly TrackMeasures[]>;

function toClient(
  { id, up, down }: CensusClient,
  own: Measures,
  all: Measures,
) {
  return {
    id,
    ...(up.length === 0 ? {} : {
      up: up.map(({ id, publisher }) => ({
        id,
        tracks: (own.get(publisher) ?? []).map(toTrack),
      })),
    }),
    ...(down.length === 0 ? {} : {
      down: down.map(({ id, subscriber }) =>
        toViewed(id, all.get(subscriber) ?? [])
      ),
    }),
  };
}

/** A flow that somebody views: what the way to the viewer carries is its own. */
function toViewed(id: FlowId, tracks: readonly TrackMeasures[]) {
  const pathBps = tracks[0]?.pathBps;
  return {
    id,
    maxBitrate: pathBps === undefined ? undefined : Math.round(pathBps),
    pathLoss: tracks[0]?.pathLoss,
    tracks: tracks.map((track) => ({
      // Who draws these wants them to be there, for sound too.
      sid: track.layers?.spatial ?? 0,
      maxSid: track.layers?.maxSpatial ?? 0,
      tid: track.layers?.temporal ?? 0,
      maxTid: track.layers?.maxTemporal ?? 0,
      rid: track.layers?.rid || undefined,
      ...toTrack(track),
      pauses: track.pauses,
    })),
  };
}

function toTrack(
  { bitrateBps, maxBitrateBps, loss, rttMs, jitterMs, repairs }: TrackMeasures,
) {
  return {
    bitrate: Math.round(bitrateBps),
    maxBitrate: maxBitrateBps === undefined
      ? undefined
      : Math.round(maxBitrateBps),
    loss,
    rtt: rttMs,
    jitter: jitterMs,
    ...repairs,
  };
}
