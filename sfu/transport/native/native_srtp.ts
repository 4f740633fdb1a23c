/**
 * SRTP by OpenSSL's libcrypto.
 *
 * @module
 */
import type { SrtpKeys, SrtpProvider } from "../ports.ts";
import { deriveSessionKeys, KeyPurpose } from "../srtp/key_derivation.ts";
import type { PacketCipher } from "../srtp/packet_cipher.ts";
import { CheckingReceiver } from "../srtp/srtp_receiver.ts";
import { IndexingSender } from "../srtp/srtp_sender.ts";
import { EvpCmCipher } from "./evp_cm.ts";
import type { Direction } from "./evp_cipher.ts";
import { EvpGcmCipher } from "./evp_gcm.ts";
import { EvpHmac } from "./evp_hmac.ts";
import { EvpMemory } from "./evp_memory.ts";
import type { Libc } from "./libc.ts";
import type { Libcrypto } from "./libcrypto.ts";

/**
 * SRTP by OpenSSL. Its contexts must be closed: they hold memory that nobody
 * collects.
 *
 * Both throw a `RangeError` if the keys have not the profile's sizes.
 */
export function createNativeSrtpProvider(
  libc: Libc,
  libcrypto: Libcrypto,
): SrtpProvider {
  const open = (direction: Direction) => {
    const memory = new EvpMemory(libc, libcrypto);
    const hmac = new EvpHmac(memory);
    return (keys: SrtpKeys) => createCipher(memory, hmac, direction, keys);
  };
  const seal = open("seal");
  const unseal = open("open");
  return {
    createSender: (keys) => new IndexingSender(seal(keys)),
    createReceiver: (keys) => new CheckingReceiver(unseal(keys)),
  };
}

function createCipher(
  memory: EvpMemory,
  hmac: EvpHmac,
  direction: Direction,
  keys: SrtpKeys,
): PacketCipher {
  const rtp = deriveSessionKeys(keys, KeyPurpose.rtp);
  const rtcp = deriveSessionKeys(keys, KeyPurpose.rtcp);
  return keys.profile === "AEAD_AES_128_GCM"
    ? new EvpGcmCipher(memory, direction, rtp, rtcp)
    : new EvpCmCipher(memory, hmac, direction, rtp, rtcp);
}
