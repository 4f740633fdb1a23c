/** A reverse proxy on this machine. */
export interface PrefixProxy extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/PREFIX`, without a slash at the end. */
  readonly url: string;
  /** Paths that it was asked for outside of its prefix, which nobody should. */
  readonly strays: readonly string[];
}

/**
 * Opens a proxy that has a server below a prefix, as one among others, and
 * strips it from what it passes on, WebSockets included. Everything else is
 * not found. The caller closes it.
 *
 * @param prefix `/sub`
 * @param server `http://HOST:PORT`
 */
export function openPrefixProxy(prefix: string, server: string): PrefixProxy {
  const strays: string[] = [];
  const http = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      if (!pathname.startsWith(`${prefix}/`)) {
        strays.push(pathname);
        return new Response("Not below the prefix\n", { status: 404 });
      }
      const target = server + pathname.slice(prefix.length) + search;
      if (request.headers.get("Upgrade") === "websocket") {
        return await joinSockets(request, target.replace(/^http/, "ws"));
      }
      return await fetch(target, {
        method: request.method,
        headers: request.headers,
        body: request.body,
        redirect: "manual",
      });
    },
  );
  return {
    url: `http://127.0.0.1:${http.addr.port}${prefix}`,
    strays,
    [Symbol.asyncDispose]: () => http.shutdown(),
  };
}

/** Connects to the server, and hands messages on in both directions. */
async function joinSockets(
  request: Request,
  target: string,
): Promise<Response> {
  const inner = new WebSocket(target);
  await new Promise((resolve, reject) => {
    inner.onopen = resolve;
    inner.onerror = reject;
  });
  const { socket: outer, response } = Deno.upgradeWebSocket(request);
  const early: string[] = [];
  inner.onmessage = ({ data }) => {
    if (outer.readyState === WebSocket.OPEN) outer.send(data);
    else early.push(data);
  };
  outer.onopen = () => {
    for (const data of early) outer.send(data);
  };
  outer.onmessage = ({ data }) => inner.send(data);
  outer.onclose = () => inner.close();
  inner.onclose = () => outer.close();
  return response;
}
