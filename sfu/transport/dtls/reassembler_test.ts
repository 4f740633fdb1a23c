import assert from "node:assert/strict";
import fc from "fast-check";
import { Reassembler } from "./reassembler.ts";
import {
  decodeFragments,
  decodeRecords,
  encodeHandshakeRecord,
  encodeMessage,
  type HandshakeFragment,
} from "./records.ts";

const BODY = Uint8Array.from({ length: 100 }, (_, i) => i);

function part(
  sequence: number,
  offset: number,
  size: number,
): HandshakeFragment {
  const body = BODY.subarray(offset, offset + size);
  return { type: 11, length: BODY.length, sequence, offset, body };
}

Deno.test("Reassembler gives messages in order, whatever order their parts come in", () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), {
    maxLength: 6,
  });
  const parts = fc.tuple(cuts, cuts, cuts).chain((all) => {
    const list = all.flatMap((cut, sequence) => {
      const ends = [...cut.toSorted((a, b) => a - b), 100];
      return ends.map((end, i) =>
        part(sequence, ends[i - 1] ?? 0, end - (ends[i - 1] ?? 0))
      );
    });
    const again = fc.subarray(list);
    return again.chain((twice) =>
      fc.shuffledSubarray([...list, ...twice], {
        minLength: list.length + twice.length,
      })
    );
  });
  fc.assert(fc.property(parts, (fragments) => {
    const reassembler = new Reassembler();
    const got: number[] = [];
    for (const fragment of fragments) {
      reassembler.add(fragment);
      let message;
      while ((message = reassembler.peek()) !== undefined) {
        assert.deepEqual(message.body, BODY);
        got.push(message.sequence);
        reassembler.take();
      }
    }
    assert.deepEqual(got, [0, 1, 2]);
  }));
});

Deno.test("Reassembler.add() refuses what is too long, too early or done", () => {
  const reassembler = new Reassembler();
  const tooLong = { ...part(0, 0, 10), length: 10_000 };

  assert.equal(reassembler.add(tooLong), false);
  assert.equal(reassembler.add(part(5, 0, 10)), false);
  assert.equal(reassembler.add(part(0, 0, 100)), true);
  reassembler.take();
  assert.equal(reassembler.add(part(0, 0, 100)), false);
  assert.equal(reassembler.next, 1);
});

Deno.test("Reassembler.add() lets the latest word count where parts disagree", () => {
  const reassembler = new Reassembler();

  reassembler.add({ ...part(0, 0, 10), length: 77 });
  reassembler.add(part(0, 0, 50));
  assert.equal(reassembler.peek(), undefined);
  reassembler.add(part(0, 50, 50));

  assert.deepEqual(reassembler.peek()?.body, BODY);
});

Deno.test("Reassembler.drop() waits for another message in the same place", () => {
  const reassembler = new Reassembler();
  reassembler.add(part(0, 0, 100));
  reassembler.drop();

  assert.equal(reassembler.peek(), undefined);
  reassembler.add(part(0, 0, 100));
  assert.deepEqual(reassembler.peek()?.body, BODY);
});

Deno.test("decodeRecords() reads back encodeHandshakeRecord()", () => {
  const message = { type: 11, sequence: 3, body: BODY };
  const [record, ...more] = decodeRecords(encodeHandshakeRecord(message));

  assert.deepEqual(more, []);
  assert.deepEqual(record?.fragment, encodeMessage(message));
  assert.deepEqual(decodeFragments(record!.fragment), [part(3, 0, 100)]);
});

Deno.test("decodeRecords() and decodeFragments() survive any bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    bytes.set([22, 254, 253].slice(0, bytes.length));
    for (const { fragment } of decodeRecords(bytes)) decodeFragments(fragment);
    decodeFragments(bytes);
  }));
});
