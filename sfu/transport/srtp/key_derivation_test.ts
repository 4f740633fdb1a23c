import assert from "node:assert/strict";
import type { SrtpKeys } from "../ports.ts";
import {
  deriveBytes,
  deriveSessionKeys,
  KeyPurpose,
} from "./key_derivation.ts";

/** RFC 3711 appendix B.3. */
const RFC_3711: SrtpKeys = {
  profile: "SRTP_AES128_CM_HMAC_SHA1_80",
  masterKey: Uint8Array.fromHex("e1f97a0d3e018be0d64fa32c06de4139"),
  masterSalt: Uint8Array.fromHex("0ec675ad498afeebb6960b3aabe6"),
};

Deno.test("deriveSessionKeys() agrees with RFC 3711 appendix B.3", () => {
  const keys = deriveSessionKeys(RFC_3711, KeyPurpose.rtp);
  assert.equal(keys.key.toHex(), "c61e7a93744f39ee10734afe3ff7a087");
  assert.equal(keys.salt.toHex(), "30cbbc08863d8c85d49db34a9ae1");
  assert.equal(
    keys.authenticationKey.toHex(),
    "cebe321f6ff7716b6fd4ab49af256a156d38baa4",
  );
});

Deno.test("deriveBytes() gives as many as RFC 3711 appendix B.3 shows", () => {
  const expected = "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e235" +
    "9e6cdbcee049646c43d9327ad175578ef72270986371c10c9a369ac2" +
    "f94a8c5fbcdddc256d6e919a48b610ef17c2041e474035766b68642c" +
    "59bbfc2f34db60dbdfb2dc68";
  assert.equal(deriveBytes(RFC_3711, 1, 94).toHex(), expected.slice(0, 188));
});

Deno.test("deriveSessionKeys() gives RTCP keys of its own", () => {
  const rtp = deriveSessionKeys(RFC_3711, KeyPurpose.rtp);
  const rtcp = deriveSessionKeys(RFC_3711, KeyPurpose.rtcp);
  assert.equal(rtcp.key.toHex(), "4c1aa45a81f73d61c800bbb00fbb1eaa");
  assert.equal(rtcp.salt.toHex(), "9581c7ad87b3e530bf3e4454a8b3");
  assert.equal(
    rtcp.authenticationKey.toHex(),
    "8d54534feb49ae8e7993a6bd0b844fc323a93dfd",
  );
  assert.notDeepEqual(rtp.key, rtcp.key);
});

Deno.test("deriveSessionKeys() pads the salt of GCM on the right", () => {
  const masterSalt = RFC_3711.masterSalt.slice(0, 12);
  const gcm = deriveSessionKeys(
    { ...RFC_3711, profile: "AEAD_AES_128_GCM", masterSalt },
    KeyPurpose.rtp,
  );
  const padded = new Uint8Array(14);
  padded.set(masterSalt);
  const cm = deriveSessionKeys(
    { ...RFC_3711, masterSalt: padded },
    KeyPurpose.rtp,
  );
  assert.deepEqual(gcm.key, cm.key);
  assert.deepEqual(gcm.salt, cm.salt.slice(0, 12));
});
