import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeStun, isAuthentic, StunType } from "./stun.ts";
import {
  encodeBindingError,
  encodeBindingRequest,
  encodeBindingSuccess,
} from "./stun_encode.ts";

const PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
const ID = "b7e7a701bc34d686fa87dfae";

const fromHex = (text: string) =>
  Uint8Array.from(
    text.replace(/\s/g, "").match(/../g)!,
    (h) => parseInt(h, 16),
  );

/** RFC 5769 §2.1. */
const REQUEST = fromHex(`
  00010058 2112a442 ${ID}
  80220010 5354554e 20746573 7420636c 69656e74
  00240004 6e0001ff
  80290008 932ff9b1 51263b36
  00060009 6576746a 3a683676 59202020
  00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2
  80280004 e57a3bcf`);

/** RFC 5769 §2.2. */
const IPV4_RESPONSE = fromHex(`
  0101003c 2112a442 ${ID}
  8022000b 74657374 20766563 746f7220
  00200008 0001a147 e112a643
  00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7
  80280004 c07d4c96`);

/** RFC 5769 §2.3. */
const IPV6_RESPONSE = fromHex(`
  01010048 2112a442 ${ID}
  8022000b 74657374 20766563 746f7220
  00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9
  00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41
  80280004 c8fb0b4c`);

function decoded(bytes: Uint8Array) {
  const message = decodeStun(bytes);
  assert.ok(message !== undefined, "must be a STUN message");
  return message;
}

Deno.test("decodeStun() reads the request of RFC 5769", () => {
  const message = decoded(REQUEST);

  assert.equal(message.type, StunType.request);
  assert.deepEqual(message.transactionId, fromHex(ID));
  assert.equal(message.username, "evtj:h6vY");
  assert.equal(message.priority, 0x6e0001ff);
  assert.equal(message.role, "controlled");
  assert.equal(message.useCandidate, false);
  assert.deepEqual(message.unknownRequired, []);
  assert.equal(isAuthentic(REQUEST, message, PASSWORD), true);
  assert.equal(isAuthentic(REQUEST, message, PASSWORD + "x"), false);
});

Deno.test("decodeStun() reads the responses of RFC 5769", () => {
  for (
    const [bytes, host] of [
      [IPV4_RESPONSE, "192.0.2.1"],
      [IPV6_RESPONSE, "2001:db8:1234:5678:11:2233:4455:6677"],
    ] as const
  ) {
    const message = decoded(bytes);
    assert.equal(message.type, StunType.success);
    assert.deepEqual(message.mappedAddress, { host, port: 32853 });
    assert.equal(isAuthentic(bytes, message, PASSWORD), true);
  }
});

Deno.test("encodeBindingRequest() gives what decodeStun() reads", () => {
  fc.assert(fc.property(
    fc.record({
      transactionId: fc.uint8Array({ minLength: 12, maxLength: 12 }),
      username: fc.string({ unit: "grapheme", maxLength: 80 }),
      priority: fc.nat(0xffffffff),
      useCandidate: fc.boolean(),
      role: fc.constantFrom("controlling" as const, "controlled" as const),
      tieBreaker: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    }),
    fc.string({ minLength: 1 }),
    (request, password) => {
      const bytes = encodeBindingRequest(request, password);
      const message = decoded(bytes);
      const { tieBreaker: _, ...rest } = request;
      assert.deepEqual({ ...message, ...rest }, message);
      assert.equal(isAuthentic(bytes, message, password), true);
    },
  ));
});

Deno.test("encodeBindingSuccess() gives an address that decodeStun() reads", () => {
  const id = fromHex(ID);
  for (
    const host of ["127.0.0.1", "255.255.255.255", "::1", "2001:db8::9:0:1"]
  ) {
    const bytes = encodeBindingSuccess(id, host, 65_535, PASSWORD);
    const message = decoded(bytes);
    assert.deepEqual(message.mappedAddress, { host, port: 65_535 });
    assert.equal(isAuthentic(bytes, message, PASSWORD), true);
  }
});

Deno.test("encodeBindingError() gives its code and reason", () => {
  const id = fromHex(ID);
  const unknown = encodeBindingError(
    id,
    { code: 420, unknown: [0x7001, 0x7002, 0x7003] },
    PASSWORD,
  );
  const conflict = encodeBindingError(id, { code: 487 }, PASSWORD);

  assert.equal(decoded(unknown).errorCode, 420);
  assert.ok(hex(unknown).includes("000a0006700170027003"));
  assert.equal(decoded(conflict).errorCode, 487);
  assert.equal(isAuthentic(conflict, decoded(conflict), PASSWORD), true);
});

Deno.test("isAuthentic() fails for every changed bit that is protected", () => {
  // Without the FINGERPRINT, which alone would refuse most of them.
  const end = decoded(REQUEST).integrityOffset + 24;
  const bare = REQUEST.slice(0, end);
  bare[3] = end - 20;
  assert.ok(isAuthentic(bare, decoded(bare), PASSWORD));
  for (let bit = 0; bit < end * 8; bit++) {
    const forged = bare.slice();
    forged[bit >> 3]! ^= 1 << (bit & 7);
    const message = decodeStun(forged);
    assert.ok(
      message === undefined || !isAuthentic(forged, message, PASSWORD),
      `bit ${bit}`,
    );
  }
});

Deno.test("decodeStun() refuses a wrong FINGERPRINT and each truncation", () => {
  const wrong = REQUEST.slice();
  wrong[wrong.length - 1]! ^= 1;

  assert.equal(decodeStun(wrong), undefined);
  for (let size = 0; size < REQUEST.length; size++) {
    assert.equal(decodeStun(REQUEST.slice(0, size)), undefined);
  }
});

Deno.test("decodeStun() names attributes that it must understand and does not", () => {
  const bytes = fromHex(`0001000c 2112a442 ${ID} 70010001 00000000 c0570000`);

  assert.deepEqual(decoded(bytes).unknownRequired, [0x7001]);
});

Deno.test("decodeStun() ignores what follows MESSAGE-INTEGRITY", () => {
  const end = decoded(REQUEST).integrityOffset + 24;
  const bytes = new Uint8Array(end + 4);
  bytes.set(REQUEST.subarray(0, end));
  bytes.set(fromHex("00250000"), end);
  bytes[3] = bytes.length - 20;
  const message = decoded(bytes);

  assert.equal(message.useCandidate, false);
  assert.equal(isAuthentic(bytes, message, PASSWORD), true);
});

Deno.test("decodeStun() survives any bytes", () => {
  const header = fc.uint8Array({ minLength: 0, maxLength: 60 }).map((body) => {
    const size = body.length & ~3;
    const head = fromHex(
      `000100${size.toString(16).padStart(2, "0")} 2112a442 ${ID}`,
    );
    return Uint8Array.from([...head, ...body.subarray(0, size)]);
  });
  const mutated = fc.tuple(
    fc.constantFrom(REQUEST, IPV4_RESPONSE, IPV6_RESPONSE),
    fc.array(fc.tuple(fc.nat(107), fc.nat(255)), { maxLength: 8 }),
  ).map(([original, changes]) => {
    const bytes = original.slice();
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes;
  });
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 200 }), header, mutated),
      (bytes) => {
        const message = decodeStun(bytes);
        if (message !== undefined) isAuthentic(bytes, message, PASSWORD);
      },
    ),
    { numRuns: 2_000 },
  );
});

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
