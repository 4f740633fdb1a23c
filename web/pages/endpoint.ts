import { BASE_PATH } from "./base_path.ts";

/**
 * The WebSocket to connect to: the one that the group's status names if that is
 * on another host, and else the page's own server, seen as the page is: through
 * a proxy the server may know neither its own port nor that there is TLS.
 *
 * @param told from the group's status; may be empty
 * @param page the page's address
 * @param base below which path the server is
 */
export function toEndpoint(
  told: string,
  page: string,
  base = BASE_PATH,
): string {
  const here = new URL(`${base}/ws`, page);
  here.protocol = here.protocol === "http:" ? "ws:" : "wss:";
  if (!URL.canParse(told)) return here.href;
  const there = new URL(told);
  const isWebSocket = there.protocol === "ws:" || there.protocol === "wss:";
  return isWebSocket && there.hostname !== here.hostname
    ? there.href
    : here.href;
}
