import type { RtcConfiguration } from "../../protocol/server_message.ts";

/** The time of a message; `null` if it has none or one that is nonsense. */
export function parseTime(text: string): Date | null {
  const time = new Date(text);
  return Number.isNaN(time.valueOf()) ? null : time;
}

/** ICE servers as `RTCPeerConnection` takes them. */
export function toRtcConfiguration(wire: RtcConfiguration): RTCConfiguration {
  const { iceServers, iceTransportPolicy } = wire;
  return {
    iceServers: iceServers?.map(({ urls, username, credential }) => ({
      urls: [...urls],
      ...username !== undefined && { username },
      ...credential !== undefined && { credential },
    })) ?? [],
    ...iceTransportPolicy !== undefined && { iceTransportPolicy },
  };
}
