import type {
  SrtpKeys,
  SrtpProvider,
  SrtpReceiver,
  SrtpSender,
} from "../ports.ts";
import { CmCipher } from "./cm.ts";
import { GcmCipher } from "./gcm.ts";
import { deriveSessionKeys, KeyPurpose } from "./key_derivation.ts";
import type { PacketCipher } from "./packet_cipher.ts";
import { CheckingReceiver } from "./srtp_receiver.ts";
import { IndexingSender } from "./srtp_sender.ts";

/**
 * SRTP by `node:crypto`: runs wherever Deno does. Its contexts must be closed,
 * for some of them hold a cipher object of the system's.
 *
 * Both throw a `RangeError` if the keys have not the profile's sizes.
 */
export function createNodeSrtpProvider(): SrtpProvider {
  return { createSender, createReceiver };
}

function createSender(keys: SrtpKeys): SrtpSender {
  return new IndexingSender(createCipher(keys));
}

function createReceiver(keys: SrtpKeys): SrtpReceiver {
  return new CheckingReceiver(createCipher(keys));
}

function createCipher(keys: SrtpKeys): PacketCipher {
  const rtp = deriveSessionKeys(keys, KeyPurpose.rtp);
  const rtcp = deriveSessionKeys(keys, KeyPurpose.rtcp);
  return keys.profile === "AEAD_AES_128_GCM"
    ? new GcmCipher(rtp, rtcp)
    : new CmCipher(rtp, rtcp);
}
