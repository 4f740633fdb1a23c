import { assertNever } from "../../lib/assert_never.ts";
import type { PublisherKey } from "../../protocol/media_plane.ts";
import type { Plane } from "../plane.ts";
import { type RelayedKind, RingReader, RingWriter } from "./packet_ring.ts";
import type {
  RelayCommand,
  RelayEvent,
  RingId,
  SharedRing,
} from "./relay_messages.ts";

/**
 * This thread's part in publishers that are watched in several threads: it
 * copies packets for others, and forwards what others have copied for it.
 */
export class Relays {
  readonly #plane: Plane;
  readonly #onEvent: (event: RelayEvent) => void;
  readonly #writers = new Map<RingId, RingWriter>();
  readonly #readers = new Map<RingId, RingReader>();
  /** Publishers that the ring that is being read has brought something of. */
  readonly #touched = new Set<PublisherKey>();

  constructor(plane: Plane, onEvent: (event: RelayEvent) => void) {
    this.#plane = plane;
    this.#onEvent = onEvent;
  }

  /** Carries out a command. What is said of publishers that are gone is void. */
  handle(command: RelayCommand): void {
    switch (command.kind) {
      case "tap": {
        const { publisher, ring } = command;
        this.#plane.publisherOf(publisher)?.addTap(
          ring.id,
          this.#writerOf(ring),
        );
        return;
      }
      case "untap": {
        const { publisher, ring } = command;
        this.#plane.publisherOf(publisher)?.removeTap(ring);
        return;
      }
      case "heed": {
        const { publisher, ring, feedback } = command;
        this.#plane.publisherOf(publisher)?.heed(ring, feedback);
        return;
      }
      case "open-relay":
        return this.#open(command);
      case "offer-relay":
        return this.#plane.offerRelayed(command.publisher, command.sdp);
      case "close-relay": {
        const { publisher } = command;
        return this.#plane.handle({ kind: "close-publisher", publisher });
      }
      case "drop-ring":
        return this.#drop(command.ring);
      default:
        assertNever(command);
    }
  }

  /** Reads no ring any more. */
  close(): void {
    this.#readers.clear();
  }

  /** Who waits for it, waits no more, so that its memory can go. */
  #drop(ring: RingId): void {
    const reader = this.#readers.get(ring);
    this.#writers.delete(ring);
    this.#readers.delete(ring);
    reader?.wake();
  }

  #open(
    { publisher, codecs, sdp, ring }: RelayCommand & { kind: "open-relay" },
  ): void {
    this.#plane.openRelayed({
      publisher,
      codecs,
      sdp,
      onTracks: (count) =>
        this.#onEvent({ kind: "relay-tracks", publisher, count }),
      onFeedback: (feedback) =>
        this.#onEvent({ kind: "relay-feedback", publisher, feedback }),
    });
    if (this.#readers.has(ring.id)) return;
    const reader = new RingReader(ring.memory);
    this.#readers.set(ring.id, reader);
    void this.#read(ring.id, reader);
  }

  async #read(id: RingId, reader: RingReader): Promise<void> {
    const take = (
      key: PublisherKey,
      kind: RelayedKind,
      packet: Uint8Array,
      sizeBytes: number,
    ) => {
      this.#touched.add(key);
      this.#plane.takeRelayed(key, kind, packet, sizeBytes);
    };
    for (;;) {
      await reader.ready();
      if (this.#readers.get(id) !== reader) return;
      reader.drain(take);
      this.#plane.endRelayed(this.#touched);
      this.#touched.clear();
    }
  }

  #writerOf({ id, memory }: SharedRing): RingWriter {
    const writer = this.#writers.get(id) ?? new RingWriter(memory);
    this.#writers.set(id, writer);
    return writer;
  }
}
