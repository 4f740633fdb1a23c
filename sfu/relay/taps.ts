import type { Instant } from "../../lib/time.ts";
import type { PublisherKey } from "../../protocol/media_plane.ts";
import { ViewerEstimate } from "../rtp/remb.ts";
import { type KnownSource, writeKnownSource } from "./known_source.ts";
import { RelayedKind, type RingWriter } from "./packet_ring.ts";
import type { RelayFeedback } from "./relay_feedback.ts";
import type { RingId } from "./relay_messages.ts";

/** Another thread whose viewers get the flow, or which records it. */
interface Tap {
  readonly isRecorder: boolean;
  readonly ring: RingId;
  readonly writer: RingWriter;
  /** What its viewers can take. */
  readonly estimate: ViewerEstimate;
  /** The encodings that somebody there has a use for; all until it says so. */
  rids: readonly string[] | undefined;
}

/** Gives what comes of one publisher to other threads, and heeds what they want. */
export class Taps {
  readonly #key: PublisherKey;
  readonly #all: Tap[] = [];

  constructor(key: PublisherKey) {
    this.#key = key;
  }

  /**
   * From now on another thread gets a copy of what comes.
   *
   * @param sources what it cannot see from the packets any more
   * @param isRecorder whether it has no viewers, but writes a file
   */
  add(
    ring: RingId,
    writer: RingWriter,
    sources: readonly KnownSource[],
    isRecorder = false,
  ): void {
    if (this.#all.some((tap) => tap.ring === ring)) return;
    const estimate = new ViewerEstimate();
    this.#all.push({ isRecorder, ring, writer, estimate, rids: undefined });
    for (const source of sources) {
      const bytes = writeKnownSource(source);
      const { source: kind } = RelayedKind;
      writer.write(this.#key, kind, bytes, 0, bytes.length);
    }
    writer.flush();
  }

  /** It gets nothing more, and wants nothing. */
  remove(ring: RingId): void {
    const index = this.#all.findIndex((tap) => tap.ring === ring);
    if (index >= 0) this.#all.splice(index, 1);
  }

  /** Copies a packet. The packet path: nothing is allocated. */
  takeRtp(packet: Uint8Array, offset: number, sizeBytes: number): void {
    for (let i = 0; i < this.#all.length; i++) {
      const { writer } = this.#all[i]!;
      writer.write(this.#key, RelayedKind.rtp, packet, offset, sizeBytes);
    }
  }

  /** No more packets for now. */
  flush(): void {
    for (let i = 0; i < this.#all.length; i++) this.#all[i]!.writer.flush();
  }

  /** Copies a compound packet of RTCP. */
  takeRtcp(packet: Uint8Array): void {
    for (const { writer } of this.#all) {
      writer.write(this.#key, RelayedKind.rtcp, packet, 0, packet.length);
    }
    this.flush();
  }

  /** Takes what the viewers of another thread want. */
  heed(
    ring: RingId,
    { limitBps, rids }: RelayFeedback,
    now: Instant,
  ): void {
    const tap = this.#all.find((tap) => tap.ring === ring);
    if (tap === undefined) return;
    if (limitBps !== undefined) tap.estimate.note(limitBps, now);
    if (rids !== undefined) tap.rids = rids;
  }

  /** Whether a recorder gets it, which can take whatever comes. */
  get isRecorded(): boolean {
    return this.#all.some(({ isRecorder }) => isRecorder);
  }

  /** What the viewers of other threads can take, in bit/s; 0: there are none. */
  limitBps(now: Instant): number {
    let best = 0;
    for (const { estimate } of this.#all) {
      best = Math.max(best, estimate.bitrateBps(now) ?? 0);
    }
    return best;
  }

  /** Whether somebody in another thread has a use for an encoding. */
  wants(rid: string): boolean {
    return this.#all.some(({ rids }) =>
      rids === undefined || rids.includes(rid)
    );
  }
}
