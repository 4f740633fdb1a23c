/**
 * Who is in which group and what flows there: joins what signalling knows with
 * what media has measured.
 *
 * @module
 */
import type {
  ClientStatistics,
  FlowStatistics,
  TrackStatistics,
} from "./protocol/flow_statistics.ts";
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

/**
 * How long what was measured for one client is good enough for another, in
 * milliseconds. Lower is more up to date; higher costs less where many look.
 */
const FRESH_MS = 900;

/** How media is asked on behalf of a client. */
export interface ClientQuestion {
  /** All groups, of which media is asked at once. */
  readonly groups: () => readonly CensusGroup[];
  /** Has every thread of media measure. */
  readonly ask: () => void;
  readonly nowMs: number;
}

/** What has been measured of all peers. */
interface Measures {
  readonly up: ReadonlyMap<number, readonly TrackMeasures[]>;
  readonly down: ReadonlyMap<number, readonly TrackMeasures[]>;
}

/** Asks media for measurements, and collects them from all its threads. */
export class Measurements {
  readonly #waiting = new Set<(measured: Measured) => void>();
  /** What was measured last for clients, for all of them. */
  #shared:
    | { readonly sinceMs: number; readonly measures: Promise<Measures> }
    | undefined;

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
    const measures = await this.#collect(groups, ask);
    return groups.map(({ name, clients }) => ({
      name,
      clients: clients.map((client) => ({
        id: client.id,
        ...toClient(client, measures),
      })),
    }));
  }

  /**
   * What one client sends and gets, in the same form. Media measures at most
   * once in {@linkcode FRESH_MS}, however many clients ask.
   */
  async measureClient(
    client: CensusClient,
    { groups, ask, nowMs }: ClientQuestion,
  ): Promise<ClientStatistics> {
    if (this.#shared === undefined || nowMs - this.#shared.sinceMs > FRESH_MS) {
      const measures = this.#collect(groups(), ask);
      this.#shared = { sinceMs: nowMs, measures };
    }
    return toClient(client, await this.#shared.measures);
  }

  async #collect(
    groups: readonly CensusGroup[],
    ask: () => void,
  ): Promise<Measures> {
    const up = new Map<number, readonly TrackMeasures[]>();
    const down = new Map<number, readonly TrackMeasures[]>();
    const clients = groups.flatMap((group) => group.clients);
    const isComplete = () =>
      clients.every((client) =>
        client.up.every(({ publisher }) => up.has(publisher)) &&
        client.down.every(({ subscriber }) => down.has(subscriber))
      );
    const { promise, resolve } = Promise.withResolvers<void>();
    const tell = ({ publishers, subscribers }: Measured) => {
      for (const [key, measures] of publishers) up.set(key, measures);
      for (const [key, measures] of subscribers) down.set(key, measures);
      if (isComplete()) resolve();
    };
    const timer = setTimeout(resolve, WAIT_MS);
    this.#waiting.add(tell);
    if (isComplete()) resolve();
    else ask();
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(tell);
    return { up, down };
  }
}

function toClient(
  { up, down }: CensusClient,
  measures: Measures,
): ClientStatistics {
  return {
    ...(up.length > 0 && {
      up: up.map(({ id, publisher }) => ({
        id,
        tracks: (measures.up.get(publisher) ?? []).map(toTrack),
      })),
    }),
    ...(down.length > 0 && {
      down: down.map(({ id, subscriber }) =>
        toViewed(id, measures.down.get(subscriber) ?? [])
      ),
    }),
  };
}

/** A flow that somebody views: what the way to the viewer carries is its own. */
function toViewed(
  id: FlowId,
  tracks: readonly TrackMeasures[],
): FlowStatistics {
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
): TrackStatistics {
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
