import type { RtcConfiguration } from "../../protocol/server_message.ts";

/**
 * The ICE servers as `Link` headers, one per URL (RFC 9725 §4.6).
 *
 * @returns the headers' values; empty if there are no servers
 */
export function toLinkHeaders({ iceServers = [] }: RtcConfiguration): string[] {
  return iceServers.flatMap(({ urls, username, credential }) =>
    urls.map((url) => {
      const link = `<${url}>; rel="ice-server"`;
      if (username === undefined || credential === undefined) return link;
      return `${link}; username="${quote(username)}"; ` +
        `credential="${quote(credential)}"; credential-type="password"`;
    })
  );
}

/** Escapes what ends a quoted string (RFC 9110 §5.6.4). */
function quote(text: string): string {
  return text.replaceAll(/["\\]/g, "\\$&");
}
