import assert from "node:assert/strict";
import { RtpView } from "../../sfu/rtp/rtp_packet.ts";
import { timestampDelta } from "../../sfu/rtp/sequence.ts";
import { Vp8Descriptor } from "../../sfu/rtp/vp8.ts";

/**
 * Takes the packets of one picture track as they were sent and fails at whatever
 * a decoder could stumble over: numbers that leave a gap, pictures that are not
 * whole, sizes that change without a keyframe, time that runs backwards.
 */
export class StrictDecoder {
  /** The width and number of each picture that was shown, in order. */
  readonly shown: { width: number; frame: number; timestamp: number }[] = [];
  /** How many of them were keyframes. */
  keyframes = 0;
  readonly #view = new RtpView();
  readonly #vp8 = new Vp8Descriptor();
  #sequenceNumber = -1;
  #timestamp: number | undefined;
  #picture = -1;
  #base = -1;
  #width = 0;
  /** The next packet of the picture that has begun; 0 between pictures. */
  #index = 0;

  /** Takes a packet of the track. */
  take(packet: Uint8Array): void {
    const view = this.#view;
    assert.ok(view.parse(packet));
    const { sequenceNumber, payloadOffset, payloadSize } = view;
    if (this.#sequenceNumber >= 0) {
      const next = (this.#sequenceNumber + 1) & 0xffff;
      assert.equal(sequenceNumber, next, "a sequence number is missing");
    }
    this.#sequenceNumber = sequenceNumber;
    const vp8 = this.#vp8;
    assert.ok(vp8.parse(packet, payloadOffset, payloadSize));
    const content = packet.subarray(payloadOffset + vp8.size);
    const [index = 0, count = 0] = content.subarray(14);
    assert.equal(index, this.#index, "a packet of a picture is missing");
    if (index === 0) this.#begin(content);
    assert.equal(view.timestamp, this.#timestamp);
    assert.equal(vp8.pictureId, this.#picture);
    assert.equal(view.marker, index === count - 1, "the marker ends a picture");
    this.#index = view.marker ? 0 : index + 1;
    if (!view.marker) return;
    const at = new DataView(content.buffer, content.byteOffset);
    this.shown.push({
      width: this.#width,
      frame: at.getUint32(10),
      timestamp: view.timestamp,
    });
  }

  #begin(content: Uint8Array): void {
    const { timestamp } = this.#view;
    const { pictureId, temporalBaseIndex, temporalLayer, startsKeyframe } =
      this.#vp8;
    const width = content[6]! | content[7]! << 8;
    if (startsKeyframe) this.keyframes++;
    else assert.equal(width, this.#width, "another size, and no keyframe");
    this.#width = width;
    if (this.#timestamp !== undefined) {
      assert.ok(timestampDelta(timestamp, this.#timestamp) > 0, "time goes on");
      assert.equal(pictureId, (this.#picture + 1) & 0x7fff, "a picture id");
      const base = this.#base + (temporalLayer === 0 ? 1 : 0);
      assert.equal(temporalBaseIndex, base & 0xff, "TL0PICIDX");
    }
    this.#timestamp = timestamp;
    this.#picture = pictureId;
    this.#base = temporalBaseIndex;
  }
}
