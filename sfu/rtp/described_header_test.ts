import assert from "node:assert/strict";
import { test } from "node:test";
import { DescribedHeader, numberDescribed } from "./described_header.ts";
import { readU16 } from "./bytes.ts";
import { RtpView } from "./rtp_packet.ts";

const DESCRIPTOR_ID = 4;
const SEQUENCE_ID = 3;

function write(header: DescribedHeader, sequenceId: number): Uint8Array {
  return header
    .write(35, true, 7, 90_000, 1_234, DESCRIPTOR_ID, sequenceId);
}

for (const size of [3, 15, 16, 17, 100, 255]) {
  test(`DescribedHeader.write() has a descriptor of ${size} bytes, numbered or not`, () => {
    const descriptor = Uint8Array.from({ length: size }, (_, at) => at + 1);
    const source = Uint8Array.of(99, ...descriptor, 99);
    const header = new DescribedHeader();
    const view = new RtpView();
    for (const sequenceId of [SEQUENCE_ID, -1, SEQUENCE_ID]) {
      header.set(source, 1, size, 0);
      assert.equal(header.isSet, true);
      const written = write(header, sequenceId);
      if (sequenceId > 0) numberDescribed(written, 0xabcd);
      const packet = Uint8Array.of(...written, 1, 2, 3);
      assert.ok(view.parse(packet));
      assert.equal(view.payloadSize, 3);
      const { payloadType, marker, sequenceNumber, timestamp, ssrc } = view;
      assert.deepEqual(
        { payloadType, marker, sequenceNumber, timestamp, ssrc },
        {
          payloadType: 35,
          marker: true,
          sequenceNumber: 7,
          timestamp: 90_000,
          ssrc: 1_234,
        },
      );
      const at = view.findExtension(DESCRIPTOR_ID);
      assert.equal(view.elementSize, size);
      assert.deepEqual(packet.slice(at, at + size), descriptor);
      const numberAt = view.findExtension(SEQUENCE_ID);
      assert.equal(numberAt > 0, sequenceId > 0);
      if (numberAt > 0) assert.equal(readU16(packet, numberAt), 0xabcd);
      assert.equal(header.isSet, false, "it is for one packet");
    }
  });
}

test("DescribedHeader.set() shifts the number of the frame around 16 bits", () => {
  const header = new DescribedHeader();
  const view = new RtpView();
  for (
    const { shift, expected } of [
      { shift: 5, expected: 3 },
      { shift: -65_534, expected: 0 },
      { shift: -65_535, expected: 0xffff },
    ]
  ) {
    header.set(Uint8Array.of(0xc1, 0xff, 0xfe), 0, 3, shift);
    const packet = write(header, -1);
    assert.ok(view.parse(packet));
    const at = view.findExtension(DESCRIPTOR_ID);
    assert.equal(packet[at], 0xc1);
    assert.equal(readU16(packet, at + 1), expected);
  }
});

test("DescribedHeader.set() leaves out what is no descriptor", () => {
  const header = new DescribedHeader();
  for (const size of [0, 2, 256]) {
    header.set(new Uint8Array(300), 0, 3, 0);
    header.set(new Uint8Array(300), 0, size, 0);
    assert.equal(header.isSet, false);
  }
});
