/**
 * A file in parts: how it goes into a data channel, and how it comes out.
 *
 * @module
 */

/** The most that browsers of all makers take in one message, in bytes. */
export const CHUNK_BYTES = 16_384;

/**
 * How much may wait in the channel before more is read from the file, in bytes.
 * Lower leaves a fast connection idle; higher keeps more in memory.
 */
export const LOW_WATER_BYTES = 65_536;

/** How much of a file is read at a time, in bytes. */
const READ_BYTES = 16 * CHUNK_BYTES;

/**
 * Sends a whole file, as fast as the channel takes it.
 *
 * @param sent is told after each part how many bytes it had
 * @param signal ends it when there is no more use in it
 * @throws what the browser throws if the file cannot be read
 */
export async function sendChunks(
  channel: RTCDataChannel,
  file: Blob,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
  for (let at = 0; at < file.size; at += READ_BYTES) {
    const read = await file.slice(at, at + READ_BYTES).arrayBuffer();
    for (let from = 0; from < read.byteLength; from += CHUNK_BYTES) {
      await roomIn(channel, signal);
      // That the channel has ended is told by its own event.
      if (signal.aborted || channel.readyState !== "open") return;
      const bytes = Math.min(CHUNK_BYTES, read.byteLength - from);
      channel.send(new Uint8Array(read, from, bytes));
      sent(bytes);
    }
  }
}

/** Waits until little enough is in the channel, or there is no use in it. */
async function roomIn(
  channel: RTCDataChannel,
  signal: AbortSignal,
): Promise<void> {
  while (
    !signal.aborted &&
    channel.bufferedAmount > channel.bufferedAmountLowThreshold
  ) {
    await new Promise<void>((resolve) => {
      const wake = () => {
        channel.removeEventListener("bufferedamountlow", wake);
        // Browsers do not agree on whether a channel that we close says so.
        signal.removeEventListener("abort", wake);
        resolve();
      };
      channel.addEventListener("bufferedamountlow", wake);
      signal.addEventListener("abort", wake);
    });
  }
}

/**
 * When so many bytes have come, they become a `Blob`, which browsers keep
 * outside of the page's memory, and on the disk if there are many.
 */
const PART_BYTES = 4 * 1_048_576;

/** Puts a file together again. */
export class ChunkCollector {
  #parts: Blob[] = [];
  #chunks: ArrayBuffer[] = [];
  #chunkBytes = 0;

  /** The next part. */
  add(chunk: ArrayBuffer): void {
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.byteLength;
    if (this.#chunkBytes >= PART_BYTES) this.#pack();
  }

  /** Everything that has come, which is forgotten here. */
  take(mimetype: string): Blob {
    this.#pack();
    return new Blob(this.#parts.splice(0), { type: mimetype });
  }

  #pack(): void {
    this.#parts.push(new Blob(this.#chunks.splice(0)));
    this.#chunkBytes = 0;
  }
}
