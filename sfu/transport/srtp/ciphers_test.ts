import assert from "node:assert/strict";
import { createCipheriv, createHmac } from "node:crypto";
import fc from "fast-check";
import { GcmCipher } from "./gcm.ts";
import { HmacSha1 } from "./hmac_sha1.ts";
import type { SessionKeys } from "./key_derivation.ts";
import { KeyStream } from "./key_stream.ts";

Deno.test("KeyStream.apply() agrees with RFC 3711 appendix B.2", () => {
  const key = Uint8Array.fromHex("2b7e151628aed2a6abf7158809cf4f3c");
  const stream = new KeyStream(key);
  const start = Uint8Array.fromHex("f0f1f2f3f4f5f6f7f8f9fafbfcfd");
  // The last blocks that the appendix shows are numbers 0xfeff to 0xff01.
  const bytes = new Uint8Array(0xff02 * 16);
  stream.apply(start, bytes, 0, bytes, 0, bytes.length);
  assert.equal(
    bytes.subarray(0, 48).toHex(),
    "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab" +
      "41e95b3bb0a2e8dd477901e4fca894c0",
  );
  assert.equal(
    bytes.subarray(-48).toHex(),
    "ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae" +
      "6a2cc3787889374fbeb4c81b17ba6c44",
  );
  stream.close();
});

Deno.test("KeyStream.apply() agrees with counter mode, for every size", () => {
  const key = new Uint8Array(16).fill(5);
  const stream = new KeyStream(key);
  const start = fc.uint8Array({ minLength: 14, maxLength: 14 });
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ minLength: 1_500, maxLength: 4_000 }),
  );
  fc.assert(fc.property(start, data, fc.nat(30), (first, bytes, offset) => {
    const counter = Uint8Array.of(...first, 0, 0);
    const cipher = createCipheriv("aes-128-ctr", key, counter);
    const expected = cipher.update(bytes);
    cipher.final();
    const out = new Uint8Array(offset + bytes.length + 1).fill(0xaa);
    stream.apply(first, bytes, 0, out, offset, bytes.length);
    assert.equal(
      out.subarray(offset, offset + bytes.length).toHex(),
      new Uint8Array(expected).toHex(),
    );
    assert.equal(out.at(-1), 0xaa);
  }));
  stream.close();
  stream.close();
});

Deno.test("HmacSha1.digest() agrees with HMAC", () => {
  const key = fc.uint8Array({ maxLength: 64 });
  fc.assert(
    fc.property(key, fc.uint8Array(), fc.uint8Array(), (secret, a, b) => {
      const expected = createHmac("sha1", secret).update(a).update(b).digest();
      const hmac = new HmacSha1(secret);
      for (let again = 0; again < 2; again++) {
        const digest = new Uint8Array(hmac.digest(a, b));
        assert.deepEqual(digest, new Uint8Array(expected));
      }
    }),
  );
});

/** RFC 7714 §16 and §17 give session keys, the same for RTP and RTCP. */
const RFC_7714: SessionKeys = {
  key: Uint8Array.fromHex("000102030405060708090a0b0c0d0e0f"),
  salt: Uint8Array.fromHex("517569642070726f2071756f"),
  authenticationKey: new Uint8Array(20),
};

Deno.test("GcmCipher agrees with RFC 7714 §16.1", () => {
  const cipher = new GcmCipher(RFC_7714, RFC_7714);
  const header = Uint8Array.fromHex("8040f17b8041f8d35501a0b2");
  const text = "Gallia est omnis divisa in partes tres";
  const payload = new TextEncoder().encode(text);
  const out = new Uint8Array(100);
  const size = cipher.sealRtp(header, payload, 0, payload.length, 0, out, 0);
  assert.equal(
    out.subarray(0, size).toHex(),
    "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd5" +
      "0d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee439" +
      "0cce",
  );
  assert.ok(cipher.openRtp(out, 0, size, 12, 0));
  assert.deepEqual(out.subarray(12, 12 + payload.length), payload);
});

const RFC_7714_RTCP =
  "81c8000d4d6172734e5450314e545032525450200000042a0000e930" +
  "4c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
const MARS = 0x4d617273;

Deno.test("GcmCipher agrees with RFC 7714 §17.1", () => {
  const cipher = new GcmCipher(RFC_7714, RFC_7714);
  const plain = Uint8Array.fromHex(RFC_7714_RTCP);
  const out = new Uint8Array(100);
  const size = cipher.sealRtcp(plain, MARS, 0x5d4, out, 0);
  assert.equal(
    out.subarray(0, size).toHex(),
    "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32d" +
      "c676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf872" +
      "45d9eade800005d4",
  );
  assert.ok(cipher.openRtcp(out.subarray(0, size), MARS));
  assert.deepEqual(out.subarray(0, plain.length), plain);
});

Deno.test("GcmCipher takes RTCP that is authenticated only (RFC 7714 §17.3)", () => {
  const cipher = new GcmCipher(RFC_7714, RFC_7714);
  const tag = "841dd9683dd78ec92ae58790125f62b3";
  const packet = Uint8Array.fromHex(RFC_7714_RTCP + tag + "000005d4");
  const before = packet.slice();
  assert.ok(cipher.openRtcp(packet, MARS));
  assert.deepEqual(packet, before);
  packet[20] = packet[20]! ^ 1;
  assert.equal(cipher.openRtcp(packet, MARS), false);
});
