import { DEFAULT_LIMITS, type Limits } from "../auth/limits.ts";
import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import { ClientSocket } from "./client_socket.ts";
import { MessageEncoder } from "./message_encoder.ts";
import { plainText } from "./plain_text.ts";
import type { SignallingPort } from "./ports.ts";
import {
  formatAddress,
  isLoopback,
  networkOf,
  type Requester,
  toNetwork,
} from "./remote_address.ts";

export type { Connection, ConnectionHandle, SignallingPort } from "./ports.ts";

/** What {@linkcode createWebSocketEndpoint} needs. */
export interface WebSocketParts {
  readonly signalling: SignallingPort;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Origins, such as `https://example.org`, whose pages may connect besides
   * those of this server, as they are now.
   */
  readonly allowOrigin?: () => Promise<readonly string[]>;
  /** As they are now; the defaults if not given. */
  readonly limits?: () => Promise<Limits>;
  /** Told of what a limit has refused. */
  readonly count?: (limit: keyof Limits) => void;
}

/** Takes in WebSocket connections at `/ws`. */
export interface WebSocketEndpoint {
  /** Answers 101 and hands the client to signalling, or refuses. */
  upgrade(request: Request, remote: Requester): Promise<Response>;
  /** How many sockets there are, those included that are being closed. */
  readonly connectionCount: number;
}

/** Makes the endpoint; one serves both HTTP and HTTPS. */
export function createWebSocketEndpoint(
  parts: WebSocketParts,
): WebSocketEndpoint {
  const encoder = new MessageEncoder();
  const perNetwork = new Map<string, number>();
  let connectionCount = 0;

  function enter(network: string): void {
    connectionCount += 1;
    perNetwork.set(network, (perNetwork.get(network) ?? 0) + 1);
  }

  function leave(network: string): void {
    connectionCount -= 1;
    const left = (perNetwork.get(network) ?? 0) - 1;
    if (left > 0) perNetwork.set(network, left);
    else perNetwork.delete(network);
  }

  return {
    get connectionCount() {
      return connectionCount;
    },
    async upgrade(request, remote) {
      const allowOrigin = await parts.allowOrigin?.() ?? [];
      const limits = await parts.limits?.() ?? DEFAULT_LIMITS;
      const network = toNetwork(remote);
      const isFull = !isLoopback(remote) &&
        (perNetwork.get(network) ?? 0) >= limits.clientsPerAddress;
      if (isFull) parts.count?.("clientsPerAddress");
      const refusal = refuse(request, remote, allowOrigin) ??
        (isFull ? plainText(429, "Too many connections") : undefined);
      if (refusal !== undefined) {
        parts.log.debug("WebSocket refused", {
          address: formatAddress(remote),
          status: refusal.status,
        });
        return refusal;
      }
      // Liveness is signalling's business, hence no idle timeout.
      const { socket, response } = Deno.upgradeWebSocket(request, {
        idleTimeout: 0,
      });
      enter(network);
      new ClientSocket(socket, {
        ...parts,
        limits,
        address: formatAddress(remote),
        network: networkOf(remote),
        encoder,
        link: remote.link,
        ended: () => leave(network),
      });
      return response;
    },
  };
}

/** Says no to what is not a WebSocket, or comes from somebody else's page. */
function refuse(
  request: Request,
  { link }: Requester,
  allowOrigin: readonly string[],
): Response | undefined {
  if (
    request.headers.get("Upgrade")?.toLowerCase() !== "websocket" ||
    link?.isWebSocket === false
  ) {
    return plainText(426, "This is a WebSocket endpoint", {
      Upgrade: "websocket",
    });
  }
  // The one version there is: RFC 6455 §4.4.
  if (request.headers.get("Sec-WebSocket-Version") !== "13") {
    return plainText(426, "Unknown WebSocket version", {
      "Upgrade": "websocket",
      "Sec-WebSocket-Version": "13",
    });
  }
  return isAllowedOrigin(request, allowOrigin)
    ? undefined
    : plainText(403, "Origin not allowed");
}

/**
 * Whether a connection may come from where it comes from: from no browser, from
 * a page of this host, or from an origin that is listed.
 */
export function isAllowedOrigin(
  request: Request,
  allowOrigin: readonly string[],
): boolean {
  const origin = request.headers.get("Origin");
  if (origin === null) return true;
  const host = request.headers.get("Host") ?? new URL(request.url).host;
  if (URL.parse(origin)?.host === host.toLowerCase()) return true;
  return allowOrigin.some((allowed) =>
    allowed.toLowerCase() === origin.toLowerCase()
  );
}
