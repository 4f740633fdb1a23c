/** What it costs to protect and to open a packet of 1,200 bytes. */
import {
  SRTP_MAX_OVERHEAD,
  type SrtpKeys,
  type SrtpProfile,
} from "../ports.ts";
import { createNodeSrtpProvider } from "./node_srtp.ts";

const provider = createNodeSrtpProvider();
const payload = new Uint8Array(1_188);

for (
  const profile of ["AEAD_AES_128_GCM", "SRTP_AES128_CM_HMAC_SHA1_80"] as const
) {
  const keys = someKeys(profile);
  const sender = provider.createSender(keys);
  const receiver = provider.createReceiver(keys);
  const header = new Uint8Array(12);
  header[0] = 0x80;
  const out = new Uint8Array(1_200 + SRTP_MAX_OVERHEAD);
  let sequenceNumber = 0;

  const protect = (): number => {
    header[2] = ++sequenceNumber >>> 8;
    header[3] = sequenceNumber;
    return sender.protectRtp(header, payload, out, 0);
  };

  Deno.bench(`${profile}: protect`, () => {
    protect();
  });

  Deno.bench(`${profile}: protect and open`, () => {
    receiver.unprotectRtp(out.subarray(0, protect()));
  });
}

function someKeys(profile: SrtpProfile): SrtpKeys {
  const saltSize = profile === "AEAD_AES_128_GCM" ? 12 : 14;
  return {
    profile,
    masterKey: new Uint8Array(16).fill(1),
    masterSalt: new Uint8Array(saltSize).fill(2),
  };
}
