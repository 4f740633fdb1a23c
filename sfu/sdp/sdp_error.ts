/**
 * Thrown when a client's SDP cannot be used. The message is for people:
 * `Cannot use offer: no ICE password in section "0"`.
 */
export class SdpError extends Error {
  override readonly name = "SdpError";
}
