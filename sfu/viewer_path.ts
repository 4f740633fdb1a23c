import type { Instant, Now } from "../lib/time.ts";
import { Pacer } from "./rtp/congestion/pacer.ts";
import type { SendClock } from "./rtp/congestion/send_clock.ts";
import { SendSideEstimator } from "./rtp/congestion/send_side_estimator.ts";
import { Retry } from "./rtp/congestion/retry.ts";
import { type Claim, shareRate } from "./rtp/congestion/share_rate.ts";

/**
 * Of what a path carries, for what is not counted in an estimate, such as
 * repairs. Higher uses more of the path; lower keeps its queue shorter.
 */
const MEDIA_SHARE = 0.95;

/**
 * How often the path is shared out, in milliseconds. Lower follows the estimate
 * more closely; higher costs less.
 */
const SHARE_INTERVAL_MS = 100;

/** How often a path is polled, more or less, in milliseconds. */
const POLL_INTERVAL_MS = 10;

/** A track as the path sees it. */
export interface PathTrack {
  /**
   * What it wants, with what packets take on the wire; `undefined` while it is
   * not to be sent.
   */
  claim(now: Instant): Claim | undefined;
  /** What it may use, in bit/s, with that; 0 for nothing at all, for now. */
  setTargetRate(bps: number, now: Instant): void;
  /**
   * Sends something that nobody has asked for. Returns its bytes, or 0 if the
   * viewer could not tell it from media.
   */
  sendPadding(now: Instant): number;
}

/** A peer as the path sees it. */
export interface PathPeer {
  readonly tracks: readonly PathTrack[];
}

/**
 * The way to one viewer, which all flows that it watches share: each has a peer
 * of its own, but what all of them say of the path makes one estimate, which is
 * shared out again.
 */
export class ViewerPath {
  readonly estimator: SendSideEstimator;
  readonly pacer = new Pacer();
  readonly #peers = new Set<PathPeer>();
  readonly #retry = new Retry();
  #nextShare = 0;
  /** What all tracks would use if the path carried it. */
  #wantedBps = 0;

  /** @param clock of the port by which all peers send */
  constructor(clock: SendClock) {
    this.estimator = new SendSideEstimator(clock);
  }

  /** Whether nothing goes over it. */
  get isEmpty(): boolean {
    return this.#peers.size === 0;
  }

  /** A peer goes to the viewer, until {@linkcode remove}. */
  add(peer: PathPeer): void {
    this.#peers.add(peer);
  }

  /** The peer is closed. */
  remove(peer: PathPeer): void {
    this.#peers.delete(peer);
    this.#nextShare = 0;
  }

  /** Does what is due. */
  poll({ instant: now }: Now): void {
    if (!this.estimator.started) return;
    if (now >= this.#nextShare) {
      this.#nextShare = now + SHARE_INTERVAL_MS;
      this.#share(now);
    }
    this.pacer.poll(now);
    this.#pollProbe(now);
  }

  #share(now: Instant): void {
    const tracks: PathTrack[] = [];
    const claims: Claim[] = [];
    for (const peer of this.#peers) {
      for (const track of peer.tracks) {
        const claim = track.claim(now);
        if (claim === undefined) continue;
        tracks.push(track);
        claims.push(claim);
      }
    }
    const { estimator } = this;
    this.pacer.setEstimate(estimator.estimateBps);
    const overflows = estimator.overflows(now);
    const grants = shareRate({
      nowBps: estimator.targetBps(now) * MEDIA_SHARE,
      sustainedBps: estimator.carriedBps * MEDIA_SHARE,
      overflows,
      mayTry: this.#retry.poll(claims, overflows, now),
    }, claims);
    tracks.forEach((track, index) => track.setTargetRate(grants[index]!, now));
    this.#wantedBps = claims.reduce(
      (sum, { layersBps }) => sum + (layersBps.at(-1) ?? 0),
      0,
    ) / MEDIA_SHARE;
  }

  /** Fills up a probe of the path with what the viewer has had. */
  #pollProbe(now: Instant): void {
    const { estimator } = this;
    let owed = estimator.pollProbe(POLL_INTERVAL_MS, this.#wantedBps, now);
    while (owed > 0) {
      let sent = 0;
      for (const peer of this.#peers) {
        for (const track of peer.tracks) {
          if (owed > sent) sent += track.sendPadding(now);
        }
      }
      if (sent === 0) return;
      owed -= sent;
    }
  }
}
