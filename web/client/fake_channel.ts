/**
 * A data channel without a network: what goes in at one end comes out at the
 * other when the promises of the moment have run.
 */
export class FakeChannel extends EventTarget {
  readonly label: string;
  readyState: RTCDataChannelState = "connecting";
  binaryType: BinaryType = "blob";
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  /** The bytes of each message sent; -1 for text. */
  readonly sizes: number[] = [];
  /** Whether what is sent waits until {@linkcode FakeChannel.flow}. */
  stuck = false;
  #waiting: unknown[] = [];
  #other: FakeChannel | undefined;

  /** Opens nothing yet. */
  constructor(label: string) {
    super();
    this.label = label;
  }

  /** The same, as the library sees it. */
  asChannel(): RTCDataChannel {
    return this as unknown as RTCDataChannel;
  }

  /** Joins the two ends. */
  pair(other: FakeChannel): void {
    this.#other = other;
    other.#other = this;
  }

  /** It can be used from now on. */
  open(): void {
    this.readyState = "open";
    this.onopen?.();
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.readyState !== "open") throw new Error("the channel is closed");
    const copy = typeof data === "string" ? data : data.slice().buffer;
    const size = typeof copy === "string" ? -1 : copy.byteLength;
    this.sizes.push(size);
    this.bufferedAmount += Math.max(size, 0);
    this.#waiting.push(copy);
    if (!this.stuck) queueMicrotask(() => this.flow());
  }

  /** Delivers all that waits. */
  flow(): void {
    for (const data of this.#waiting.splice(0)) {
      this.#other?.onmessage?.({ data });
    }
    this.bufferedAmount = 0;
    this.dispatchEvent(new Event("bufferedamountlow"));
  }

  close(): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.onclose?.();
    this.dispatchEvent(new Event("close"));
    const other = this.#other;
    queueMicrotask(() => other?.close());
  }
}
